"""What crashes leave behind is deleted, an hour after it was written."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from morgana.store import blobs, idempotency
from morgana.store.database import reading
from morgana.store.records import Status
from morgana.store.tables import VideoRow

# Longer than any time between storing a blob and recording it.
_GRACE = timedelta(hours=1)


def sweep() -> int:
    """Delete expired idempotency keys and the blobs that belong to no record; how many blobs those were.

    A blob belongs to a video that names it, or that is still being made.
    """
    idempotency.remove_expired()
    abandoned = [
        key for key, modified in blobs.stored() if datetime.now(UTC) - modified > _GRACE and not _belongs(key)
    ]
    for key in abandoned:
        blobs.discard(key)
    return len(abandoned)


def _belongs(key: str) -> bool:
    video_id = key.split("/")[1] if key.startswith("videos/") else ""
    with reading() as session:
        row = session.scalar(select(VideoRow).where(VideoRow.id == video_id))
    if row is None:
        return False
    return row.status == Status.PROCESSING or key == row.output or key in row.inputs.values()
