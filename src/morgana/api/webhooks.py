"""`/v1/webhooks`: where to tell of what becomes of jobs."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from morgana import store
from morgana.api.auth import Authenticated
from morgana.api.bodies import json_body, receive_json
from morgana.api.errors import ApiError, documented, problem
from morgana.api.idempotency import Attempt, IdempotencyKey, attempt
from morgana.api.limits import Managing, Polling
from morgana.api.links import AskedLinks
from morgana.api.pagination import AskedPage, fetch, plausible
from morgana.api.submission import json_answer, replayed
from morgana.api.webhook_bodies import (
    CreateWebhookRequest,
    UpdateWebhookRequest,
    Webhook,
    WebhookEvent,
    WebhookList,
    WebhookWithSecret,
)
from morgana.settings import settings
from morgana.store import EventType, Owner, WebhookDraft
from morgana.webhooks import signing, targets

router = APIRouter(prefix="/v1/webhooks", tags=["Webhooks"])

told = APIRouter()  # for OpenAPI: what a client's own server is sent

_MAX_BYTES = 32 * 1024
_DAY = 24 * 3600

WebhookId = Annotated[str, Path(description="The `id` of a webhook")]


async def _received_new(request: Request) -> CreateWebhookRequest:
    return await receive_json(request, CreateWebhookRequest, _MAX_BYTES)


async def _received_change(request: Request) -> UpdateWebhookRequest:
    return await receive_json(request, UpdateWebhookRequest, _MAX_BYTES)


def find(owner: Owner, webhook_id: str) -> store.Webhook:
    """The owner's webhook. Raises ApiError (404), for another owner's just as for none."""
    webhook = store.webhooks.get(owner, webhook_id) if plausible(webhook_id) else None
    return _there(webhook)


@router.post(
    "",
    summary="Create Webhook",
    operation_id="createWebhook",
    response_model=WebhookWithSecret,
    response_description="The webhook and its secret, which is not shown again",
    responses=documented(401, 409, 413),
    openapi_extra=json_body(CreateWebhookRequest),
)
async def create_webhook(
    request: Request, owner: Managing, links: AskedLinks, key: IdempotencyKey = None
) -> Response:
    """Beyond the contract: have a URL told of what becomes of jobs."""
    async with attempt(owner, key) as attempted:
        asked = await _received_new(request)
        return await run_in_threadpool(_create, owner, asked, links.base, attempted)


@router.get("", summary="List Webhooks", operation_id="listWebhooks", responses=documented(401))
def list_webhooks(owner: Polling, page: AskedPage) -> WebhookList:
    """Beyond the contract: the webhooks of this API key's user and organisation, by creation time."""
    found = fetch(page, page.limit + 1, "webhook", partial(store.webhooks.page, owner))
    data = [Webhook.of(webhook) for webhook in found[: page.limit]]
    return WebhookList(data=data, has_more=len(found) > page.limit)


@router.get(
    "/{webhook_id}", summary="Retrieve Webhook", operation_id="getWebhook", responses=documented(401, 404)
)
def get_webhook(owner: Polling, webhook_id: WebhookId) -> Webhook:
    """Beyond the contract: a webhook, without its secret."""
    return Webhook.of(find(owner, webhook_id))


@router.patch(
    "/{webhook_id}",
    summary="Update Webhook",
    operation_id="updateWebhook",
    responses=documented(401, 404, 413),
    openapi_extra=json_body(UpdateWebhookRequest),
)
def update_webhook(
    owner: Managing,
    webhook_id: WebhookId,
    links: AskedLinks,
    asked: Annotated[UpdateWebhookRequest, Depends(_received_change)],
) -> Webhook:
    """Beyond the contract: change what is sent, where, and whether at all."""
    find(owner, webhook_id)
    given = asked.model_fields_set
    if "url" in given:
        _check(asked.url)
    changed = store.webhooks.change(
        owner,
        webhook_id,
        url=asked.url if "url" in given else None,
        base=links.base,
        description=asked.description if "description" in given else None,
        events=_types(asked.events) if "events" in given else None,
        enabled=asked.enabled if "enabled" in given else None,
    )
    return Webhook.of(_there(changed))


@router.delete(
    "/{webhook_id}",
    summary="Delete Webhook",
    operation_id="deleteWebhook",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 404),
)
def delete_webhook(owner: Authenticated, webhook_id: WebhookId) -> Response:
    """Beyond the contract: delete a webhook, what waits to be sent to it, and its log."""
    find(owner, webhook_id)
    if not store.webhooks.remove(owner, webhook_id):
        raise not_found()
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post(
    "/{webhook_id}/rotate",
    summary="Rotate Webhook Secret",
    operation_id="rotateWebhookSecret",
    response_description="The webhook and its new secret, which is not shown again",
    responses=documented(401, 404),
)
def rotate_webhook_secret(
    owner: Managing,
    webhook_id: WebhookId,
    overlap_seconds: Annotated[
        int,
        Query(
            ge=0,
            le=7 * _DAY,
            description="For how long the old secret is signed with beside the new one; 0: no longer",
        ),
    ] = _DAY,
) -> WebhookWithSecret:
    """Beyond the contract: make a new secret. The old one is used beside it for a day."""
    find(owner, webhook_id)
    secret = signing.new_secret()
    rotated = store.webhooks.rotate(owner, webhook_id, secret, timedelta(seconds=overlap_seconds))
    return WebhookWithSecret.of(_there(rotated), secret=secret)


@told.post(
    "event",
    summary="Receive Event",
    operation_id="receiveEvent",
    tags=["Webhooks"],
    status_code=HTTPStatus.NO_CONTENT,
    response_description="Any 2xx says that the event was taken; it is sent again otherwise",
    responses={"4XX": {"description": "It is sent again; 410 disables the webhook"}},
)
def receive_event(
    event: WebhookEvent,
    webhook_id: Annotated[str, Header(description="The event's `id`")],
    webhook_timestamp: Annotated[str, Header(description="Unix time of this attempt")],
    webhook_signature: Annotated[
        str,
        Header(description="`v1,` and the HMAC-SHA256 of id, time and body in Base64; one for each secret"),
    ],
) -> None:
    """What is sent to the `url` of a webhook, as Standard Webhooks has it."""


def not_found() -> ApiError:
    message = "There is no such webhook. GET /v1/webhooks lists those that this API key may see."
    return ApiError(HTTPStatus.NOT_FOUND, "webhook_not_found", message)


def _create(owner: Owner, asked: CreateWebhookRequest, base: str, attempted: Attempt) -> Response:
    fingerprint = hashlib.sha256(f"POST /v1/webhooks {asked.model_dump_json()}".encode()).hexdigest()
    if (earlier := attempted.replay(fingerprint)) is not None:
        return replayed(earlier)
    _check(asked.url)
    secret = signing.new_secret()
    draft = WebhookDraft(asked.url, base, asked.description, _types(asked.events), asked.enabled)
    most = settings().max_webhooks
    try:
        with store.transaction():
            created = store.webhooks.create(owner, draft, secret, most)
            answer = WebhookWithSecret.of(created, secret=secret).model_dump_json()
            attempted.finish(fingerprint, answer)
    except store.webhooks.TooManyError:
        message = f"There are {most} webhooks, which is as many as there may be. Delete one of them first."
        raise ApiError(HTTPStatus.CONFLICT, "too_many_webhooks", message) from None
    return json_answer(answer)


def _check(url: str) -> None:
    """Raise RequestValidationError for a URL that nothing would be sent to."""
    try:
        targets.check(url, private=settings().private_webhooks == "on")
    except targets.TargetError as error:
        raise RequestValidationError([problem(("body", "url"), "url_refused", str(error))]) from None


def _types(events: Sequence[str]) -> tuple[EventType, ...]:
    return tuple(EventType(event) for event in dict.fromkeys(events))


def _there(webhook: store.Webhook | None) -> store.Webhook:
    if webhook is None:
        raise not_found()
    return webhook
