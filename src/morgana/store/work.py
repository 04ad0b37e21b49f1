"""Videos as a worker sees them: of every owner, from PROCESSING to the one terminal status.

Every write is conditional on PROCESSING and says whether it took place, so that a job that runs twice,
late, or after it was cancelled or deleted, changes nothing that a client has seen.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select, update

from morgana.store.database import reading, transaction
from morgana.store.records import Job, Kind, Status
from morgana.store.tables import VideoRow, now

_MAX_UNFINISHED_PROGRESS = 99


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many videos there are in each status, how many wait to be begun, and the oldest of these's age."""

    statuses: dict[Status, int]
    waiting: int
    oldest_waiting_seconds: float


def unfinished() -> list[str]:
    """The ids of all videos in PROCESSING, oldest first: what has to be, or is being, worked on."""
    with reading() as session:
        query = select(VideoRow.id).where(VideoRow.status == Status.PROCESSING)
        return list(session.scalars(query.order_by(VideoRow.created_at, VideoRow.sequence)))


def begin(video_id: str) -> Job | None:
    """What to do for this video, noting that work has begun; None if it is no longer wanted."""
    with transaction() as session:
        row = session.scalar(
            select(VideoRow).where(VideoRow.id == video_id, VideoRow.status == Status.PROCESSING)
        )
        if row is None:
            return None
        row.started_at = row.started_at or now()
        return Job(row.id, Kind(row.kind), row.model, row.options, row.inputs)


def wanted(video_id: str) -> bool:
    """Whether the video is still to be made: False once finished, cancelled or deleted."""
    with reading() as session:
        status = session.scalar(select(VideoRow.status).where(VideoRow.id == video_id))
        return status == Status.PROCESSING


def set_progress(video_id: str, percent: int) -> bool:
    """Raise the progress to `percent`, at most 99; never lowers it. False if no longer wanted."""
    percent = min(max(percent, 0), _MAX_UNFINISHED_PROGRESS)
    with transaction() as session:
        session.execute(
            update(VideoRow)
            .where(VideoRow.id == video_id, VideoRow.status == Status.PROCESSING, VideoRow.progress < percent)
            .values(progress=percent)
        )
        return wanted(video_id)


def new_output_key(video_id: str, suffix: str = ".mp4") -> str:
    """A blob key for a result, never given out before: a second execution cannot overwrite the first's."""
    return f"videos/{video_id}/output-{secrets.token_hex(8)}{suffix}"


def complete(video_id: str, output: str) -> bool:
    """PROCESSING -> COMPLETE with this output blob. On False the output is the caller's to delete."""
    return _finish(video_id, status=Status.COMPLETE, progress=100, output=output)


def fail(video_id: str, code: str, message: str) -> bool:
    """PROCESSING -> FAILED with an error for the person who asked for the video."""
    return _finish(video_id, status=Status.FAILED, error_code=code, error_message=message)


def cancel(video_id: str) -> bool:
    """PROCESSING -> CANCELLED, whoever the owner is."""
    return _finish(video_id, status=Status.CANCELLED)


def backlog() -> Backlog:
    """Counts for monitoring."""
    with reading() as session:
        counts = session.execute(select(VideoRow.status, func.count()).group_by(VideoRow.status))
        statuses = dict.fromkeys(Status, 0) | {Status(status): count for status, count in counts}
        waiting, oldest = session.execute(
            select(func.count(), func.min(VideoRow.created_at)).where(
                VideoRow.status == Status.PROCESSING, VideoRow.started_at.is_(None)
            )
        ).one()
        return Backlog(statuses, waiting, 0.0 if oldest is None else (now() - oldest) / 1_000_000)


def _finish(video_id: str, **values: object) -> bool:
    with transaction() as session:
        result = session.execute(
            update(VideoRow)
            .where(VideoRow.id == video_id, VideoRow.status == Status.PROCESSING)
            .values(completed_at=now(), **values)
            .returning(VideoRow.id)
        )
        return result.first() is not None
