"""`/v1/webhooks/{webhook_id}/...`: what a webhook was told and is to be told, tests and replays."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from morgana import store
from morgana.api.errors import ApiError, documented
from morgana.api.limits import Managing, Polling
from morgana.api.links import Links
from morgana.api.pagination import AskedPage, fetch, plausible
from morgana.api.webhook_bodies import (
    DeliveryWithEvent,
    WebhookDelivery,
    WebhookDeliveryList,
    WebhookEvent,
)
from morgana.api.webhooks import WebhookId, find, not_found

router = APIRouter(prefix="/v1/webhooks/{webhook_id}", tags=["Webhooks"])

DeliveryId = Annotated[str, Path(description="The `id` of a delivery")]


@router.post(
    "/test",
    summary="Test Webhook",
    operation_id="testWebhook",
    response_description="The delivery, which is tried once; retrieve it to see what came of it",
    responses=documented(401, 404),
)
def test_webhook(owner: Managing, webhook_id: WebhookId) -> WebhookDelivery:
    """Beyond the contract: have a `webhook.test` event sent, also to a webhook that is disabled."""
    find(owner, webhook_id)
    delivery = store.deliveries.test(owner, webhook_id)
    if delivery is None:
        raise not_found()
    return WebhookDelivery.of(delivery)


@router.get(
    "/deliveries",
    summary="List Webhook Deliveries",
    operation_id="listWebhookDeliveries",
    responses=documented(401, 404),
)
def list_deliveries(owner: Polling, webhook_id: WebhookId, page: AskedPage) -> WebhookDeliveryList:
    """Beyond the contract: what a webhook was told and is to be told, by the time at which it happened."""
    find(owner, webhook_id)
    read = partial(store.deliveries.page, owner, webhook_id)
    found = fetch(page, page.limit + 1, "delivery", read)
    data = [WebhookDelivery.of(delivery) for delivery in found[: page.limit]]
    return WebhookDeliveryList(data=data, has_more=len(found) > page.limit)


@router.get(
    "/deliveries/{delivery_id}",
    summary="Retrieve Webhook Delivery",
    operation_id="getWebhookDelivery",
    responses=documented(401, 404),
)
def get_delivery(owner: Polling, webhook_id: WebhookId, delivery_id: DeliveryId) -> DeliveryWithEvent:
    """Beyond the contract: a delivery and the event that is delivered."""
    webhook = find(owner, webhook_id)
    asked = plausible(delivery_id)
    delivery = _there(store.deliveries.get(owner, webhook_id, delivery_id) if asked else None)
    event = WebhookEvent.of(delivery.event, Links.at(webhook.base))
    return DeliveryWithEvent.model_construct(**dict(WebhookDelivery.of(delivery)), event=event)


@router.post(
    "/deliveries/{delivery_id}/replay",
    summary="Replay Webhook Delivery",
    operation_id="replayWebhookDelivery",
    response_description="The delivery, which is PENDING again",
    responses=documented(401, 404),
)
def replay_delivery(owner: Managing, webhook_id: WebhookId, delivery_id: DeliveryId) -> WebhookDelivery:
    """Beyond the contract: send an event again, at once and as often as a new one, whatever came of it."""
    find(owner, webhook_id)
    asked = plausible(delivery_id)
    return WebhookDelivery.of(
        _there(store.deliveries.replay(owner, webhook_id, delivery_id) if asked else None)
    )


def _there(delivery: store.Delivery | None) -> store.Delivery:
    if delivery is None:
        message = (
            "This webhook has no such delivery. GET /v1/webhooks/{webhook_id}/deliveries lists those kept."
        )
        raise ApiError(HTTPStatus.NOT_FOUND, "delivery_not_found", message)
    return delivery
