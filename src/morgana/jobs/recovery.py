"""Every unfinished job gets its next attempt, whatever became of the last one."""

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import structlog

from morgana.errors import ErrorCode
from morgana.jobs import places
from morgana.jobs.liveness import Held
from morgana.jobs.running import End
from morgana.settings import settings
from morgana.store import claims, turns, work, workers
from morgana.store.claims import Tried

# A crash may be bad luck, such as memory that others took; the same crash thrice is not.
_MAX_CRASHES: Final = 3
# Attempts also end with their worker, mostly through no fault of the job; but the job may be what kills it.
_MAX_ATTEMPTS: Final = 20
# Nor is it to blame for a store that is away or a full disk, unless it is what fills the disk: for an hour.
_MAX_HINDRANCES: Final = 120
_BACKOFF_SECONDS: Final = (0, 1, 5)  # by the number of crashes so far
_LONGEST_BACKOFF_SECONDS: Final = 30  # after hindrances, of which each doubles it

_GIVEN_UP: Final = (
    "Something went wrong on the server, and trying again did not help. Send the same again later; if it "
    "fails again, try another picture or recording, and tell whoever runs this server."
)

log = structlog.get_logger()

Failed = Callable[[ErrorCode], object]  # to be told of each job that is given up


def recover(held: Held, scratch: Path, in_hand: Collection[str], failed: Failed = lambda _code: None) -> int:
    """Bury dead workers, so that others do their jobs, and let in whatever was forgotten; how many are alive.

    Any worker may do so at any time. `scratch` is this worker's own folder, named after it, beside those of
    the others on this machine. What is ours by the records but not `in_hand` is given up as well.
    """
    own = scratch.name
    others = {worker.id for worker in workers.every()} | claims.workers() | _folders(scratch.parent)
    others -= {own}
    living = places.liveness().living(others)
    for executor in others - living:
        if held.dead(executor):
            _bury(executor, scratch.parent, failed)
    _again(claims.abandon(own, in_hand), failed)
    turns.admit_all(settings().max_owner_jobs)
    return 1 + len(living)


def follow_up(job_id: str, executor: str, end: End, failed: Failed = lambda _code: None) -> None:
    """See to a job whose attempt by this worker has ended: another attempt, unless that is hopeless."""
    tried = claims.tried(job_id, executor)
    if end is End.CLOSED or tried is None:
        return
    match end:
        case End.CRASHED:
            tried = replace(tried, crashes=tried.crashes + 1)
        case End.HINDERED:
            tried = replace(tried, hindrances=tried.hindrances + 1)
        case End.INTERRUPTED:  # by the worker's own end in order, which tells nothing of the job
            tried = replace(tried, attempts=tried.attempts - 1)
    if _hopeless(tried):
        _give_up(job_id, tried, failed)
    else:
        claims.put_back(job_id, executor, tried, _backoff(tried) if end is not End.INTERRUPTED else 0)


def _bury(executor: str, scratch: Path, failed: Failed) -> None:
    if jobs := claims.abandon(executor):
        log.warning("a worker died; its jobs are taken over", executor=executor, jobs=sorted(jobs))
        _again(jobs, failed)
    workers.remove(executor)
    shutil.rmtree(scratch / executor, ignore_errors=True)


def _again(jobs: Mapping[str, Tried], failed: Failed) -> None:
    for job_id, tried in jobs.items():
        if _hopeless(tried):
            _give_up(job_id, tried, failed)


def _give_up(job_id: str, tried: Tried, failed: Failed) -> None:
    if work.fail(job_id, ErrorCode.INTERNAL_ERROR, _GIVEN_UP):
        log.error("job given up", job_id=job_id, **asdict(tried))
        failed(ErrorCode.INTERNAL_ERROR)


def _hopeless(tried: Tried) -> bool:
    return (
        tried.crashes >= _MAX_CRASHES
        or tried.hindrances >= _MAX_HINDRANCES
        or tried.attempts - tried.hindrances >= _MAX_ATTEMPTS
    )


def _backoff(tried: Tried) -> float:
    """Seconds until the next attempt."""
    hindered = min((1 << tried.hindrances) - 1, _LONGEST_BACKOFF_SECONDS)
    return max(hindered, _BACKOFF_SECONDS[tried.crashes])


def _folders(parent: Path) -> set[str]:
    return {path.name for path in parent.iterdir() if path.is_dir()} if parent.is_dir() else set()
