"""Several servers on one database, of which one is killed: every event arrives."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler

import pytest

from morgana.settings import settings
from morgana.store import WebhookDraft, deliveries, webhooks, work
from morgana.store.records import DeliveryStatus
from tests.store.conftest import ADA, created, data
from tests.webhooks.receiving import receiving, until

__all__ = ["data"]

# A server without requests: what is beside them, with a lease that a test can wait for.
SERVER = """
import asyncio
from morgana import store
from morgana.api import dispatching
from morgana.api.metrics import Metrics
store.dispatch.LEASE_SECONDS = 3
store.migrate()
print("ready", flush=True)
asyncio.run(dispatching.dispatch(Metrics().webhooks))
"""


@contextmanager
def server() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _wait_for_the_sender_to_leave(handler: BaseHTTPRequestHandler) -> None:
    with suppress(ConnectionError):
        handler.rfile.read(1)


@pytest.mark.usefixtures("data")
def test_every_event_arrives_although_a_server_is_killed_while_it_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MORGANA_PRIVATE_WEBHOOKS", "on")
    settings.cache_clear()
    with receiving() as receiver, server() as doomed:
        receiver.answers = [_wait_for_the_sender_to_leave]
        told = webhooks.create(ADA, WebhookDraft(receiver.url, ""), "whsec_b25l", 1)
        ended = [created().id for _ in range(6)]
        for video_id in ended:
            work.complete(video_id, {})
        receiver.wait(4)  # as many at a time
        doomed.kill()
        doomed.wait()
        receiver.answers = [204]
        with server(), server():
            until(lambda: {one.status for one in deliveries.page(ADA, told.id)} == {DeliveryStatus.DELIVERED})
    arrived = [one.event["data"]["id"] for one in receiver.received]
    assert set(arrived) == set(ended)
    assert len(arrived) == 10  # the four that were under way came again, and no other twice
