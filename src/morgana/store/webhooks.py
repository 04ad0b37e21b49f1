"""Webhooks as their owner sees them: every query is filtered by owner, user and organisation."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, select, update

from morgana.store import outbox, owned
from morgana.store.database import reading, transaction
from morgana.store.records import DeliveryStatus, EventType, Owner, Webhook, WebhookDraft
from morgana.store.tables import DeliveryRow, WebhookRow, now, to_datetime


class TooManyError(Exception):
    """The owner has as many as there may be."""


def create(owner: Owner, draft: WebhookDraft, secret: str, most: int) -> Webhook:
    """A new one. Raises TooManyError if the owner has `most` already."""
    row = WebhookRow(
        id=outbox.new_id("webhook"),
        user_id=owner.user,
        org_id=owner.org,
        url=draft.url,
        description=draft.description,
        events=[*draft.events],
        base=draft.base,
        secret=secret,
        previous_secret=None,
        previous_until=None,
        enabled=draft.enabled,
        disabled_reason=None,
        failing_since=None,
        created_at=now(),
    )
    with transaction() as session:
        if (session.scalar(select(func.count()).select_from(WebhookRow).where(_of(owner))) or 0) >= most:
            raise TooManyError
        session.add(row)
        session.flush()
        return record(row)


def get(owner: Owner, webhook_id: str) -> Webhook | None:
    with reading() as session:
        row = session.scalar(select(WebhookRow).where(_of(owner), WebhookRow.id == webhook_id))
        return None if row is None else record(row)


def page(
    owner: Owner, *, after: str | None = None, limit: int = 20, order: Literal["asc", "desc"] = "desc"
) -> list[Webhook]:
    """Up to `limit` of the owner's webhooks by creation time, strictly after the one `after`.

    Raises UnknownCursorError if the owner has none `after`.
    """
    rows = owned.page(WebhookRow, _of(owner), after, limit, order, WebhookRow)
    return [record(row) for row in rows]


def change(
    owner: Owner,
    webhook_id: str,
    *,
    url: str | None = None,
    base: str | None = None,
    description: str | None = None,
    events: tuple[EventType, ...] | None = None,
    enabled: bool | None = None,
) -> Webhook | None:
    """Change what is not None; None if the owner has no such webhook.

    One that is enabled has a new start. One that is disabled is told nothing, not even what waits.
    """
    with transaction() as session:
        row = session.scalar(
            select(WebhookRow).where(_of(owner), WebhookRow.id == webhook_id).with_for_update()
        )
        if row is None:
            return None
        given = {"url": url, "base": base, "description": description}
        for name, value in given.items():
            if value is not None:
                setattr(row, name, value)
        if events is not None:
            row.events = [*events]
        if enabled:
            row.enabled, row.disabled_reason, row.failing_since = True, None, None
        elif enabled is not None and row.enabled:
            disable(row, None)
        session.flush()
        return record(row)


def rotate(owner: Owner, webhook_id: str, secret: str, overlap: timedelta) -> Webhook | None:
    """Sign with a new secret, and with the one before as well for the overlap; None if there is no such."""
    with transaction() as session:
        row = session.scalar(
            select(WebhookRow).where(_of(owner), WebhookRow.id == webhook_id).with_for_update()
        )
        if row is None:
            return None
        row.previous_secret = row.secret if overlap else None
        row.previous_until = now() + overlap // timedelta(microseconds=1) if overlap else None
        row.secret = secret
        session.flush()
        return record(row)


def remove(owner: Owner, webhook_id: str) -> bool:
    """Forget it, what it was told and what it was to be told; False if the owner has none of this id."""
    with transaction() as session:
        result = session.execute(
            delete(WebhookRow).where(_of(owner), WebhookRow.id == webhook_id).returning(WebhookRow.id)
        )
        return result.first() is not None


def disable(row: WebhookRow, reason: str | None) -> None:
    """Tell it nothing more, not even what waits. Call it in a transaction that holds the row."""
    row.enabled, row.disabled_reason = False, reason
    with transaction() as session:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.webhook == row.sequence, DeliveryRow.status == DeliveryStatus.PENDING)
            .values(status=DeliveryStatus.CANCELLED, next_attempt_at=None, completed_at=now())
        )


def _of(owner: Owner) -> ColumnElement[bool]:
    return (WebhookRow.user_id == owner.user) & (WebhookRow.org_id == owner.org)


def record(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        description=row.description,
        events=tuple(EventType(event) for event in row.events),
        base=row.base,
        secret=row.secret,
        previous_secret=row.previous_secret,
        previous_until=None if row.previous_until is None else to_datetime(row.previous_until),
        enabled=row.enabled,
        disabled_reason=row.disabled_reason,
        failing_since=None if row.failing_since is None else to_datetime(row.failing_since),
        created_at=to_datetime(row.created_at),
    )
