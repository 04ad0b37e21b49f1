"""Jobs on this machine, each as a command of its own: its memory is its own, and it can be ended."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

from morgana.mcp.job import INTERNAL, Job, Listing, Order, Refused, unknown

_COMMAND: Final = (sys.executable, "-m", "morgana")
_GRACE: Final = 10.0  # seconds for a command to end by itself
_NO_ACTORS: Final = (
    "Actors are kept by a server, and this MCP server works without one. Give an image, or have the user "
    "start it with --server URL."
)


class Here:
    """Runs one job after another: each of them uses all cores."""

    has_actors = False

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore()

    async def start(self, order: Order) -> Job:
        if order.actor:
            raise Refused(_NO_ACTORS)
        job = Job(f"{order.kind}-{len(self._jobs) + 1}", order.kind)
        self._jobs[job.id] = job
        self._tasks[job.id] = asyncio.create_task(self._run(job, order))
        return job

    async def look(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise unknown(job_id)
        return self._jobs[job_id]

    async def cancel(self, job_id: str) -> Job:
        job = await self.look(job_id)
        self._tasks[job_id].cancel()
        await asyncio.gather(self._tasks[job_id], return_exceptions=True)
        if not job.ended:
            job.status = "CANCELLED"
        return job

    async def fetch(self, job_id: str, output: Path, index: int) -> None:
        job = await self.look(job_id)
        if job.status != "COMPLETE":
            raise Refused(f"{job_id} is {job.status} and has nothing to download.")
        if index:
            raise Refused("This job has one video only: leave index out.")
        if output.suffix.lower() != (suffix := Path(job.files[0]).suffix):
            raise Refused(f"{job_id} made a {suffix} file: name one.")
        await asyncio.to_thread(copyfile, job.files[0], output)

    async def voices(self) -> Listing:
        from morgana.speech.voices import is_available, voices

        return [
            {
                "id": voice.id,
                "name": voice.name,
                "language": voice.language,
                "gender": voice.gender,
                "available": is_available(voice),
            }
            for voice in voices().values()
        ]

    async def templates(self) -> Listing:
        from morgana.captions.template import templates

        return [{"name": one.name, "summary": one.summary} for one in templates().values()]

    async def fonts(self) -> Listing:
        from morgana.overlays.look import looks
        from morgana.text.fonts import families

        found = [{"name": look.name, "summary": look.summary} for look in looks().values()]
        return found + [{"name": name, "summary": None} for name in sorted(families())]

    async def actors(self) -> Listing:
        raise Refused(_NO_ACTORS)

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, job: Job, order: Order) -> None:
        try:
            await self._made(job, order)
        except Exception as error:  # a job that never ended would be waited for in vain
            job.fail(INTERNAL, f"{type(error).__name__}: {error}")

    async def _made(self, job: Job, order: Order) -> None:
        async with self._turn:
            child = await asyncio.create_subprocess_exec(
                *_COMMAND,
                *_arguments(order),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                told, complaints = await _heard(child, order.text or "", job)
            finally:
                await _ended(child)
        if child.returncode == 0:
            job.status, job.progress, job.files = "COMPLETE", 1.0, order.files
        else:
            job.fail(*_why(told, complaints))


async def _heard(child: asyncio.subprocess.Process, text: str, job: Job) -> tuple[bytes, str]:
    """All that a command says on standard output, and the end of its complaints; progress goes to the job."""
    assert child.stdin and child.stdout and child.stderr  # noqa: S101, PT018
    child.stdin.write(text.encode())
    child.stdin.close()
    output = asyncio.create_task(child.stdout.read())
    complaint = ""
    async for line in child.stderr:
        share = _progress(line)
        if share is None:
            complaint = line.decode(errors="replace").strip() or complaint
        else:
            job.progress = share
    told = await output
    await child.wait()
    return told, complaint


def _progress(line: bytes) -> float | None:
    try:
        return float(json.loads(line)["progress"])
    except (ValueError, TypeError, KeyError):
        return None


def _why(told: bytes, complaint: str) -> tuple[str, str]:
    """Of a command that failed: the code and the message."""
    with suppress(ValueError, KeyError, TypeError):
        said = json.loads(told)
        error = said.get("error") or said["outputs"][0]["error"]
        return error["code"], error["message"]
    return INTERNAL, complaint.removeprefix("Error: ") or "The command ended without a word."


async def _ended(child: asyncio.subprocess.Process) -> None:
    """The command has ended, if need be because it was interrupted: it leaves nothing then."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(child.wait(), _GRACE)
        except TimeoutError:
            child.kill()
            await child.wait()


def _arguments(order: Order) -> list[str]:
    """The command line for what is ordered; texts go through standard input, where they mean themselves."""
    arguments = [order.kind, f"--output={order.output}", "--json", *_options(order)]
    if order.source:
        arguments.append(str(order.source))
    elif order.kind == "speak":
        arguments.append("-")
    return arguments


def _options(order: Order) -> Iterator[str]:
    wishes: dict[str, Any] = {
        "image": order.image,
        "audio": order.audio,
        "template": order.template,
        "transcript": order.transcript,
        **order.wishes,
    }
    if order.subtitles:
        wishes[order.subtitles.suffix.lower().removeprefix(".")] = order.subtitles
    if order.kind == "video" and order.text is not None:
        wishes["script"] = "-"
    if order.kind == "overlay":
        wishes["text"] = order.text
    for name, wish in wishes.items():
        option = name.replace("_", "-")
        if isinstance(wish, bool):
            yield f"--{option}" if wish else f"--no-{option}"
        elif isinstance(wish, list):
            yield f"--{option}={','.join(wish)}"
        elif wish is not None:
            yield f"--{option}={wish}"
