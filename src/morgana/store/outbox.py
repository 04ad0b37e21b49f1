"""What webhooks are to be told: noted with what happened, in one transaction, so that neither is without the
other whatever dies.
"""

import secrets
from typing import Any

from sqlalchemy import inspect, select

from morgana.store.database import transaction
from morgana.store.records import DeliveryStatus, EventType, Kind, Resource, Status
from morgana.store.tables import DeliveryRow, JobRow, WebhookRow, now

_VERBS = {Status.COMPLETE: "completed", Status.FAILED: "failed", Status.CANCELLED: "cancelled"}
_TYPES = {event.value: event for event in EventType}
_ID_BYTES = 18  # 144 bits


def note(job_id: str) -> None:
    """Have the owner's webhooks told that the job has ended. Call it last in the transaction that ends it."""
    theirs = (WebhookRow.user_id == JobRow.user_id) & (WebhookRow.org_id == JobRow.org_id)
    with transaction() as session:
        told = session.scalars(
            select(WebhookRow).join(JobRow, theirs).where(JobRow.id == job_id, WebhookRow.enabled)
        )
        if not (webhooks := told.all()):
            return
        query = select(JobRow).where(JobRow.id == job_id).execution_options(populate_existing=True)
        made = session.scalars(query).one()
        event = event_type(made)
        event_id, moment = new_id("event"), now()
        for webhook in webhooks:
            if event is not None and (not webhook.events or event in webhook.events):
                session.add(entry(webhook, event, event_id, moment, made))


def entry(
    webhook: WebhookRow, event: EventType, event_id: str, moment: int, made: JobRow | None
) -> DeliveryRow:
    """What happened at that moment and is to be sent at once.

    made: the job's row, which is kept as it is now; None for a test.
    """
    return DeliveryRow(
        id=new_id("delivery"),
        webhook=webhook.sequence,
        event_id=event_id,
        event_type=event,
        resource_id=None if made is None else made.id,
        snapshot={} if made is None else _snapshot(made),
        status=DeliveryStatus.PENDING,
        retries=0,
        attempts=[],
        next_attempt_at=moment,
        claimed_until=None,
        claim=None,
        created_at=moment,
        completed_at=None,
    )


def new_id(of: str) -> str:
    return f"{of}_{secrets.token_hex(_ID_BYTES)}"


def event_type(made: JobRow) -> EventType | None:
    """What is told of a job that has ended so; None if nothing is."""
    subject = "video_captions" if made.kind == Kind.CAPTION else made.resource
    return _TYPES.get(f"{subject}.{_VERBS[Status(made.status)]}")


def _snapshot(made: JobRow) -> dict[str, Any]:
    """The row, without what nobody is told of and its owner may want gone, such as a script."""
    row = {column.key: getattr(made, column.key) for column in inspect(made).mapper.column_attrs}
    return row | ({} if made.resource == Resource.TEXT_OVERLAY else {"options": {}})
