"""Videos as their owner sees them: every query is filtered by owner, that is by user and organisation."""

from typing import Literal

from morgana.store import owned, sharing
from morgana.store.database import transaction
from morgana.store.records import Facts, Kind, Owner, Resource, Status, Video, VideoDraft
from morgana.store.tables import JobRow, VideoRow, now, to_datetime


def new_id() -> str:
    return owned.new_id(Resource.VIDEO)


def create(owner: Owner, draft: VideoDraft) -> Video:
    """Record a video to be made. Once this is committed, a worker will find it and finish it."""
    row = VideoRow(
        id=draft.id,
        kind=draft.kind,
        user_id=owner.user,
        org_id=owner.org,
        status=Status.PROCESSING,
        progress=0,
        options=draft.options,
        inputs=draft.inputs,
        outputs={},
        created_at=now(),
        model=draft.model,
        actor_id=draft.actor_id,
        voice_id=draft.voice_id,
        source_video_id=draft.source_video_id,
        caption_template_id=draft.caption_template_id,
    )
    if draft.share:
        sharing.share(row)
    with transaction() as session:
        session.add(row)
        session.flush()
        return record(row)


def get(owner: Owner, video_id: str) -> Video | None:
    row = owned.get(VideoRow, owned.of(owner), video_id)
    return None if row is None else record(row)


def page(
    owner: Owner, *, after: str | None = None, limit: int = 20, order: Literal["asc", "desc"] = "desc"
) -> list[Video]:
    """Up to `limit` of the owner's videos by creation time, strictly after the video `after`.

    Raises UnknownCursorError if the owner has no video `after`.
    """
    return [record(row) for row in owned.page(VideoRow, owned.of(owner), after, limit, order)]


def cancel(owner: Owner, video_id: str) -> bool:
    """PROCESSING -> CANCELLED; False if the owner has no such video or it is already finished."""
    return owned.cancel(VideoRow, owned.of(owner), video_id)


def remove(owner: Owner, video_id: str) -> Video | None:
    """Forget a finished video and return what it was; None if there is none or it is still PROCESSING.

    Its blobs are the caller's to delete; should that fail, `sweep` finds them.
    """
    finished = JobRow.status != Status.PROCESSING
    row = owned.remove(VideoRow, owned.of(owner) & finished, video_id)
    return None if row is None else record(row)


def record(row: VideoRow) -> Video:
    return Video(
        id=row.id,
        kind=Kind(row.kind),
        owner=Owner(row.user_id, row.org_id),
        status=Status(row.status),
        progress=row.progress,
        stage=owned.stage(row),
        error_code=row.error_code,
        error_message=row.error_message,
        model=row.model,
        actor_id=row.actor_id,
        voice_id=row.voice_id,
        source_video_id=row.source_video_id,
        caption_template_id=row.caption_template_id,
        facts=None if row.facts is None else Facts(**row.facts),
        share_token=sharing.token_of(row),
        share_title=row.share_title,
        options=row.options,
        inputs=row.inputs,
        outputs=row.outputs,
        created_at=to_datetime(row.created_at),
        completed_at=None if row.completed_at is None else to_datetime(row.completed_at),
    )
