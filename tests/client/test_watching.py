"""Events, webhooks, sharing, thumbnails and usage, through the client."""

import base64
import hmac
import json
import time
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Standard

from morgana.api import events
from morgana.client import (
    Client,
    ConnectionError,  # noqa: A004
    InvalidRequestError,
    NotFoundError,
    SignatureError,
    Video,
    Webhook,
    verify_webhook,
)
from morgana.settings import settings
from tests.api.conftest import MP4, PNG, WAV, finish
from tests.client.conftest import Connect
from tests.client.faulty import Faulty, answer, broken, hang_up, problem

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
VIDEO = {"id": "video_1", "object": "video", "status": "COMPLETE"}
WAITING = VIDEO | {"status": "PROCESSING"}
BODY = json.dumps({"id": "event_1", "type": "video.completed", "created_at": 5, "data": VIDEO}).encode()


def signed(body: bytes = BODY, secret: str = SECRET, ago: int = 0) -> dict[str, str]:
    """The headers by an implementation of others."""
    sent = datetime.fromtimestamp(int(time.time()) - ago, UTC)
    signature = Standard(secret).sign("event_1", sent, body.decode())
    return {
        "Webhook-Id": "event_1",
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": signature,
    }


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_PRIVATE_WEBHOOKS", "on")
    settings.cache_clear()


def told(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_POLL_SECONDS", 0.1)


@pytest.mark.usefixtures("soon")
def test_events_of_a_real_server(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    with closing(client.events.watch()) as watched:
        first = next(watched)
        assert (first.type, first.data) == ("video", client.videos.retrieve(video))
        assert next(watched).type == "ready"
        finish(video.id, {"video.mp4": MP4})
        done = next(one.data for one in watched if isinstance(one.data, Video) and one.data.ended)
        assert (done.id, done.status) == (video.id, "COMPLETE")


def test_events_go_on_where_the_connection_ends(troubled: Client, faulty: Faulty, waits: list[float]) -> None:
    gone = {"id": "video_1", "object": "video"}
    begun = told("retry: 2000", "", "event: video", f"data: {json.dumps(WAITING)}", "", ": still")
    ended = told("event: video", f"data: {json.dumps(VIDEO)}", "")
    ended += told("event: deleted", f"data: {json.dumps(gone)}", "")
    faulty.replying(broken(begun, 9999), problem("away", 503), answer(ended), answer(ended))
    with closing(troubled.events.watch()) as watched:
        seen = [next(watched) for _ in range(4)]
    assert [one.type for one in seen] == ["video", "video", "deleted", "video"]
    statuses = [one.data.status for one in seen if isinstance(one.data, Video)]
    assert statuses == ["PROCESSING", "COMPLETE", "COMPLETE"]
    assert seen[2].data.model_extra == gone
    assert waits == [0.5, 0.5, 1]


def test_events_end_with_the_error_of_a_server_that_stays_away(
    connect: Connect, faulty: Faulty, waits: list[float]
) -> None:
    faulty.replying(hang_up)
    with pytest.raises(ConnectionError):
        next(connect(faulty.url, "key", max_retries=1).events.watch())
    assert waits


@pytest.mark.usefixtures("inside")
def test_webhooks_from_create_to_delete(client: Client) -> None:
    made = client.webhooks.create("http://127.0.0.1:9/hook", events=["video.completed"], description="shop")
    assert made.secret
    assert made.secret not in repr(made)
    assert client.webhooks.retrieve(made).secret is None
    assert [one.id for one in client.webhooks.list()] == [made.id]
    changed = client.webhooks.update(made, events=[], description="")
    assert (changed.events, changed.description, changed.url) == ((), "", made.url)
    assert not client.webhooks.update(made.id, enabled=False).enabled
    rotated = client.webhooks.rotate(made, overlap_seconds=60)
    assert rotated.secret not in (None, made.secret)
    assert (rotated.previous_secret_expires_at or 0) <= time.time() + 61
    delivery = client.webhooks.test(made)
    assert delivery.event_type == "webhook.test"
    assert [one.id for one in client.webhooks.deliveries(made)] == [delivery.id]
    looked = client.webhooks.delivery(made, delivery)
    assert looked.event
    assert (looked.event.id, looked.event.job) == (delivery.event_id, None)
    assert client.webhooks.replay(made, delivery.id).id == delivery.id
    client.webhooks.delete(made)
    with pytest.raises(NotFoundError):
        client.webhooks.retrieve(made)


def test_a_url_that_nothing_would_be_sent_to_is_refused(client: Client) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.webhooks.create("http://127.0.0.1:9/hook")
    assert caught.value.field == "url"


def test_a_secret_is_not_rotated_twice_where_the_answer_is_lost(
    troubled: Client, faulty: Faulty, waits: list[float]
) -> None:
    faulty.replying(hang_up)
    with pytest.raises(ConnectionError):
        troubled.webhooks.rotate("webhook_1")
    assert len(faulty.asked) == 1
    assert waits == []


@pytest.mark.usefixtures("inside")
def test_what_the_server_signs_verifies(client: Client) -> None:
    webhook = client.webhooks.create("http://127.0.0.1:9/hook")
    event = client.webhooks.verify(BODY, signed(secret=webhook.secret or ""), webhook.secret or "")
    assert (event.id, event.type, event.created_at) == ("event_1", "video.completed", 5)
    assert isinstance(event.job, Video)
    assert event.job.status == "COMPLETE"


@pytest.mark.parametrize(
    ("ago", "changed", "body", "secret", "why"),
    [
        (0, {}, BODY + b" ", SECRET, "No signature is right"),
        (0, {}, BODY, "whsec_" + base64.b64encode(b"x" * 32).decode(), "No signature is right"),
        (0, {"Webhook-Id": "event_2"}, BODY, SECRET, "No signature is right"),
        (9, {"webhook-timestamp": "1795406891"}, BODY, SECRET, "No signature is right"),
        (0, {"webhook-signature": "v1,é v2,x"}, BODY, SECRET, "No signature is right"),
        (0, {"webhook-signature": ""}, BODY, SECRET, "No signature is right"),
        (0, {"webhook-timestamp": "soon"}, BODY, SECRET, "no time"),
        (310, {}, BODY, SECRET, "It was sent"),
        (-390, {}, BODY, SECRET, "clock"),
        (0, {}, BODY, "whsec_é", "whsec_"),
    ],
)
def test_what_others_send_does_not(
    ago: int, changed: dict[str, str], body: bytes, secret: str, why: str
) -> None:
    with pytest.raises(SignatureError, match=why):
        verify_webhook(body, signed(ago=ago) | changed, secret)


def test_without_the_headers_nothing_verifies() -> None:
    with pytest.raises(SignatureError, match="webhook-id"):
        verify_webhook(BODY, {}, SECRET)


def test_one_right_signature_of_several_is_enough() -> None:
    headers = signed()
    other = base64.b64encode(hmac.digest(b"other", b"other", "sha256")).decode()
    headers["webhook-signature"] = f"v1,{other} {headers['webhook-signature']}"
    assert verify_webhook(BODY.decode(), headers, SECRET).id == "event_1"
    assert verify_webhook(BODY, signed(ago=290), SECRET, tolerance=300).id == "event_1"


def test_a_webhook_of_a_later_release_is_read(troubled: Client, faulty: Faulty) -> None:
    faulty.replying(answer({"id": "webhook_1", "url": "https://a", "events": ["video.dreamt"], "mood": 1}))
    webhook = troubled.webhooks.retrieve("webhook_1")
    assert isinstance(webhook, Webhook)
    assert webhook.events == ("video.dreamt",)


@pytest.fixture
def complete(client: Client) -> Video:
    video = client.videos.create(image=PNG, audio=WAV, share=True)
    finish(video.id, {"video.mp4": MP4, "thumbnail.jpg": b"\xff\xd8\xffpicture"})
    return client.videos.retrieve(video)


def test_sharing(client: Client, complete: Video) -> None:
    assert complete.share_link_url
    client.videos.unshare(complete)
    assert client.videos.retrieve(complete).share_link_url is None
    again = client.videos.share(complete, title="Our news")
    assert again.share_link_url not in (None, complete.share_link_url)
    assert client.captions.share(again.id).share_link_url == again.share_link_url


def test_thumbnails(client: Client, complete: Video, tmp_path: Path) -> None:
    saved = client.videos.thumbnail(complete, tmp_path / "poster.jpg")
    assert saved.read_bytes() == b"\xff\xd8\xffpicture"
    assert complete.thumbnail_url


def test_usage(client: Client) -> None:
    client.speech.create("One. Two.")
    report = client.usage.retrieve()
    today = datetime.now(UTC).date()
    assert report.last in (today, report.data[0].date)
    assert [(one.kind, one.jobs, one.characters) for one in report.data] == [("speech", 1, 9)]
    assert isinstance(report.cost, Decimal)
    assert "speech" in client.usage.csv("2026-01-01", report.last)
    with pytest.raises(InvalidRequestError) as caught:
        client.usage.retrieve("2026-02-01", "2026-01-01")
    assert caught.value.field == "from"


def test_a_report_of_the_contracts_form_is_read(troubled: Client, faulty: Faulty) -> None:
    captions = {"date": "2026-01-02", "kind": "captions", "cost": "0.45"}
    told = {"from": "2026-01-01", "to": "2026-01-02", "cost": "0.45", "data": [captions]}
    faulty.replying(answer(told))
    report = troubled.usage.retrieve()
    assert (report.cost, report.data[0].cost) == (Decimal("0.45"), Decimal("0.45"))
    assert json.loads(report.model_dump_json(by_alias=True))["from"] == "2026-01-01"
