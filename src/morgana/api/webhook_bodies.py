"""The objects of webhooks: what is sent to `/v1/webhooks`, what it answers, and what webhooks are told."""

from datetime import datetime
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from morgana import store
from morgana.api.links import Links
from morgana.api.schemas import Actor, MAVideo, MetaTextOverlay, seconds, shown

_PLAIN = r"^[^\x00-\x1f\x7f]*$"  # without control characters
_Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_PLAIN)]
Subscription = Literal[
    "video.completed",
    "video.failed",
    "video.cancelled",
    "video_captions.completed",
    "video_captions.failed",
    "video_captions.cancelled",
    "text_overlay.completed",
    "text_overlay.failed",
    "text_overlay.cancelled",
    "actor.completed",
    "actor.failed",
]
_Events = Annotated[list[Subscription], Field(max_length=len(get_args(Subscription)))]
_URL = Field(
    description="Where events are sent, by POST: https, and not in a private network",
    examples=["https://example.org/hooks/morgana"],
)
_EVENTS = "The types of the events that are sent; an empty list stands for all, also those of later releases"


class CreateWebhookRequest(BaseModel):
    """Where to tell of what becomes of jobs."""

    model_config = ConfigDict(extra="forbid")

    url: str = _URL
    description: _Description = Field(default="", description="What it is for, to know it by later")
    events: _Events = Field(default=[], description=_EVENTS)
    enabled: bool = Field(default=True, strict=True, description="Whether events are sent")


class UpdateWebhookRequest(BaseModel):
    """What to change; a field that is not there stays as it is."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(default_factory=str, description="Where events are sent from now on")
    description: _Description = Field(default_factory=str, description="What it is for")
    events: _Events = Field(default_factory=list, description=_EVENTS)
    enabled: bool = Field(
        default_factory=bool,
        strict=True,
        description="`false`: nothing is sent, and what waits to be sent is CANCELLED; `true`: a new start",
    )


class Webhook(BaseModel):
    """Where is told of what becomes of jobs."""

    id: str = Field(examples=["webhook_3f9c2a"])
    object: Literal["webhook"] = "webhook"
    url: str
    description: str
    events: list[Subscription] = Field(description="The types of events that are sent; empty: all")
    enabled: bool
    disabled_reason: str | None = Field(description="Why the server disabled it; null if it did not")
    failing_since: int | None = Field(
        description="When an attempt failed first since the last one that did not (unix timestamp)"
    )
    previous_secret_expires_at: int | None = Field(
        description="Until when the secret before this one is signed with as well (unix timestamp)"
    )
    created_at: int = Field(description="When it was created (unix timestamp)")

    @classmethod
    def of(cls, webhook: store.Webhook, **more: str) -> Self:
        until = webhook.previous_until
        over = until is None or until <= datetime.now(until.tzinfo)
        return cls.model_validate(
            {
                "id": webhook.id,
                "url": webhook.url,
                "description": webhook.description,
                "events": [event.value for event in webhook.events],
                "enabled": webhook.enabled,
                "disabled_reason": webhook.disabled_reason,
                "failing_since": seconds(webhook.failing_since),
                "previous_secret_expires_at": None if over else seconds(until),
                "created_at": seconds(webhook.created_at),
                **more,
            }
        )


class WebhookWithSecret(Webhook):
    """A webhook whose secret is new, and not shown again."""

    secret: str = Field(
        description="What proves that an event comes from this server; it is not shown again",
        examples=["whsec_ZXhhbXBsZSBvZiBhIHNlY3JldCBvZiAzMiBieXRlcyE="],
    )


class WebhookList(BaseModel):
    """Part of the list of webhooks."""

    object: Literal["list"] = "list"
    data: list[Webhook]
    has_more: bool = Field(description="Whether there are more webhooks after these")


class WebhookAttempt(BaseModel):
    """One attempt to deliver an event."""

    started_at: int = Field(description="When it began (unix timestamp)")
    duration: float = Field(description="How long it took, in seconds")
    status: int | None = Field(description="The HTTP status of the answer; null if there was none")
    answer: str | None = Field(description="The first 500 characters of the answer's body")
    error: str | None = Field(description="Why there was no answer; null if there was one")


class WebhookDelivery(BaseModel):
    """What became of an event for one webhook."""

    id: str
    object: Literal["webhook_delivery"] = "webhook_delivery"
    webhook_id: str
    event_id: str = Field(description="The `id` of the event, and its header `webhook-id`")
    event_type: str = Field(examples=["video.completed"])
    resource_id: str | None = Field(description="The `id` of what it tells of; null of a test")
    status: Literal["PENDING", "DELIVERED", "FAILED", "CANCELLED"] = Field(
        description="PENDING until an attempt is answered with 2xx (DELIVERED), the last one was not "
        "(FAILED) or the webhook is disabled (CANCELLED)"
    )
    attempts: list[WebhookAttempt] = Field(description="Oldest first; at most the last 50")
    next_attempt_at: int | None = Field(description="When it is tried again at the earliest (unix timestamp)")
    created_at: int = Field(description="When it happened (unix timestamp)")
    completed_at: int | None = Field(description="When it was no longer PENDING (unix timestamp)")

    @classmethod
    def of(cls, delivery: store.Delivery) -> Self:
        return cls.model_validate(
            {
                "id": delivery.id,
                "webhook_id": delivery.webhook_id,
                "event_id": delivery.event.id,
                "event_type": delivery.event.type.value,
                "resource_id": delivery.resource_id,
                "status": delivery.status.value,
                "attempts": [
                    {
                        "started_at": seconds(one.started_at),
                        "duration": round(one.seconds, 3),
                        "status": one.status,
                        "answer": one.answer,
                        "error": one.error,
                    }
                    for one in delivery.attempts
                ],
                "next_attempt_at": seconds(delivery.next_attempt_at),
                "created_at": seconds(delivery.created_at),
                "completed_at": seconds(delivery.completed_at),
            }
        )


class WebhookDeliveryList(BaseModel):
    """Part of the list of deliveries."""

    object: Literal["list"] = "list"
    data: list[WebhookDelivery]
    has_more: bool = Field(description="Whether there are more deliveries after these")


class WebhookEvent(BaseModel):
    """What a webhook is sent."""

    id: str = Field(description="The same in every attempt, and as the header `webhook-id`")
    type: Literal[Subscription, "webhook.test"]
    created_at: int = Field(description="When it happened (unix timestamp)")
    data: MAVideo | MetaTextOverlay | Actor | Webhook = Field(
        description="What GET answered at that moment for what it tells of; of a test, the webhook"
    )

    @classmethod
    def of(cls, event: store.Event, links: Links) -> Self:
        made = event.made
        data = Webhook.of(made) if isinstance(made, store.Webhook) else shown(made, links)
        return cls.model_construct(
            id=event.id, type=event.type.value, created_at=seconds(event.created_at), data=data
        )


class DeliveryWithEvent(WebhookDelivery):
    """A delivery with what is sent."""

    event: WebhookEvent = Field(description="The body, with links that are made anew for each attempt")
