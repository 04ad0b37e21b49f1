"""One attempt at one job: from its record to its record."""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

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
    folder = context.scratch / video_id
    folder.mkdir(parents=True)
    output = work.new_output_key(video_id)
    try:
        outcome = process.run(_task(job, output, folder, context), context.limits, _going(video_id, context))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _record(video_id, output, outcome, context)


def _task(job: Job, output: str, folder: Path, context: Context) -> Task:
    return Task(
        pipeline=context.pipelines[job.kind],
        inputs=job.inputs,
        output=output,
        filename=f"{job.id}.mp4",
        options=job.options,
        folder=str(folder),
        parent=context.process_id,
    )


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


def _record(video_id: str, output: str, outcome: process.Outcome, context: Context) -> End:
    # If the database is lost here, whether it recorded the output is unknown: the blob is left for
    # `store.sweep`, which deletes it if not.
    if isinstance(outcome, Finished) and work.complete(video_id, output):
        log.info("job finished", video=video_id)
        return End.CLOSED
    blobs.delete(output)
    match outcome:
        case Refused(code, message):
            log.info("job refused", video=video_id, code=code)
            work.fail(video_id, code, message)
        case Crashed(detail):
            log.error("job crashed", video=video_id, detail=detail)
            return End.CRASHED
        case Stopped() if context.stopping():
            return End.INTERRUPTED
    return End.CLOSED
