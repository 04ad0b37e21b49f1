"""What webhooks were told and are to be told, as their owners see it: every query is filtered by owner."""

from typing import Literal

from sqlalchemy import ColumnElement, Select, select

from morgana.store import actors, outbox, owned, text_overlays, videos, webhooks
from morgana.store.database import reading, transaction
from morgana.store.records import (
    Actor,
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    Event,
    EventType,
    Owner,
    Resource,
    TextOverlay,
    Video,
)
from morgana.store.tables import (
    ActorRow,
    DeliveryRow,
    TextOverlayRow,
    VideoRow,
    WebhookRow,
    now,
    to_datetime,
)


def page(
    owner: Owner,
    webhook_id: str,
    *,
    after: str | None = None,
    limit: int = 20,
    order: Literal["asc", "desc"] = "desc",
) -> list[Delivery]:
    """Up to `limit` of the deliveries of the owner's webhook by creation time, strictly after `after`.

    Raises UnknownCursorError if it has none `after`.
    """
    with reading() as session:
        webhook = session.scalar(select(WebhookRow).where(_of(owner), WebhookRow.id == webhook_id))
    if webhook is None:
        return []
    its = DeliveryRow.webhook == webhook.sequence
    rows = owned.page(DeliveryRow, its, after, limit, order, DeliveryRow)
    return [_record(row, webhook) for row in rows]


def get(owner: Owner, webhook_id: str, delivery_id: str) -> Delivery | None:
    with reading() as session:
        found = session.execute(_one(owner, webhook_id, delivery_id)).one_or_none()
        return None if found is None else _record(*found)


def test(owner: Owner, webhook_id: str) -> Delivery | None:
    """Have a test event sent, also to a disabled one; None if the owner has no such webhook.

    While one waits to be sent, it is that one.
    """
    with transaction() as session:
        query = select(WebhookRow).where(_of(owner), WebhookRow.id == webhook_id).with_for_update()
        webhook = session.scalar(query)
        if webhook is None:
            return None
        waiting = select(DeliveryRow).where(
            DeliveryRow.webhook == webhook.sequence,
            DeliveryRow.event_type == EventType.TEST,
            DeliveryRow.status == DeliveryStatus.PENDING,
        )
        row = session.scalars(waiting).first()
        if row is None:
            row = outbox.entry(webhook, EventType.TEST, outbox.new_id("event"), now(), None)
            session.add(row)
            session.flush()
        return _record(row, webhook)


def replay(owner: Owner, webhook_id: str, delivery_id: str) -> Delivery | None:
    """Send it again at once, as often as a new one, also to a disabled webhook; None if there is none.

    One that is being sent at this moment stays as it is.
    """
    with transaction() as session:
        found = session.execute(_one(owner, webhook_id, delivery_id).with_for_update()).one_or_none()
        if found is None:
            return None
        row, webhook = found
        if row.claimed_until is None or row.claimed_until <= now():
            row.status, row.retries, row.next_attempt_at = DeliveryStatus.PENDING, 0, now()
            row.completed_at = row.claimed_until = row.claim = None
        session.flush()
        return _record(row, webhook)


def event_of(row: DeliveryRow, webhook: WebhookRow) -> Event:
    """What is told."""
    made = _made(row) or webhooks.record(webhook)
    return Event(row.event_id, EventType(row.event_type), to_datetime(row.created_at), made)


def _made(row: DeliveryRow) -> Video | TextOverlay | Actor | None:
    if not row.snapshot:
        return None
    resource = Resource(row.snapshot["resource"])
    if resource is Resource.VIDEO:
        return videos.record(VideoRow(**row.snapshot))
    if resource is Resource.TEXT_OVERLAY:
        return text_overlays.record(TextOverlayRow(**row.snapshot))
    return actors.record(ActorRow(**row.snapshot))


def _one(owner: Owner, webhook_id: str, delivery_id: str) -> Select[DeliveryRow, WebhookRow]:
    both = select(DeliveryRow, WebhookRow).join(WebhookRow, DeliveryRow.webhook == WebhookRow.sequence)
    return both.where(_of(owner), WebhookRow.id == webhook_id, DeliveryRow.id == delivery_id)


def _of(owner: Owner) -> ColumnElement[bool]:
    return (WebhookRow.user_id == owner.user) & (WebhookRow.org_id == owner.org)


def _record(row: DeliveryRow, webhook: WebhookRow) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=webhook.id,
        event=event_of(row, webhook),
        resource_id=row.resource_id,
        status=DeliveryStatus(row.status),
        attempts=tuple(
            DeliveryAttempt(to_datetime(one["started_at"]), *(one[name] for name in _TOLD))
            for one in row.attempts
        ),
        next_attempt_at=None if row.next_attempt_at is None else to_datetime(row.next_attempt_at),
        created_at=to_datetime(row.created_at),
        completed_at=None if row.completed_at is None else to_datetime(row.completed_at),
    )


_TOLD = ("seconds", "status", "answer", "error")
