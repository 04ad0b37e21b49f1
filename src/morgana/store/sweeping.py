"""What crashes leave behind is deleted, an hour after it was written."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from morgana.store import blobs, buckets, idempotency
from morgana.store.database import reading
from morgana.store.records import Status
from morgana.store.tables import JobRow

# Longer than any time between storing a blob and recording it.
_GRACE = timedelta(hours=1)


def sweep() -> int:
    """Delete expired idempotency keys, unused rate limits and the blobs of no record; how many blobs.

    A blob belongs to the record in whose folder it is, if that names it or is still PROCESSING.
    """
    idempotency.remove_expired()
    buckets.remove_full()
    abandoned = [
        key for key, modified in blobs.stored() if datetime.now(UTC) - modified > _GRACE and not _belongs(key)
    ]
    for key in abandoned:
        blobs.discard(key)
    return len(abandoned)


def _belongs(key: str) -> bool:
    with reading() as session:
        row = session.execute(
            select(JobRow.status, JobRow.inputs, JobRow.outputs).where(JobRow.id == blobs.record_id(key))
        ).one_or_none()
    if row is None:
        return False
    status, inputs, outputs = row
    return status == Status.PROCESSING or key in inputs.values() or key in outputs.values()
