"""`client.webhooks`: where to tell of what becomes of jobs; and whether what comes there is genuine."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from morgana.client.connection import create, path
from morgana.client.errors import SignatureError
from morgana.client.listing import MOST, each
from morgana.client.objects import Actor, Job, Object, TextOverlay, Video
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.removing import remove
from morgana.client.transport import Request

_URL = "/v1/webhooks"
_PREFIX = "whsec_"
_TOLERANCE = 300.0  # seconds that clocks may differ and messages be on their way


class Webhook(Object):
    """A URL that is told. events: of which types, all if there are none. secret: only of a new one."""

    id: str
    url: str
    description: str = ""
    events: tuple[str, ...] = ()
    enabled: bool = True
    disabled_reason: str | None = None
    failing_since: int | None = None
    previous_secret_expires_at: int | None = None
    created_at: int | None = None
    secret: str | None = Field(default=None, repr=False)


class Attempt(Object):
    """One attempt to deliver an event. status and answer: what came back; else error."""

    started_at: int
    duration: float | None = None
    status: int | None = None
    answer: str | None = None
    error: str | None = None


class Event(Object):
    """What a webhook is told. id: the same in every attempt; data: what it is about, as it was then."""

    id: str
    type: str
    created_at: int | None = None
    data: Mapping[str, Any] = Field(default_factory=dict)

    @property
    def job(self) -> Job | None:
        """The job that it is about; None of a test."""
        kinds: dict[str, type[Job]] = {"video": Video, "text_overlay": TextOverlay, "actor": Actor}
        kind = kinds.get(str(self.data.get("object")))
        return None if kind is None else kind.model_validate(self.data)


class Delivery(Object):
    """What became of an event for one webhook."""

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    resource_id: str | None = None
    status: str
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: int | None = None
    created_at: int | None = None
    completed_at: int | None = None
    event: Event | None = None


def verify_webhook(
    body: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance: float = _TOLERANCE
) -> Event:
    """The event in a request that came to a webhook's URL, once it is known to be the server's.

    body: as it came, before it is parsed. tolerance: seconds that it may be old, or ahead. Needs no server.
    Raises SignatureError. The signature is that of Standard Webhooks 1.0.0.
    """
    body = body.encode() if isinstance(body, str) else body
    told = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent = told["webhook-id"], told["webhook-timestamp"]
        signatures = told["webhook-signature"].split()
        age = abs(time.time() - int(sent))
    except KeyError as missing:
        raise SignatureError(f"The header {missing} is not there.") from None
    except ValueError:
        raise SignatureError("The header webhook-timestamp is no time.") from None
    digest = hmac.digest(_key(secret), f"{message_id}.{sent}.".encode() + body, hashlib.sha256)
    right = b"v1," + base64.b64encode(digest)
    if not any(hmac.compare_digest(right, one.encode()) for one in signatures):
        raise SignatureError("No signature is right: the secret is another one, or the body was changed.")
    if age > tolerance:
        raise SignatureError(f"It was sent {age:.0f} s ago, or a clock is wrong.")
    return Event.model_validate(json.loads(body))


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise SignatureError("The secret is none: it is whsec_ and Base64.") from None


class Webhooks(Resource[M_co]):
    """Webhooks."""

    verify = staticmethod(verify_webhook)

    @operation
    async def create(
        self,
        url: str,
        *,
        events: Sequence[str] = (),
        description: str = "",
        enabled: bool = True,
        idempotency_key: str | None = None,
    ) -> Webhook:
        """Have a URL told of events of these types, or of all. Keep the `secret`: it is not shown again."""
        asked = {"url": url, "events": [*events], "description": description, "enabled": enabled}
        return await self._connection.fetch(Webhook, create(_URL, idempotency_key, json=asked))

    @operation
    async def retrieve(self, webhook: str | Webhook) -> Webhook:
        """The webhook, without its secret. Raises NotFoundError."""
        return await self._connection.fetch(Webhook, Request("GET", path("webhooks", _id(webhook))))

    @iteration
    async def list(
        self, *, after: str | None = None, order: Literal["asc", "desc"] | None = None, limit: int = MOST
    ) -> AsyncGenerator[Webhook, None]:
        """All webhooks, the newest first."""
        query = {"after": after, "order": order, "limit": limit}
        async for webhook in each(self._connection, Webhook, _URL, query):
            yield webhook

    @operation
    async def update(
        self,
        webhook: str | Webhook,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is given; the rest stays."""
        wishes: dict[str, Any] = {
            "url": url,
            "events": None if events is None else [*events],
            "description": description,
            "enabled": enabled,
        }
        asked = {name: wish for name, wish in wishes.items() if wish is not None}
        request = Request("PATCH", path("webhooks", _id(webhook)), json=asked)
        return await self._connection.fetch(Webhook, request)

    @operation
    async def delete(self, webhook: str | Webhook) -> None:
        """Delete a webhook, what waits to be sent to it, and its log."""
        await remove(self._connection, path("webhooks", _id(webhook)))

    @operation
    async def rotate(self, webhook: str | Webhook, *, overlap_seconds: int | None = None) -> Webhook:
        """A new secret; the old one is signed with beside it for a day, or as long as you say.

        It is not sent twice: if the answer is lost, the old secret still holds for that long.
        """
        query = {} if overlap_seconds is None else {"overlap_seconds": overlap_seconds}
        request = Request("POST", path("webhooks", _id(webhook), "rotate"), query)
        return await self._connection.fetch(Webhook, request, once=True)

    @operation
    async def test(self, webhook: str | Webhook) -> Delivery:
        """Have a `webhook.test` event sent; `delivery` tells what came of it."""
        request = Request("POST", path("webhooks", _id(webhook), "test"))
        return await self._connection.fetch(Delivery, request)

    @iteration
    async def deliveries(
        self,
        webhook: str | Webhook,
        *,
        after: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        limit: int = MOST,
    ) -> AsyncGenerator[Delivery, None]:
        """What it was told and is to be told, the newest first."""
        query = {"after": after, "order": order, "limit": limit}
        url = path("webhooks", _id(webhook), "deliveries")
        async for delivery in each(self._connection, Delivery, url, query):
            yield delivery

    @operation
    async def delivery(self, webhook: str | Webhook, delivery: str | Delivery) -> Delivery:
        """A delivery as it is now, with its `event`."""
        url = path("webhooks", _id(webhook), "deliveries", _id(delivery))
        return await self._connection.fetch(Delivery, Request("GET", url))

    @operation
    async def replay(self, webhook: str | Webhook, delivery: str | Delivery) -> Delivery:
        """Send an event again."""
        url = path("webhooks", _id(webhook), "deliveries", _id(delivery), "replay")
        return await self._connection.fetch(Delivery, Request("POST", url))


def _id(thing: str | Webhook | Delivery) -> str:
    return thing if isinstance(thing, str) else thing.id
