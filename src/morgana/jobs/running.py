"""One attempt at one job: from its record to its record."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import structlog

from morgana.jobs import process
from morgana.jobs.process import Crashed, Finished, Limits, Refused, Stopped
from morgana.jobs.queue import End
from morgana.jobs.task import Task
from morgana.store import Job, blobs, work

_PROGRESS_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Context:
    """What every job of one worker shares."""

    pipelines: Mapping[str, str]
    scratch: Path  # absolute
    limits: Limits
    process_id: int
    stopping: Callable[[], bool]


def attempt(video_id: str, context: Context) -> End:
    """Make the video unless it is finished, cancelled or gone; a crash is left to be tried again."""
    job = work.begin(video_id)
    if job is None:
        return End.CLOSED
    context.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{video_id}-", dir=context.scratch, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        task = _prepare(job, folder, context)
        outcome = process.run(task, folder, context.limits, _going(video_id, context))
        return _close(video_id, outcome, Path(task.output), context)


def _prepare(job: Job, folder: Path, context: Context) -> Task:
    output = folder / "output"
    output.mkdir()
    return Task(
        pipeline=context.pipelines[job.kind],
        inputs={name: str(_fetch(key, folder / "inputs" / name)) for name, key in job.inputs.items()},
        output=str(output / f"{job.id}.mp4"),
        options=job.options,
        parent=context.process_id,
    )


def _fetch(key: str, folder: Path) -> Path:
    """One upload in a folder of its own, so that a hostile file has no neighbour to name."""
    folder.mkdir(parents=True)
    path = folder / PurePosixPath(key).name
    blobs.fetch(key, path)
    return path


def _going(video_id: str, context: Context) -> Callable[[float], bool]:
    """Record the progress now and then; False as soon as the job has to stop."""
    recorded_at = time.monotonic()
    recorded = 0

    def going(share: float) -> bool:
        nonlocal recorded_at, recorded
        if context.stopping():
            return False
        percent = int(share * 100)
        if percent == recorded or time.monotonic() - recorded_at < _PROGRESS_SECONDS:
            return work.wanted(video_id)
        recorded_at, recorded = time.monotonic(), percent
        return work.set_progress(video_id, percent)

    return going


def _close(video_id: str, outcome: process.Outcome, made: Path, context: Context) -> End:
    match outcome:
        case Finished():
            _publish(video_id, made)
        case Refused(code, message):
            log.info("job refused", video=video_id, code=code)
            work.fail(video_id, code, message)
        case Crashed(detail):
            log.error("job crashed", video=video_id, detail=detail)
            return End.CRASHED
        case Stopped() if context.stopping():
            return End.INTERRUPTED
    return End.CLOSED


def _publish(video_id: str, made: Path) -> None:
    """Store the output under a new key and record it, unless somebody ended the video meanwhile."""
    output = work.new_output_key(video_id)
    blobs.put(output, made, content_type="video/mp4", filename=made.name)
    # If this raises, whether the output was recorded is unknown: `store.sweep` deletes it if not.
    if work.complete(video_id, output):
        log.info("job finished", video=video_id)
    else:
        blobs.delete(output)
