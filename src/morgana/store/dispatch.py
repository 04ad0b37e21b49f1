"""Who sends what: any number of servers may do so at once, and each delivery is claimed by one at a time.

A claim is a lease. If its server dies, the delivery is claimed again when the lease has run out: what is
told may be told twice, but is not lost.
"""

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, or_, select, update

from morgana.settings import settings
from morgana.store import deliveries, webhooks
from morgana.store.database import reading, transaction
from morgana.store.records import DeliveryAttempt, DeliveryStatus, EventType, Sending
from morgana.store.tables import DeliveryRow, WebhookRow, now, to_datetime, to_micros

LEASE_SECONDS = 30  # an attempt takes less
KEEP_DAYS = 30
_AT_ONCE, _AT_ONCE_IF_FAILING = 4, 1  # attempts for one webhook, by all servers together
_GIVEN_UP = timedelta(days=3)
_ATTEMPTS_KEPT = 50
_SECOND = 1_000_000
_DAY = 24 * 3600 * _SECOND

_PENDING: ColumnElement[bool] = DeliveryRow.status == DeliveryStatus.PENDING


def claim(most: int) -> list[Sending]:
    """Up to `most` deliveries that are due, for this process to attempt and to `settle` within the lease.

    Of each webhook few at a time, and only one while it is failing: whoever does not answer delays nobody
    else. Those come first whose webhook has the fewest in hand.
    """
    moment = now()
    free = or_(DeliveryRow.claimed_until.is_(None), DeliveryRow.claimed_until <= moment)
    due = _PENDING & (DeliveryRow.next_attempt_at <= moment)
    with reading() as session:  # which is all there is to do most of the time, and waits for nobody
        if session.scalar(select(DeliveryRow.sequence).where(due, free).limit(1)) is None:
            return []
    name = secrets.token_hex(16)
    with transaction() as session:
        chosen = session.scalars(
            update(DeliveryRow)
            .where(DeliveryRow.sequence.in_(session.scalars(_chosen(due, free, most)).all()))
            .values(claim=name, claimed_until=moment + LEASE_SECONDS * _SECOND)
            .returning(DeliveryRow.sequence)
        ).all()
        both = select(DeliveryRow, WebhookRow).join(WebhookRow, DeliveryRow.webhook == WebhookRow.sequence)
        query = both.where(DeliveryRow.sequence.in_(chosen)).order_by(DeliveryRow.sequence)
        return [_sending(row, webhook, name, moment) for row, webhook in session.execute(query)]


def settle(
    sending: Sending,
    attempt: DeliveryAttempt,
    *,
    delivered: bool,
    again_in: float | None,
    refused: str | None,
) -> None:
    """Record what came of an attempt.

    again_in: seconds until the next one if it was not delivered, None if there is none. refused: why the
    webhook is to be disabled, if it is. A claim that was lost meanwhile records only the attempt.
    """
    moment = now()
    with transaction() as session:
        # The webhook first, always: two that each hold what the other wants would wait for ever.
        webhook = session.scalar(
            select(WebhookRow).where(WebhookRow.id == sending.webhook_id).with_for_update()
        )
        query = select(DeliveryRow).where(DeliveryRow.id == sending.delivery_id).with_for_update()
        row = session.scalar(query)
        if webhook is None or row is None:
            return
        noted: dict[str, Any] = asdict(attempt) | {"started_at": to_micros(attempt.started_at)}
        row.attempts = [*row.attempts, noted][-_ATTEMPTS_KEPT:]
        if row.claim != sending.claim:
            return
        row.claim = row.claimed_until = None
        if delivered:
            row.status, row.next_attempt_at, row.completed_at = DeliveryStatus.DELIVERED, None, moment
            webhook.failing_since = None
            return
        webhook.failing_since = webhook.failing_since or moment
        if row.status != DeliveryStatus.PENDING:  # the webhook was disabled meanwhile
            return
        row.retries += 1
        if again_in is None:
            row.status, row.next_attempt_at, row.completed_at = DeliveryStatus.FAILED, None, moment
            refused = refused or _given_up(row, webhook, moment)
        else:
            row.next_attempt_at = moment + round(again_in * _SECOND)
        if refused and webhook.enabled:
            session.flush()
            webhooks.disable(webhook, refused)


def release(sendings: Iterable[Sending]) -> None:
    """Give back what was claimed and not attempted, for the next who claims."""
    with transaction() as session:
        for sending in sendings:
            session.execute(
                update(DeliveryRow)
                .where(DeliveryRow.id == sending.delivery_id, DeliveryRow.claim == sending.claim)
                .values(claim=None, claimed_until=None)
            )


def expire_deliveries() -> int:
    """Forget deliveries that ended long ago, or longer ago than finished videos are kept; how many."""
    kept = min(settings().keep_days or KEEP_DAYS, KEEP_DAYS)
    with transaction() as session:
        result = session.execute(
            delete(DeliveryRow)
            .where(DeliveryRow.completed_at < now() - round(kept * _DAY))
            .returning(DeliveryRow.sequence)
        )
        return len(result.all())


def waiting() -> tuple[int, float]:
    """How many deliveries are pending, and for how many seconds the one that is most overdue has been due."""
    with reading() as session:
        query = select(func.count(), func.min(DeliveryRow.next_attempt_at)).where(_PENDING)
        count, first = session.execute(query).one()
    return count, 0.0 if first is None else max(now() - first, 0) / _SECOND


def _chosen(due: ColumnElement[bool], free: ColumnElement[bool], most: int) -> Select[int]:
    in_hand_first = case((free, 1), else_=0)
    place = func.row_number().over(
        partition_by=DeliveryRow.webhook,
        order_by=(in_hand_first, DeliveryRow.next_attempt_at, DeliveryRow.sequence),
    )
    ranked = (
        select(
            DeliveryRow.sequence,
            in_hand_first.label("is_free"),
            place.label("place"),
            case((WebhookRow.failing_since.is_(None), _AT_ONCE), else_=_AT_ONCE_IF_FAILING).label("at_once"),
        )
        .join(WebhookRow, DeliveryRow.webhook == WebhookRow.sequence)
        .where(due)
        .subquery()
    )
    allowed = (ranked.c.is_free == 1) & (ranked.c.place <= ranked.c.at_once)
    return (
        select(DeliveryRow.sequence)
        .join(ranked, DeliveryRow.sequence == ranked.c.sequence)
        .where(allowed, due, free)
        .order_by(ranked.c.place, DeliveryRow.sequence)
        .limit(most)
        # What another claims at this moment is passed over, where a database can tell.
        .with_for_update(of=DeliveryRow, skip_locked=True)
    )


def _given_up(row: DeliveryRow, webhook: WebhookRow, moment: int) -> str | None:
    since = to_datetime(webhook.failing_since or moment)
    if row.event_type == EventType.TEST or to_datetime(moment) - since < _GIVEN_UP:
        return None
    return (
        f"Nothing could be delivered since {since:%Y-%m-%d %H:%M} UTC. Enable it again when its URL answers, "
        "and replay what it missed."
    )


def _sending(row: DeliveryRow, webhook: WebhookRow, name: str, moment: int) -> Sending:
    previous = webhook.previous_secret if (webhook.previous_until or 0) > moment else None
    return Sending(
        delivery_id=row.id,
        claim=name,
        webhook_id=webhook.id,
        url=webhook.url,
        base=webhook.base,
        secrets=(webhook.secret,) if previous is None else (webhook.secret, previous),
        event=deliveries.event_of(row, webhook),
        retries=row.retries,
        request_id=row.snapshot.get("request_id"),
    )
