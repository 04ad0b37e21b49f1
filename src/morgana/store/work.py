"""Jobs as a worker sees them: of every owner and resource, from PROCESSING to the one terminal status.

Every write is conditional on PROCESSING and says whether it took place, so that a job that runs twice,
late, or after it was cancelled or deleted, changes nothing that a client has seen.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from sqlalchemy import case, func, select, update

from morgana.store import outbox, usage
from morgana.store.database import reading, transaction
from morgana.store.records import Blobs, Facts, Failure, Job, Kind, Resource, Status
from morgana.store.tables import JobRow, TextOverlayRow, now

_MAX_UNFINISHED_PROGRESS = 99
_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs of a kind wait to be begun, for how long the oldest does, and how many are worked on."""

    waiting: int = 0
    oldest_waiting_seconds: float = 0.0
    running: int = 0


def begin(job_id: str) -> Job | None:
    """What to do for this job, noting that work has begun; None if it is no longer wanted."""
    moment = now()
    made = (JobRow.resource, JobRow.kind, JobRow.options, JobRow.inputs, JobRow.request_id)
    with transaction() as session:
        result = session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status == Status.PROCESSING)
            .values(
                started_at=func.coalesce(JobRow.started_at, moment),
                queued_at=func.coalesce(JobRow.queued_at, moment),
            )
            .returning(*made, JobRow.created_at, JobRow.started_at)
        ).one_or_none()
    if result is None:
        return None
    resource, kind, options, inputs, request_id, created_at, started_at = result
    waited = max(moment - created_at, 0) / _SECOND if started_at == moment else None
    return Job(job_id, Resource(resource), Kind(kind), options, inputs, request_id, waited)


def wanted(job_id: str) -> bool:
    """Whether the job is still to be done: False once finished, cancelled or deleted."""
    with reading() as session:
        status = session.scalar(select(JobRow.status).where(JobRow.id == job_id))
        return status == Status.PROCESSING


def set_progress(job_id: str, percent: int, stage: str | None = None) -> bool:
    """Raise the progress to `percent`, at most 99, and say what is being done; never lowers the progress.

    False if the job is no longer wanted.
    """
    percent = min(max(percent, 0), _MAX_UNFINISHED_PROGRESS)
    rises = JobRow.progress < percent
    with transaction() as session:
        session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status == Status.PROCESSING)
            .where(rises | JobRow.stage.is_distinct_from(stage))
            .values(progress=case((rises, percent), else_=JobRow.progress), stage=stage)
        )
        return wanted(job_id)


def new_output_key(job: Job, name: str, suffix: str) -> str:
    """A blob key for a result, never given out before: a second execution cannot overwrite the first's."""
    return f"{job.resource}s/{job.id}/{name}-{secrets.token_hex(8)}{suffix}"


def complete(
    job_id: str, outputs: Blobs, failures: Mapping[int, Failure] | None = None, facts: Facts | None = None
) -> bool:
    """PROCESSING -> COMPLETE with these output blobs. On False they are the caller's to delete.

    failures: of a text overlay, the items that could not be made, by their index. facts: of the film.
    """
    measured = {} if facts is None else {"facts": asdict(facts)}
    with transaction():
        completed = _finish(
            job_id, failures or {}, status=Status.COMPLETE, progress=100, outputs=outputs, **measured
        )
        if completed:
            usage.charge(job_id, facts, len(failures or {}))
        return completed


def fail(job_id: str, code: str, message: str) -> bool:
    """PROCESSING -> FAILED with an error for the person who asked for the result."""
    return _finish(job_id, status=Status.FAILED, error_code=code, error_message=message)


def cancel(job_id: str) -> bool:
    """PROCESSING -> CANCELLED, whoever the owner is."""
    return _finish(job_id, status=Status.CANCELLED)


def statuses() -> dict[Resource, dict[Status, int]]:
    """How many there are of each resource in each status."""
    with reading() as session:
        ours = JobRow.resource.in_(list(Resource))  # not those that a later release has added
        query = select(JobRow.resource, JobRow.status, func.count()).where(ours)
        query = query.group_by(JobRow.resource, JobRow.status)
        counted = {(Resource(name), Status(status)): count for name, status, count in session.execute(query)}
    return {one: {status: counted.get((one, status), 0) for status in Status} for one in Resource}


def depths() -> dict[Kind, Depth]:
    """What is to be worked on, of each kind."""
    waiting = JobRow.started_at.is_(None)
    oldest = func.min(case((waiting, JobRow.created_at)))
    counts = (func.count(), func.count(JobRow.started_at), oldest)
    with reading() as session:
        ours = JobRow.kind.in_(list(Kind))  # not those that a later release has added
        query = select(JobRow.kind, *counts).where(JobRow.status == Status.PROCESSING, ours)
        rows = session.execute(query.group_by(JobRow.kind)).all()
    found = {
        Kind(kind): Depth(every - begun, 0.0 if first is None else max(now() - first, 0) / _SECOND, begun)
        for kind, every, begun, first in rows
    }
    return {kind: found.get(kind, Depth()) for kind in Kind}


def _finish(job_id: str, failures: Mapping[int, Failure] = MappingProxyType({}), **values: object) -> bool:
    with transaction() as session:
        result = session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.status == Status.PROCESSING)
            .values(completed_at=now(), **values)
            .returning(JobRow.id)
        )
        if result.first() is None:
            return False
        if failures:
            row = session.scalars(select(TextOverlayRow).where(JobRow.id == job_id)).one()
            row.failures = {str(index): asdict(failure) for index, failure in failures.items()}
        outbox.note(job_id)
        return True
