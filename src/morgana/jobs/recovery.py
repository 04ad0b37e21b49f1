"""Every job in PROCESSING gets its next attempt, whatever became of the last one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import structlog

from morgana.errors import ErrorCode
from morgana.jobs.liveness import Held
from morgana.jobs.queue import Attempts, Queue
from morgana.settings import settings
from morgana.store import turns, work

# A crash may be bad luck, such as memory that others took; the same crash thrice is not.
_MAX_CRASHES = 3
# Attempts also end with their worker, mostly through no fault of the job; but the job may be what kills it.
_MAX_ATTEMPTS = 20
# Nor is it to blame for a store that is away or a full disk, unless it is what fills the disk: for an hour.
_MAX_HINDRANCES = 120
_BACKOFF_SECONDS = (0, 1, 5)  # by the number of crashes so far
_LONGEST_BACKOFF_SECONDS = 30  # after hindrances, of which each doubles it

_GIVEN_UP = (
    "Something went wrong on the server, and trying again did not help. Send the same again later; if it "
    "fails again, try another picture or recording, and tell whoever runs this server."
)

log = structlog.get_logger()


def recover(
    queue: Queue, held: Held, scratch: Path, failed: Callable[[ErrorCode], object] = lambda _code: None
) -> None:
    """Bury dead workers, then see that every unfinished job whose owner's turn it is is in the queue.

    Any worker may do so at any time. `scratch` is this worker's own folder, beside those of the others.
    `failed` is told of each job that is given up.
    """
    others = queue.executors() | {folder.name for folder in _folders(scratch.parent)}
    for executor in others - {scratch.name}:
        if held.dead(executor):
            _bury(executor, queue, scratch.parent)
    turns.admit_all(settings().max_owner_jobs)
    unfinished = work.unfinished()
    if unfinished:
        live = queue.live()
        for job_id in unfinished:
            if job_id not in live:
                _try_again(job_id, queue, failed)


def _bury(executor: str, queue: Queue, scratch: Path) -> None:
    if interrupted := queue.interrupt(executor):
        log.warning("a worker died; its jobs are taken over", executor=executor, jobs=sorted(interrupted))
    shutil.rmtree(scratch / executor, ignore_errors=True)


def _try_again(job_id: str, queue: Queue, failed: Callable[[ErrorCode], object]) -> None:
    attempts = queue.attempts(job_id)
    if attempts.live:  # since we looked
        return
    if _hopeless(attempts):
        if work.fail(job_id, ErrorCode.INTERNAL_ERROR, _GIVEN_UP):
            log.error("job given up", job_id=job_id, attempts=attempts.last, crashes=attempts.crashes)
            failed(ErrorCode.INTERNAL_ERROR)
        return
    # Not left to the queue, whose delays last until a time of day: a clock that is set back prolongs them.
    if not 0 <= attempts.ended_ago < _backoff(attempts):
        queue.enqueue(job_id, attempts.last + 1)


def _hopeless(attempts: Attempts) -> bool:
    return (
        attempts.crashes >= _MAX_CRASHES
        or attempts.hindrances >= _MAX_HINDRANCES
        or attempts.last - attempts.hindrances >= _MAX_ATTEMPTS
    )


def _backoff(attempts: Attempts) -> float:
    """Seconds until the next one."""
    hindered = min((1 << attempts.hindrances) - 1, _LONGEST_BACKOFF_SECONDS)
    return max(hindered, _BACKOFF_SECONDS[attempts.crashes])


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []
