"""Videos as whoever has the link to their public page sees them, and as their owner shows and hides them."""

from sqlalchemy import ColumnElement, select

from morgana.store import owned, sharing, videos
from morgana.store.database import reading, transaction
from morgana.store.records import Owner, Status, Video
from morgana.store.tables import JobRow, VideoRow


def open_to_public(owner: Owner, video_id: str, title: str | None = None) -> Video | None:
    """Have the owner's video shown on a page, from when it is COMPLETE; None if there is no such video.

    One that is shared already keeps its token, and its title unless there is another.
    """
    with transaction():
        row = _found(owned.of(owner) & (JobRow.id == video_id))
        if row is None:
            return None
        sharing.share(row)
        row.share_title = title or row.share_title
        return videos.record(row)


def close(owner: Owner, video_id: str) -> bool:
    """Close the page of the owner's video, for good; False if there is no such video."""
    with transaction():
        row = _found(owned.of(owner) & (JobRow.id == video_id))
        if row is None:
            return False
        sharing.unshare(row)
        return True


def shared(token: str) -> Video | None:
    """The video that this token opens, whoever's it is; None for any other, and until it is COMPLETE."""
    with reading() as session:
        known = VideoRow.share_digest == sharing.digest(token)
        row = session.scalar(select(VideoRow).where(known, JobRow.status == Status.COMPLETE))
        return None if row is None else videos.record(row)


def _found(condition: ColumnElement[bool]) -> VideoRow | None:
    with transaction() as session:
        return session.scalar(select(VideoRow).where(condition).with_for_update())
