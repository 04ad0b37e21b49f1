"""Webhooks are told: what is due is claimed, sent and settled, beside the requests, by every server.

It is done here and not by the workers because what is told is what the API answers, and because the servers
are there when the workers have their hands full.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool

from morgana import store
from morgana.api.links import Links
from morgana.api.metrics import WebhookMetrics
from morgana.api.threads import to_its_end
from morgana.api.webhook_bodies import WebhookEvent
from morgana.settings import settings
from morgana.store import DeliveryAttempt, EventType, Sending
from morgana.webhooks import backoff
from morgana.webhooks.sending import Outcome, send
from morgana.webhooks.signing import signed_headers

_AT_ONCE: Final = 128  # attempts of this process; most of them only wait
_POLL_SECONDS: Final = 1.0

log = structlog.get_logger()


async def dispatch(metrics: WebhookMetrics) -> None:
    """Send whatever is due, until cancelled; attempts that are under way are then given back."""
    under_way: dict[asyncio.Task[None], Sending] = {}
    try:
        while True:
            for sending in await _claim(_AT_ONCE - len(under_way)):
                under_way[asyncio.create_task(_deliver(sending, metrics))] = sending
            await _pause(set(under_way))
            for task in [task for task in under_way if task.done()]:
                del under_way[task]
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await asyncio.shield(run_in_threadpool(store.dispatch.release, [*under_way.values()]))


async def _claim(most: int) -> list[Sending]:
    if most < 1:
        return []
    try:
        return await to_its_end(store.dispatch.claim, most)
    except Exception as error:
        if store.is_hindrance(error):
            log.warning("webhooks cannot be told", reason=type(error).__name__)
        else:
            log.exception("webhooks_not_claimed")
        return []


async def _pause(under_way: set[asyncio.Task[None]]) -> None:
    """Until one has ended, whose webhook may be told the next thing; but not for long."""
    if under_way:
        await asyncio.wait(under_way, timeout=_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(_POLL_SECONDS)


async def _deliver(sending: Sending, metrics: WebhookMetrics) -> None:
    ids = {"webhook_id": sending.webhook_id, "delivery_id": sending.delivery_id}
    ids |= {"request_id": sending.request_id} if sending.request_id else {}
    with structlog.contextvars.bound_contextvars(**ids):
        try:
            started_at = datetime.now(UTC)
            outcome = await _attempt(sending, started_at)
            metrics.attempted(outcome.result, outcome.seconds)
            verdict = _verdict(sending, outcome)
            attempt = DeliveryAttempt(
                started_at, outcome.seconds, outcome.status, outcome.answer, outcome.error
            )
            await to_its_end(_settle, sending, attempt, verdict)
            log.info(
                "webhook attempted",
                of=sending.event.type.value,
                result=outcome.result,
                status=outcome.status,
                seconds=round(outcome.seconds, 3),
                again_in=verdict.again_in,
            )
        except Exception:  # it is claimed again when the lease has run out
            log.exception("webhook_not_attempted")


async def _attempt(sending: Sending, started_at: datetime) -> Outcome:
    body = await to_its_end(_body, sending)
    headers = signed_headers(sending.event.id, int(started_at.timestamp()), body, sending.secrets)
    return await send(sending.url, headers, body, private=settings().private_webhooks == "on")


def _body(sending: Sending) -> bytes:
    return WebhookEvent.of(sending.event, Links.at(sending.base)).model_dump_json().encode()


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What an outcome means: see `store.dispatch.settle`."""

    delivered: bool
    again_in: float | None = None
    refused: str | None = None


def _verdict(sending: Sending, outcome: Outcome) -> _Verdict:
    if outcome.result == "delivered":
        return _Verdict(delivered=True)
    if outcome.status == HTTPStatus.GONE:
        return _Verdict(delivered=False, refused="It answered 410 Gone.")
    once = sending.event.type is EventType.TEST
    return _Verdict(delivered=False, again_in=None if once else backoff.delay(sending.retries))


def _settle(sending: Sending, attempt: DeliveryAttempt, verdict: _Verdict) -> None:
    store.dispatch.settle(
        sending, attempt, delivered=verdict.delivered, again_in=verdict.again_in, refused=verdict.refused
    )
