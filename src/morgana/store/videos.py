"""Videos as their owner sees them: every query is filtered by owner, that is by user and organisation."""

import secrets
import string
from typing import Literal

from sqlalchemy import ColumnElement, Select, delete, select, tuple_, update

from morgana.store.database import reading, transaction
from morgana.store.records import Draft, Kind, Owner, Status, Video
from morgana.store.tables import VideoRow, now, to_datetime

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 24  # of 62 letters: 142 bits


class UnknownCursorError(LookupError):
    """The video to continue after is not among the owner's."""


def new_id() -> str:
    return "video_" + "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


def create(owner: Owner, draft: Draft) -> Video:
    """Record a video to be made. Once this is committed, a worker will find it and finish it."""
    row = VideoRow(
        id=draft.id,
        kind=draft.kind,
        user_id=owner.user,
        org_id=owner.org,
        status=Status.PROCESSING,
        progress=0,
        model=draft.model,
        options=draft.options,
        inputs=draft.inputs,
        created_at=now(),
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        return _record(row)


def get(owner: Owner, video_id: str) -> Video | None:
    with reading() as session:
        row = session.scalar(_owned(owner).where(VideoRow.id == video_id))
        return None if row is None else _record(row)


def page(
    owner: Owner, *, after: str | None = None, limit: int = 20, order: Literal["asc", "desc"] = "desc"
) -> list[Video]:
    """Up to `limit` of the owner's videos by creation time, strictly after the video `after`.

    Raises UnknownCursorError if the owner has no video `after`.
    """
    position = tuple_(VideoRow.created_at, VideoRow.sequence)
    query = _owned(owner)
    with reading() as session:
        if after is not None:
            cursor = session.scalar(_owned(owner).where(VideoRow.id == after))
            if cursor is None:
                raise UnknownCursorError(after)
            place = tuple_(cursor.created_at, cursor.sequence)
            query = query.where(position > place if order == "asc" else position < place)
        ascending = (VideoRow.created_at, VideoRow.sequence)
        columns = ascending if order == "asc" else tuple(column.desc() for column in ascending)
        return [_record(row) for row in session.scalars(query.order_by(*columns).limit(limit))]


def cancel(owner: Owner, video_id: str) -> bool:
    """PROCESSING -> CANCELLED; False if the owner has no such video or it is already finished."""
    with transaction() as session:
        result = session.execute(
            update(VideoRow)
            .where(*_is(owner), VideoRow.id == video_id, VideoRow.status == Status.PROCESSING)
            .values(status=Status.CANCELLED, completed_at=now())
            .returning(VideoRow.id)
        )
        return result.first() is not None


def remove(owner: Owner, video_id: str) -> Video | None:
    """Forget a finished video and return what it was; None if there is none or it is still PROCESSING.

    Its blobs are the caller's to delete; should that fail, `sweep` finds them.
    """
    with transaction() as session:
        row = session.scalar(
            delete(VideoRow)
            .where(*_is(owner), VideoRow.id == video_id, VideoRow.status != Status.PROCESSING)
            .returning(VideoRow)
        )
        return None if row is None else _record(row)


def _is(owner: Owner) -> tuple[ColumnElement[bool], ...]:
    return VideoRow.user_id == owner.user, VideoRow.org_id == owner.org


def _owned(owner: Owner) -> Select[VideoRow]:
    return select(VideoRow).where(*_is(owner))


def _record(row: VideoRow) -> Video:
    return Video(
        id=row.id,
        kind=Kind(row.kind),
        owner=Owner(row.user_id, row.org_id),
        status=Status(row.status),
        progress=row.progress,
        error_code=row.error_code,
        error_message=row.error_message,
        model=row.model,
        options=row.options,
        inputs=row.inputs,
        output=row.output,
        created_at=to_datetime(row.created_at),
        completed_at=None if row.completed_at is None else to_datetime(row.completed_at),
    )
