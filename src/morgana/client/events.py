"""`client.events`: what becomes of jobs, told as it happens."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from morgana.client.errors import MorganaError
from morgana.client.objects import Actor, Job, Object, TextOverlay, Video
from morgana.client.operations import M_co, Resource, iteration
from morgana.client.transport import Request

_OBJECTS: dict[str, type[Job]] = {"video": Video, "text_overlay": TextOverlay, "actor": Actor}
_PAUSE = 1.0  # seconds before the server is listened to again


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened.

    type: `video`, `text_overlay` or `actor`, with the job as it is now; `ready` once everything that was
    unfinished at the beginning has been told; `deleted` with the `id` and `object` of a job that is gone.
    """

    type: str
    data: Job | Object


class Events(Resource[M_co]):
    """Changes of all jobs of the key's owner."""

    @iteration
    async def watch(self) -> AsyncGenerator[JobEvent, None]:
        """Every unfinished job, then each change of any. It goes on until you leave it.

        The server is listened to anew where a connection ends; everything unfinished is told again then,
        and `ready` after it.
        """
        failures = 0
        while True:
            try:
                async with aclosing(self._connection.stream(Request("GET", "/v1/events"))) as chunks:
                    async for name, data in _parsed(chunks):
                        failures = 0
                        yield JobEvent(name, _OBJECTS.get(name, Object).model_validate(data))
                wait = _PAUSE
            except MorganaError as failure:
                failures += 1
                after = self._connection.wait_after(failure, failures)
                if after is None:
                    raise
                wait = after
            await self._connection.transport.sleep(wait)


async def _parsed(chunks: AsyncIterator[bytes]) -> AsyncGenerator[tuple[str, Any], None]:
    """The events of a stream (WHATWG HTML, section 9.2), of which this server's have one line of data."""
    name, data = "message", ""
    async for line in _lines(chunks):
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data += line.removeprefix("data:").strip()
        elif not line:
            if data:
                yield name, json.loads(data)
            name, data = "message", ""


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[str, None]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode().rstrip("\r")
