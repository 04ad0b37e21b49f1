"""Text overlays as their owner sees them: every query is filtered by owner, user and organisation."""

from typing import Literal
from uuid import uuid4

from morgana.store import owned
from morgana.store.database import transaction
from morgana.store.records import Failure, Kind, Owner, Status, TextOverlay, TextOverlayDraft
from morgana.store.tables import JobRow, TextOverlayRow, now, to_datetime


def new_id() -> str:
    """A UUID, as the contract shows one."""
    return str(uuid4())


def create(owner: Owner, draft: TextOverlayDraft) -> TextOverlay:
    """Record what is to be made. Once this is committed, a worker will find it and finish it."""
    row = TextOverlayRow(
        id=draft.id,
        kind=Kind.OVERLAY,
        user_id=owner.user,
        org_id=owner.org,
        status=Status.PROCESSING,
        progress=0,
        options={"items": list(draft.items)},
        inputs=draft.inputs,
        outputs={},
        created_at=now(),
        failures={},
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        return record(row)


def get(owner: Owner, text_overlay_id: str) -> TextOverlay | None:
    row = owned.get(TextOverlayRow, owned.of(owner), text_overlay_id)
    return None if row is None else record(row)


def page(
    owner: Owner, *, after: str | None = None, limit: int = 20, order: Literal["asc", "desc"] = "desc"
) -> list[TextOverlay]:
    """Up to `limit` of the owner's text overlays by creation time, strictly after the one `after`.

    Raises UnknownCursorError if the owner has none `after`.
    """
    return [record(row) for row in owned.page(TextOverlayRow, owned.of(owner), after, limit, order)]


def cancel(owner: Owner, text_overlay_id: str) -> bool:
    """PROCESSING -> CANCELLED; False if the owner has none of this id or it is already finished."""
    return owned.cancel(TextOverlayRow, owned.of(owner), text_overlay_id)


def remove(owner: Owner, text_overlay_id: str) -> TextOverlay | None:
    """Forget a finished one and return what it was; None if there is none or it is still PROCESSING.

    Its blobs are the caller's to delete; should that fail, `sweep` finds them.
    """
    finished = JobRow.status != Status.PROCESSING
    row = owned.remove(TextOverlayRow, owned.of(owner) & finished, text_overlay_id)
    return None if row is None else record(row)


def record(row: TextOverlayRow) -> TextOverlay:
    return TextOverlay(
        id=row.id,
        status=Status(row.status),
        progress=row.progress,
        stage=owned.stage(row),
        error_code=row.error_code,
        error_message=row.error_message,
        inputs=row.inputs,
        outputs=row.outputs,
        created_at=to_datetime(row.created_at),
        completed_at=None if row.completed_at is None else to_datetime(row.completed_at),
        items=tuple(row.options["items"]),
        begun=row.started_at is not None,
        failures={int(index): Failure(**failure) for index, failure in row.failures.items()},
    )
