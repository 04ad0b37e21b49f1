"""What is finished is deleted a configured time later: videos and text overlays, never actors.

An actor is made to be used again, and is its owner's to delete; what was made of it is a result.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from morgana.settings import settings
from morgana.store import blobs
from morgana.store.database import transaction
from morgana.store.records import Resource, Status, TextOverlay, Video
from morgana.store.tables import JobRow, now

_RESOURCES = (Resource.VIDEO, Resource.TEXT_OVERLAY)
_FINISHED = (Status.COMPLETE, Status.FAILED, Status.CANCELLED)
_BATCH = 100
_DAY = timedelta(days=1) // timedelta(microseconds=1)


def expires_at(made: Video | TextOverlay) -> datetime | None:
    """When it is deleted at the earliest; None while it is unfinished, and where everything is kept."""
    days = settings().keep_days
    if days is None or made.completed_at is None:
        return None
    return made.completed_at + timedelta(days=days)


def expire() -> int:
    """Delete what has been finished for longer than is kept, with its blobs; how many records that were.

    Any number of processes may do so at once. If blobs cannot be deleted now, `sweep` finds them.
    """
    days = settings().keep_days
    if days is None:
        return 0
    before = now() - round(days * _DAY)
    expired = 0
    while keys_of_each := _forget(before):
        expired += len(keys_of_each)
        for keys in keys_of_each:
            blobs.delete(*keys)
    return expired


def _forget(before: int) -> list[list[str]]:
    """Forget some records that ended before then; the keys of each one's blobs."""
    finished = JobRow.status.in_(_FINISHED) & (JobRow.completed_at < before)
    # What ended before was created before as well, and by that the index finds it.
    ours = JobRow.resource.in_(_RESOURCES) & (JobRow.created_at < before)
    # Those that another process is deleting at this moment are passed over, where a database can tell.
    some = select(JobRow.sequence).where(finished, ours).limit(_BATCH).with_for_update(skip_locked=True)
    with transaction() as session:
        rows = session.execute(
            delete(JobRow)
            .where(JobRow.sequence.in_(session.scalars(some).all()))
            .returning(JobRow.inputs, JobRow.outputs)
        ).all()
    return [[*inputs.values(), *outputs.values()] for inputs, outputs in rows]
