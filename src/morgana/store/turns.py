"""Whose job comes next: of each owner one job at a time waits in each queue, and the others behind it.

A job that is begun lets its owner's next one into the queue, at the queue's end. So the owners take turns:
whoever has a hundred jobs delays another's by one. A job is let in once; it is for the workers to see to it
from there on.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal_column, select, update

from morgana.queues import Queue
from morgana.store.database import reading, transaction
from morgana.store.records import QUEUES, Kind, Owner
from morgana.store.tables import JobRow, now

_jobs: Any = JobRow.__table__
_PROCESSING: ColumnElement[str] = literal_column(
    "'PROCESSING'"
)  # as the partial index says it, which a parameter would not match


def place_of(job_id: str) -> tuple[Owner, Queue] | None:
    """Whose job it is and where it waits; None if it is no longer there."""
    with reading() as session:
        row = session.execute(
            select(_jobs.c.user_id, _jobs.c.org_id, _jobs.c.kind).where(_jobs.c.id == job_id)
        ).one_or_none()
    return None if row is None else (Owner(row.user_id, row.org_id), QUEUES[Kind(row.kind)])


def admit(owner: Owner, queue: Queue, most: int | None = None) -> str | None:
    """Let the owner's next job into this queue and return its id; None if it is not its turn.

    most: how many jobs of one owner may be in the queues or running at the same time; None: any number.
    """
    rival = _jobs.alias()
    first = select(func.min(rival.c.sequence)).where(
        _of(rival, owner.user, owner.org), _held(rival), _in(rival, queue)
    )
    with transaction() as session:
        result = session.execute(
            update(_jobs)
            .where(
                _jobs.c.sequence == first.scalar_subquery(),
                _jobs.c.status == _PROCESSING,  # these two once more, for another admits at the same time
                _held(_jobs),
                *_may_follow(owner.user, owner.org, queue, most),
            )
            .values(queued_at=now())
            .returning(_jobs.c.id)
        )
        return result.scalar()


def admit_oldest(owner: Owner, most: int) -> None:
    """Let the owner's next jobs into whichever queues there is room for, those that wait longest first."""
    with reading() as session:
        query = select(_jobs.c.kind).where(_of(_jobs, owner.user, owner.org), _held(_jobs))
        kinds = session.scalars(query.order_by(_jobs.c.sequence)).all()
    for queue in dict.fromkeys(QUEUES[kind] for kind in kinds if kind in QUEUES):
        admit(owner, queue, most)


def admit_all(most: int | None = None) -> None:
    """The same for every owner: for whatever was forgotten when a process died."""
    for queue in Queue:
        held = _jobs.alias()
        users, orgs = held.c.user_id, held.c.org_id
        query = select(users, orgs).where(
            held.c.status == _PROCESSING,
            _held(held),
            _in(held, queue),
            *_may_follow(users, orgs, queue, most),
        )
        with reading() as session:
            owners = [Owner(*row) for row in session.execute(query.distinct())]
        for owner in owners:
            admit(owner, queue, most)


def _may_follow(user: Any, org: Any, queue: Queue, most: int | None) -> list[ColumnElement[bool]]:
    """That none of the owner's jobs waits in the queue, and that fewer than `most` are in all queues."""
    other = _jobs.alias()
    admitted = and_(_of(other, user, org), other.c.queued_at.is_not(None))
    waits = select(other.c.sequence).where(admitted, other.c.started_at.is_(None), _in(other, queue)).exists()
    if most is None:
        return [~waits]
    return [~waits, select(func.count()).select_from(other).where(admitted).scalar_subquery() < most]


def _of(jobs: FromClause, user: Any, org: Any) -> ColumnElement[bool]:
    """The owner's unfinished jobs."""
    return and_(jobs.c.user_id == user, jobs.c.org_id == org, jobs.c.status == _PROCESSING)


def _held(jobs: FromClause) -> ColumnElement[bool]:
    return jobs.c.queued_at.is_(None)


def _in(jobs: FromClause, queue: Queue) -> ColumnElement[bool]:
    return jobs.c.kind.in_([kind.value for kind, name in QUEUES.items() if name is queue])
