"""Jobs of a server."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from morgana import client
from morgana.mcp.job import INTERNAL, Job, Kind, Listing, Order, Refused

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # what a text overlay is called


class There:
    """Has jobs done by a server, waits for them in the background and downloads what they made."""

    has_actors = True

    def __init__(self, remote: client.AsyncClient) -> None:
        self._remote = remote
        self._jobs: dict[str, Job] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, order: Order) -> Job:
        if order.kind == "speak":
            job = Job(f"speech-{len(self._jobs) + 1}", order.kind)
            work = self._speak(job, order)
        else:
            with _told():
                made = await self._created(order)
            job = Job(made.id, order.kind)
            work = self._follow(job, order)
        self._jobs[job.id] = job
        self._tasks.append(asyncio.create_task(work))
        return job

    async def look(self, job_id: str) -> Job:
        if job_id in self._jobs:
            return self._jobs[job_id]
        with _told():
            return _described(await self._room(job_id).retrieve(job_id))

    async def cancel(self, job_id: str) -> Job:
        if job_id.startswith("speech-"):
            raise Refused("Speech is soon done and cannot be cancelled.")
        with _told():
            job = _described(await self._room(job_id).cancel(job_id))
        known = self._jobs.setdefault(job_id, job)
        known.status = job.status
        return known

    async def fetch(self, job_id: str, output: Path, index: int) -> None:
        with _told():
            if _is_overlay(job_id):
                await self._remote.overlays.download(job_id, output, index=index)
            else:
                await self._remote.videos.download(job_id, output)

    async def voices(self) -> Listing:
        fields = ("id", "name", "language", "gender", "available")
        return await _listed(self._remote.voices.list(), *fields)

    async def templates(self) -> Listing:
        return await _listed(self._remote.captions.templates.list(), "name", "summary")

    async def fonts(self) -> Listing:
        return await _listed(self._remote.fonts.list(), "name", "summary")

    async def actors(self) -> Listing:
        fields = ("id", "name", "status", "voice_id", "expression", "synthetic", "summary")
        return await _listed(self._remote.actors.list(), *fields)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._remote.close()

    async def _created(self, order: Order) -> client.Job:
        wishes: dict[str, Any] = dict(order.wishes)
        if order.kind == "video":
            return await self._remote.videos.create(
                image=order.image, actor=order.actor, audio=order.audio, script=order.text, **wishes
            )
        assert order.source  # noqa: S101
        if order.kind == "caption":
            return await self._remote.captions.create(
                order.source, template=order.template or "", transcript=order.transcript, **wishes
            )
        for name in ("font", "size", "color"):
            if name in wishes:
                wishes[f"{name}s"] = [wishes.pop(name)]
        return await self._remote.overlays.create(order.source, texts=[order.text or ""], **wishes)

    async def _follow(self, job: Job, order: Order) -> None:
        """Wait for a job and download what it made."""

        def note(now: client.Job) -> None:
            job.progress = (now.progress or 0) / 100

        room = self._room(job.id)
        async with _noted(job):
            await room.wait(job.id, on_progress=note)
            await room.download(job.id, order.output)
            if order.subtitles:
                form: Any = order.subtitles.suffix.lower().removeprefix(".")
                order.subtitles.write_text(await self._remote.captions.subtitles(job.id, form), "utf-8")
            job.status, job.progress, job.files = "COMPLETE", 1.0, order.files

    async def _speak(self, job: Job, order: Order) -> None:
        hidden = order.output.with_name(f".{order.output.name}.partial")
        form: Any = order.output.suffix.lower().removeprefix(".")
        try:
            async with _noted(job):
                with hidden.open("wb") as file:
                    async for piece in self._remote.speech.stream(
                        order.text or "", format=form, **order.wishes
                    ):
                        file.write(piece)
                hidden.replace(order.output)
                job.status, job.progress, job.files = "COMPLETE", 1.0, order.files
        finally:
            hidden.unlink(missing_ok=True)

    def _room(self, job_id: str) -> Any:
        return self._remote.overlays if _is_overlay(job_id) else self._remote.videos


@contextmanager
def _told() -> Iterator[None]:
    """What the server refuses, as an assistant can use it."""
    try:
        yield
    except client.AuthenticationError as error:
        raise Refused(f"{error.message} The user sets it in MORGANA_API_KEY of the MCP server.") from None
    except client.MorganaError as error:
        raise Refused(error.message) from None
    except (IndexError, OSError) as error:
        raise Refused(f"{error}.") from None


@asynccontextmanager
async def _noted(job: Job) -> AsyncIterator[None]:
    """What ends the job otherwise than well is noted in it."""
    try:
        yield
    except client.JobCancelled:
        job.status = "CANCELLED"
    except client.JobFailed as failure:
        job.fail(failure.code, failure.message)
    except client.MorganaError as error:
        job.fail(getattr(error, "code", "unreachable"), error.message)
    except Exception as error:  # a job that never ended would be waited for in vain
        job.fail(INTERNAL, f"{type(error).__name__}: {error}")


def _described(job: client.Job) -> Job:
    """A job that was not begun here."""
    kind: Kind = "overlay" if _is_overlay(job.id) else "video"
    if getattr(job, "caption_template_id", None):
        kind = "caption"
    why = job.error
    return Job(
        job.id,
        kind,
        job.status,
        (job.progress or 0) / 100,
        code=why.code if why else None,
        message=why.message if why else None,
    )


def _is_overlay(job_id: str) -> bool:
    return _UUID.fullmatch(job_id) is not None


async def _listed(items: Any, *fields: str) -> Listing:
    with _told():
        return [{name: getattr(item, name, None) for name in fields} async for item in items]
