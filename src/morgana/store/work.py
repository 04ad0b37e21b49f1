"""Jobs as a worker sees them: of every owner and resource, from PROCESSING to the one terminal status.

Every write is conditional on PROCESSING and says whether it took place, so that a job that runs twice,
late, or after it was cancelled or deleted, changes nothing that a client has seen.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update

from morgana.store.database import reading, transaction
from morgana.store.records import Blobs, Failure, Job, Kind, Resource, Status
from morgana.store.tables import JobRow, TextOverlayRow, now

_MAX_UNFINISHED_PROGRESS = 99


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs there are in each status, how many wait to be begun, and the oldest of these's age."""

    statuses: dict[Status, int]
    waiting: int
    oldest_waiting_seconds: float


def unfinished() -> list[str]:
    """The ids of all jobs in PROCESSING that were let into the queue, oldest first: what to work on."""
    with reading() as session:
        query = select(JobRow.id).where(JobRow.status == Status.PROCESSING, JobRow.queued_at.is_not(None))
        return list(session.scalars(query.order_by(JobRow.created_at, JobRow.sequence)))


def begin(job_id: str) -> Job | None:
    """What to do for this job, noting that work has begun; None if it is no longer wanted."""
    with transaction() as session:
        result = session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status == Status.PROCESSING)
            .values(
                started_at=func.coalesce(JobRow.started_at, now()),
                queued_at=func.coalesce(JobRow.queued_at, now()),
            )
            .returning(JobRow.resource, JobRow.kind, JobRow.options, JobRow.inputs)
        ).one_or_none()
    if result is None:
        return None
    resource, kind, options, inputs = result
    return Job(job_id, Resource(resource), Kind(kind), options, inputs)


def wanted(job_id: str) -> bool:
    """Whether the job is still to be done: False once finished, cancelled or deleted."""
    with reading() as session:
        status = session.scalar(select(JobRow.status).where(JobRow.id == job_id))
        return status == Status.PROCESSING


def set_progress(job_id: str, percent: int) -> bool:
    """Raise the progress to `percent`, at most 99; never lowers it. False if no longer wanted."""
    percent = min(max(percent, 0), _MAX_UNFINISHED_PROGRESS)
    with transaction() as session:
        session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status == Status.PROCESSING, JobRow.progress < percent)
            .values(progress=percent)
        )
        return wanted(job_id)


def new_output_key(job: Job, name: str, suffix: str) -> str:
    """A blob key for a result, never given out before: a second execution cannot overwrite the first's."""
    return f"{job.resource}s/{job.id}/{name}-{secrets.token_hex(8)}{suffix}"


def complete(job_id: str, outputs: Blobs, failures: Mapping[int, Failure] | None = None) -> bool:
    """PROCESSING -> COMPLETE with these output blobs. On False they are the caller's to delete.

    failures: of a text overlay, the items that could not be made, by their index.
    """
    with transaction() as session:
        completed = _finish(job_id, status=Status.COMPLETE, progress=100, outputs=outputs)
        if completed and failures:
            row = session.scalars(select(TextOverlayRow).where(JobRow.id == job_id)).one()
            row.failures = {str(index): asdict(failure) for index, failure in failures.items()}
        return completed


def fail(job_id: str, code: str, message: str) -> bool:
    """PROCESSING -> FAILED with an error for the person who asked for the result."""
    return _finish(job_id, status=Status.FAILED, error_code=code, error_message=message)


def cancel(job_id: str) -> bool:
    """PROCESSING -> CANCELLED, whoever the owner is."""
    return _finish(job_id, status=Status.CANCELLED)


def backlog(resource: Resource) -> Backlog:
    """Counts for monitoring."""
    with reading() as session:
        ours = JobRow.resource == resource
        counts = session.execute(select(JobRow.status, func.count()).where(ours).group_by(JobRow.status))
        statuses = dict.fromkeys(Status, 0) | {Status(status): count for status, count in counts}
        waiting, oldest = session.execute(
            select(func.count(), func.min(JobRow.created_at)).where(
                ours, JobRow.status == Status.PROCESSING, JobRow.started_at.is_(None)
            )
        ).one()
        return Backlog(statuses, waiting, 0.0 if oldest is None else (now() - oldest) / 1_000_000)


def _finish(job_id: str, **values: object) -> bool:
    with transaction() as session:
        result = session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status == Status.PROCESSING)
            .values(completed_at=now(), **values)
            .returning(JobRow.id)
        )
        return result.first() is not None
