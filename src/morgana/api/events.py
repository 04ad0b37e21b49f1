"""`/v1/events`: what becomes of one's jobs, told as it happens (server-sent events).

The database is asked once a second for all who listen to this process, however many they are, and not at all
while nobody does.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from morgana import store
from morgana.api.errors import documented
from morgana.api.limits import Polling
from morgana.api.links import AskedLinks, Links
from morgana.api.schemas import shown
from morgana.api.streaming import Streamed
from morgana.api.threads import to_its_end
from morgana.store.watching import Change, Lookout

router = APIRouter(prefix="/v1/events", tags=["Events"])
log = structlog.get_logger()

_POLL_SECONDS = 1.0
_HEARTBEAT_SECONDS = 15.0  # proxies close what is silent for 30 to 60
_LONGEST_SECONDS = 600.0  # then the client comes again
_RETRY = b"retry: 2000\n\n"  # milliseconds
_HEARTBEAT = b": still here\n\n"
_READY = b"event: ready\ndata: {}\n\n"


class Listener:
    """One open stream. Of each job it keeps the last change only, so that a slow reader costs no more."""

    def __init__(self, owner: store.Owner, key_prefix: str) -> None:
        self.owner = owner
        self.key_prefix = key_prefix
        self.ready = False  # told of what was unfinished when it came
        self.over = False
        self._changes: dict[str, Change] = {}
        self._wake = asyncio.Event()

    def tell(self, changes: list[Change]) -> None:
        for change in changes:
            self._changes.pop(change.id, None)
            self._changes[change.id] = change
        self._wake.set()

    def end(self) -> None:
        self.over = True
        self._wake.set()

    async def wait(self, seconds: float) -> bool:
        """Until there is something to tell, or to end; False if that takes longer."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        return self._wake.is_set()

    def take(self) -> list[Change]:
        self._wake.clear()
        taken, self._changes = [*self._changes.values()], {}
        return taken


class Events:
    """All who listen to this process, on its event loop."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._polling: asyncio.Task[None] | None = None
        self._closed = False

    def listen(self, owner: store.Owner, key_prefix: str) -> Listener:
        listener = Listener(owner, key_prefix)
        if self._closed:
            listener.end()
            return listener
        self._listeners.add(listener)
        if self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream; those who come later are told to come again."""
        self._closed = True
        for listener in self._listeners:
            listener.end()

    async def stop(self) -> None:
        self.close()
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)

    async def _poll(self) -> None:
        lookout = Lookout()
        while self._listeners:
            await self._look(lookout)
            await asyncio.sleep(_POLL_SECONDS)
        self._polling = None

    async def _look(self, lookout: Lookout) -> None:
        try:
            listeners = await self._entitled()
            changes = await to_its_end(lookout.look, {one.owner for one in listeners})
        except Exception as error:
            log.warning("events cannot be told", reason=type(error).__name__)
            return
        by_owner = defaultdict(list)
        for change in changes:
            by_owner[change.owner].append(change)
        for listener in listeners:
            if listener.ready:
                if changed := by_owner.get(listener.owner):
                    listener.tell(changed)
            else:
                listener.ready = True
                listener.tell(lookout.unfinished(listener.owner))

    async def _entitled(self) -> list[Listener]:
        """Those whose keys are still good; the others are told no more."""
        listeners = list(self._listeners)
        revoked = await to_its_end(store.keys.revoked, {one.key_prefix for one in listeners})
        for listener in listeners:
            if listener.key_prefix in revoked:
                listener.end()
        return [one for one in listeners if not one.over]


class Deleted(BaseModel):
    """A job that is gone."""

    id: str
    object: str


@router.get(
    "",
    summary="Watch Jobs",
    operation_id="watchEvents",
    response_class=StreamingResponse,
    responses=documented(401)
    | {
        200: {
            "description": "Server-sent events, until the client leaves",
            "content": {"text/event-stream": {}},
        }
    },
)
async def watch_events(request: Request, owner: Polling, links: AskedLinks) -> Response:
    """Beyond the contract: every unfinished job of this API key's user and organisation, then each change.

    The event's name is the `object` (`video`, `text_overlay` or `actor`), its data what `GET` answers for it.
    `ready` follows the unfinished jobs; `deleted` has the `id` and `object` of a job that is gone.
    """
    events: Events = request.app.state.events
    told = _stream(events, owner, request.state.key_prefix, links)
    answer = Streamed(told, media_type="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"  # or nginx holds the events back
    return answer


async def _stream(
    events: Events,
    owner: store.Owner,
    key_prefix: str,
    links: Links,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[bytes, None]:
    ends_at = clock() + _LONGEST_SECONDS
    listener = events.listen(owner, key_prefix)
    welcomed = False
    try:
        yield _RETRY
        while not listener.over and clock() < ends_at:
            if not await listener.wait(_HEARTBEAT_SECONDS):
                yield _HEARTBEAT
                continue
            told = b"".join(_event(change, links) for change in listener.take())
            if listener.ready and not welcomed:
                told, welcomed = told + _READY, True
            yield told
    finally:
        events.leave(listener)


def _event(change: Change, links: Links) -> bytes:
    body = _body(change, links)
    name = "deleted" if isinstance(body, Deleted) else change.resource.value
    return f"event: {name}\ndata: {body.model_dump_json()}\n\n".encode()


def _body(change: Change, links: Links) -> BaseModel:
    if change.record is None:
        return Deleted(id=change.id, object=change.resource.value)
    return shown(change.record, links)
