"""Who does what: a job is claimed by one worker, and given back by it or taken from it once it is dead.

This is the queue itself. A job that was let into it and has no worker waits; the transaction that names a
worker takes it out. So a job is never in the queue without being in the records, nor the other way round.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    update,
)

from morgana.store.database import reading, transaction
from morgana.store.records import Kind
from morgana.store.tables import JobRow, now

_jobs: Any = JobRow.__table__
_PROCESSING: ColumnElement[str] = literal_column("'PROCESSING'")  # as the partial indexes say it
_SECOND = 1_000_000  # microseconds
LONGEST_WAIT_SECONDS = 60  # for another attempt


@dataclass(frozen=True, slots=True)
class Tried:
    """How often a job was begun, and how many of these attempts crashed, or were hindered by something that
    is not the job's fault, such as a full disk. The rest ended with their worker."""

    attempts: int = 0
    crashes: int = 0
    hindrances: int = 0


def claim(worker: str, takes: Mapping[Kind, int]) -> str | None:
    """Let `worker` have the next job of those that it can do, and return its id; None if there is none.

    A job that was cut short goes before those that have not begun, and those go in the order in which they
    were let into the queue. takes: by kind, the newest version of what a job is given that it understands.
    """
    following = _following(frozenset(takes.items()))
    moment = now()
    span = {"moment": moment, "latest": moment + LONGEST_WAIT_SECONDS * _SECOND}
    with reading() as session:  # mostly there is none, and then nobody has to wait for us
        if session.scalar(following, span) is None:
            return None
    chosen = following.params(span).with_for_update(skip_locked=True).scalar_subquery()
    with transaction() as session:
        return session.execute(
            update(_jobs)
            .where(_jobs.c.sequence == chosen, _jobs.c.worker.is_(None))
            .values(worker=worker, attempts=_jobs.c.attempts + 1)
            .returning(_jobs.c.id)
        ).scalar()


def tried(job_id: str, worker: str) -> Tried | None:
    """What has become of a job until now that `worker` has; None if it does not have it, or it is ended."""
    columns = (_jobs.c.attempts, _jobs.c.crashes, _jobs.c.hindrances)
    with reading() as session:
        row = session.execute(select(*columns).where(_held_by(worker), _jobs.c.id == job_id)).one_or_none()
    return None if row is None else Tried(*row)


def put_back(job_id: str, worker: str, became: Tried, seconds: float = 0) -> None:
    """Put a job that `worker` has back into the queue, to be tried again so many seconds later or more.

    The wait is cut short rather than prolonged by a clock that is set back.
    """
    moment = now() + round(min(seconds, LONGEST_WAIT_SECONDS) * _SECOND) if seconds else None
    _release(_held_by(worker) & (_jobs.c.id == job_id), retry_at=moment, **asdict(became))


def abandon(worker: str, keep: Collection[str] = ()) -> dict[str, Tried]:
    """Put back into the queue what `worker` has, but for `keep`; each job, and what has become of it."""
    which = _held_by(worker) & _jobs.c.id.not_in(keep)
    with reading() as session:  # mostly there is nothing, and then nobody has to wait for us
        if session.scalar(select(_jobs.c.id).where(which).limit(1)) is None:
            return {}
    return _release(which)


def workers() -> set[str]:
    """The workers that have, or had when they died, a job in hand."""
    with reading() as session:
        query = select(_jobs.c.worker).where(_jobs.c.status == _PROCESSING, _jobs.c.worker.is_not(None))
        return set(session.scalars(query.distinct()))


def _release(which: ColumnElement[bool], **values: object) -> dict[str, Tried]:
    with transaction() as session:
        rows = session.execute(
            update(_jobs)
            .where(which)
            .values(worker=None, queued_at=func.coalesce(_jobs.c.queued_at, now()), **values)
            .returning(_jobs.c.id, _jobs.c.attempts, _jobs.c.crashes, _jobs.c.hindrances)
        )
        return {job_id: Tried(*counts) for job_id, *counts in rows}


def _held_by(worker: str) -> ColumnElement[bool]:
    return and_(_jobs.c.status == _PROCESSING, _jobs.c.worker == worker)


def _waiting(jobs: FromClause) -> ColumnElement[bool]:
    return and_(jobs.c.status == _PROCESSING, jobs.c.worker.is_(None), jobs.c.queued_at.is_not(None))


def _able(jobs: FromClause, takes: frozenset[tuple[Kind, int]]) -> ColumnElement[bool]:
    known = (and_(jobs.c.kind == kind, jobs.c.payload <= newest) for kind, newest in takes)
    return or_(false(), *known)


def _due(jobs: FromClause) -> ColumnElement[bool]:
    return or_(jobs.c.retry_at.is_(None), ~jobs.c.retry_at.between(bindparam("moment"), bindparam("latest")))


@lru_cache(maxsize=8)
def _following(takes: frozenset[tuple[Kind, int]]) -> Select[Any]:
    """Asks for the next job at `moment`. Made once: workers ask again and again, and mostly in vain."""
    jobs = _jobs.alias()
    return (
        select(jobs.c.sequence)
        .where(_waiting(jobs), _able(jobs, takes), _due(jobs))
        .order_by(jobs.c.started_at.is_(None), jobs.c.queued_at, jobs.c.sequence)
        .limit(1)
    )
