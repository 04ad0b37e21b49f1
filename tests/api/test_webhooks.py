import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, get_args

import pytest
import structlog
from fastapi import FastAPI
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError
from starlette.testclient import TestClient

from morgana import store
from morgana.api.webhook_bodies import Subscription
from morgana.settings import settings
from morgana.store import EventType
from tests.api.conftest import MP4, cast, completed, created, error_code, finish, locations
from tests.webhooks.receiving import Receiver, receiving, until

PATH = "/v1/webhooks"
URL = "https://example.org/hooks"


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers of tests are on this machine."""
    monkeypatch.setenv("MORGANA_PRIVATE_WEBHOOKS", "on")
    settings.cache_clear()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pauses between attempts."""
    monkeypatch.setattr("morgana.webhooks.backoff.DELAYS", (0.0, 0.0, 0.0))


def hooked(client: TestClient, url: str = URL, **about: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"url": url, **about})
    assert answer.status_code == 200, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


def deliveries(client: TestClient, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = client.get(f"{PATH}/{webhook['id']}/deliveries").json()["data"]
    return data


def settled(client: TestClient, webhook: dict[str, Any], attempts: int = 1) -> dict[str, Any]:
    """The newest delivery, once it is ended after as many attempts."""

    def over() -> bool:
        newest = deliveries(client, webhook)[0]
        return newest["status"] != "PENDING" and len(newest["attempts"]) >= attempts

    until(over)
    return deliveries(client, webhook)[0]


def hers() -> dict[str, str]:
    return {"x-api-key": store.keys.create("other", "eve")[1]}


def unlinked(value: Any) -> Any:
    """Without what makes each link a new one."""
    return json.loads(re.sub(r"expires=\d+&signature=\w+", "", json.dumps(value)))


def test_a_webhook_is_made_seen_listed_changed_and_deleted(client: TestClient) -> None:
    made = hooked(client, description=" shop ", events=["video.failed", "video.failed"])
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made == {
        "id": made["id"],
        "object": "webhook",
        "url": URL,
        "description": "shop",
        "events": ["video.failed"],
        "enabled": True,
        "disabled_reason": None,
        "failing_since": None,
        "previous_secret_expires_at": None,
        "created_at": made["created_at"],
    }
    one = f"{PATH}/{made['id']}"
    assert client.get(one).json() == made
    other = hooked(client, enabled=False)
    del other["secret"]
    assert other["events"] == []
    assert client.get(PATH).json() == {"object": "list", "data": [other, made], "has_more": False}
    first = client.get(PATH, params={"limit": 1}).json()
    assert (first["data"], first["has_more"]) == ([other], True)
    assert client.get(PATH, params={"after": other["id"]}).json()["data"] == [made]
    changed = client.patch(one, json={"url": f"{URL}/2", "events": []}).json()
    assert changed == made | {"url": f"{URL}/2", "events": []}
    assert client.patch(one, json={"enabled": False}).json() == changed | {"enabled": False}
    assert client.patch(one, json={"description": ""}).json() == changed | {
        "enabled": False,
        "description": "",
    }
    assert client.delete(one).status_code == 204
    assert error_code(client.get(one), 404) == "webhook_not_found"
    assert secret not in client.get(PATH).text


def test_nobody_else_sees_or_touches_it(client: TestClient) -> None:
    made = hooked(client)
    one = f"{PATH}/{made['id']}"
    delivery = client.post(f"{one}/test").json()["id"]
    answers = [
        client.get(one, headers=hers()),
        client.patch(one, json={"enabled": False}, headers=hers()),
        client.delete(one, headers=hers()),
        client.post(f"{one}/rotate", headers=hers()),
        client.post(f"{one}/test", headers=hers()),
        client.get(f"{one}/deliveries", headers=hers()),
        client.get(f"{one}/deliveries/{delivery}", headers=hers()),
        client.post(f"{one}/deliveries/{delivery}/replay", headers=hers()),
    ]
    assert [error_code(answer, 404) for answer in answers] == ["webhook_not_found"] * len(answers)
    assert client.get(PATH, headers=hers()).json()["data"] == []
    assert client.get(one).json()["enabled"]
    for unknown in ("delivery_0", "%00"):
        assert error_code(client.get(f"{one}/deliveries/{unknown}"), 404) == "delivery_not_found"
        assert error_code(client.post(f"{one}/deliveries/{unknown}/replay"), 404) == "delivery_not_found"


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        ({}, ["body", "url"], "missing"),
        ({"url": "example.org"}, ["body", "url"], "url_refused"),
        ({"url": "ftp://example.org"}, ["body", "url"], "url_refused"),
        ({"url": URL, "events": ["video.complete"]}, ["body", "events", 0], "literal_error"),
        ({"url": URL, "events": ["webhook.test"]}, ["body", "events", 0], "literal_error"),
        ({"url": URL, "description": "a\nb"}, ["body", "description"], "string_pattern_mismatch"),
        ({"url": URL, "secret": "mine"}, ["body", "secret"], "extra_forbidden"),
    ],
)
def test_what_cannot_be_is_refused(
    client: TestClient, body: dict[str, Any], place: list[str | int], kind: str
) -> None:
    assert locations(client.post(PATH, json=body)) == [(place, kind)]
    assert client.get(PATH).json()["data"] == []


def test_a_change_that_cannot_be_changes_nothing(client: TestClient) -> None:
    made = hooked(client)
    one = f"{PATH}/{made['id']}"
    before = client.get(one).json()
    assert locations(client.patch(one, json={"url": "", "enabled": False})) == [
        (["body", "url"], "url_refused")
    ]
    assert locations(client.patch(one, json={"enabled": None})) == [(["body", "enabled"], "bool_type")]
    assert client.get(one).json() == before


def test_private_addresses_and_http_are_refused_unless_allowed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_PRIVATE_WEBHOOKS", "off")
    settings.cache_clear()
    for url in ("http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/"):
        assert locations(client.post(PATH, json={"url": url})) == [(["body", "url"], "url_refused")]


def test_an_owner_has_so_many_and_no_more(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MAX_WEBHOOKS", "2")
    settings.cache_clear()
    hooked(client)
    hooked(client)
    assert error_code(client.post(PATH, json={"url": URL}), 409) == "too_many_webhooks"
    assert client.post(PATH, json={"url": URL}, headers=hers()).status_code == 200


def test_a_create_that_is_sent_again_makes_no_second_one(client: TestClient) -> None:
    headers = {"Idempotency-Key": "once"}
    first = client.post(PATH, json={"url": URL}, headers=headers)
    again = client.post(PATH, json={"url": URL}, headers=headers)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert len(client.get(PATH).json()["data"]) == 1
    other = client.post(PATH, json={"url": f"{URL}/2"}, headers=headers)
    assert error_code(other, 409) == "idempotency_key_reused"


def test_what_becomes_of_jobs_is_told_as_get_tells_it(client: TestClient, receiver: Receiver) -> None:
    webhook = hooked(client, receiver.url)
    video = completed(client)
    failed = created(client)["id"]
    store.work.fail(failed, "no_face_detected", "Send another picture.")
    captions = client.post(
        "/v1/videos/captions",
        files={"video_id": (None, video["id"]), "caption_template_id": (None, _template(client))},
    ).json()
    client.delete(f"/v1/videos/{captions['id']}")
    overlay = client.post(
        "/v1/meta/text_overlays",
        files={"video": ("a.mp4", b"\x00\x00\x00\x20ftypisom" + b"f" * 200)},
        data={"texts": ["Sale", "New"]},
    ).json()
    finish(overlay["id"], {"video0.mp4": MP4}, {1: store.Failure("text_too_long", "Cut it.")})
    actor = cast(client)
    finish(actor["id"], {"portrait.npz": b"face"})
    told = {one.event["type"]: one.event for one in receiver.wait(5)}
    resources = {
        "video.completed": f"/v1/videos/{video['id']}",
        "video.failed": f"/v1/videos/{failed}",
        "video_captions.cancelled": f"/v1/videos/{captions['id']}",
        "text_overlay.completed": f"/v1/meta/text_overlays/{overlay['id']}",
        "actor.completed": f"/v1/actors/{actor['id']}",
    }
    assert set(told) == set(resources)
    for kind, path in resources.items():
        assert set(told[kind]) == {"id", "type", "created_at", "data"}
        assert unlinked(told[kind]["data"]) == unlinked(client.get(path).json())
        assert abs(told[kind]["created_at"] - time.time()) < 600
    link = told["text_overlay.completed"]["data"]["results"][0]["video_url"]
    assert link.startswith("http://testserver/files/")
    assert client.get(link).content == MP4
    until(lambda: all(one["status"] == "DELIVERED" for one in deliveries(client, webhook)))


def _template(client: TestClient) -> str:
    template: str = client.get("/v1/videos/captions/templates?limit=1").json()["data"][0]["id"]
    return template


def test_an_event_can_be_verified_and_not_with_a_changed_body_or_secret(
    client: TestClient, receiver: Receiver
) -> None:
    secret = hooked(client, receiver.url)["secret"]
    created_video = completed(client)
    (received,) = receiver.wait(1)
    event = Webhook(secret).verify(received.body, received.headers)
    assert (event["type"], event["data"]["id"]) == ("video.completed", created_video["id"])
    assert received.headers["webhook-id"] == event["id"]
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert abs(int(received.headers["webhook-timestamp"]) - received.at) < 60
    for body, key in ((received.body + b" ", secret), (received.body, hooked(client)["secret"])):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(body, received.headers)
    later = received.headers | {"webhook-timestamp": str(int(received.headers["webhook-timestamp"]) + 1)}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(received.body, later)


def test_both_secrets_verify_after_a_rotation_and_one_without_overlap(
    client: TestClient, receiver: Receiver
) -> None:
    webhook = hooked(client, receiver.url)
    rotate = f"{PATH}/{webhook['id']}/rotate"
    rotated = client.post(rotate).json()
    assert rotated["secret"] != webhook["secret"]
    assert abs(rotated["previous_secret_expires_at"] - time.time() - 24 * 3600) < 600
    client.post(f"{PATH}/{webhook['id']}/test")
    (received,) = receiver.wait(1)
    for secret in (webhook["secret"], rotated["secret"]):
        Webhook(secret).verify(received.body, received.headers)
    settled(client, webhook)
    leaked = rotated["secret"]
    rotated = client.post(rotate, params={"overlap_seconds": 0}).json()
    assert rotated["previous_secret_expires_at"] is None
    client.post(f"{PATH}/{webhook['id']}/test")
    received = receiver.wait(2)[1]
    Webhook(rotated["secret"]).verify(received.body, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(leaked).verify(received.body, received.headers)


def test_a_test_is_really_sent_once_and_its_outcome_can_be_seen(
    client: TestClient, receiver: Receiver
) -> None:
    webhook = hooked(client, receiver.url, enabled=False)
    receiver.answers = [500]
    delivery = client.post(f"{PATH}/{webhook['id']}/test").json()
    assert (delivery["event_type"], delivery["status"]) == ("webhook.test", "PENDING")
    over = settled(client, webhook)
    assert (over["id"], over["status"], over["next_attempt_at"]) == (delivery["id"], "FAILED", None)
    (attempt,) = over["attempts"]
    assert (attempt["status"], attempt["answer"], attempt["error"]) == (500, "answered 500", None)
    assert 0 <= attempt["duration"] < 10
    (received,) = receiver.received
    del webhook["secret"]
    assert received.event["data"] == webhook
    whole = client.get(f"{PATH}/{webhook['id']}/deliveries/{delivery['id']}").json()
    assert whole == over | {"event": received.event | {"data": client.get(f"{PATH}/{webhook['id']}").json()}}


@pytest.mark.usefixtures("hurried")
def test_an_event_is_sent_until_it_is_taken_always_under_the_same_id(
    client: TestClient, receiver: Receiver
) -> None:
    webhook = hooked(client, receiver.url)
    receiver.answers = [500, 404, 302, 200]
    completed(client)
    over = settled(client, webhook)
    assert over["status"] == "DELIVERED"
    assert [one["status"] for one in over["attempts"]] == [500, 404, 302, 200]
    assert len(receiver.received) == 4
    assert {one.headers["webhook-id"] for one in receiver.received} == {over["event_id"]}
    for one in receiver.received:
        assert Webhook(webhook["secret"]).verify(one.body, one.headers)["id"] == over["event_id"]
    assert client.get(f"{PATH}/{webhook['id']}").json()["failing_since"] is None


@pytest.mark.usefixtures("hurried")
def test_an_event_that_is_never_taken_ends_failed_and_can_be_replayed(
    client: TestClient, receiver: Receiver
) -> None:
    webhook = hooked(client, receiver.url)
    receiver.answers = [503]
    completed(client)
    failed = settled(client, webhook)
    assert (failed["status"], len(failed["attempts"])) == ("FAILED", 4)
    assert client.get(f"{PATH}/{webhook['id']}").json()["failing_since"] is not None
    receiver.answers = [204]
    replay = f"{PATH}/{webhook['id']}/deliveries/{failed['id']}/replay"
    assert client.post(replay).json()["status"] == "PENDING"
    over = settled(client, webhook, 5)
    assert (over["status"], over["id"], len(over["attempts"])) == ("DELIVERED", failed["id"], 5)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


def test_one_that_answers_gone_is_disabled(client: TestClient, receiver: Receiver) -> None:
    webhook = hooked(client, receiver.url)
    receiver.answers = [410]
    completed(client)
    assert settled(client, webhook)["status"] == "FAILED"
    seen = client.get(f"{PATH}/{webhook['id']}").json()
    assert (seen["enabled"], seen["disabled_reason"]) == (False, "It answered 410 Gone.")
    completed(client)
    assert len(deliveries(client, webhook)) == 1
    enabled = client.patch(f"{PATH}/{webhook['id']}", json={"enabled": True}).json()
    assert (enabled["enabled"], enabled["disabled_reason"]) == (True, None)


def test_what_was_noted_while_no_server_ran_is_sent_when_one_does(
    app: FastAPI, key: str, receiver: Receiver
) -> None:
    outside = TestClient(app, headers={"x-api-key": key})  # whose application is not started
    webhook = hooked(outside, receiver.url)
    video = completed(outside)
    assert outside.delete(f"/v1/videos/{video['id']}").status_code == 204
    (lost,) = store.dispatch.claim(1)  # by a server that died
    with TestClient(app, headers={"x-api-key": key}) as client:
        store.dispatch.release([lost])
        (received,) = receiver.wait(1)
        assert unlinked(received.event["data"]) == unlinked(video)
        assert settled(client, webhook)["resource_id"] == video["id"]


def test_a_server_that_stops_gives_back_what_it_was_sending(
    app: FastAPI, key: str, receiver: Receiver
) -> None:
    def until_the_sender_leaves(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(1)

    receiver.answers = [until_the_sender_leaves]
    with TestClient(app, headers={"x-api-key": key}) as client:
        hooked(client, receiver.url)
        video = completed(client)
        receiver.wait(1)
    (again,) = store.dispatch.claim(10)
    assert again.event.id == receiver.received[0].event["id"]
    assert receiver.received[0].event["data"]["id"] == video["id"]


def test_what_waits_goes_when_the_webhook_does(client: TestClient) -> None:
    with receiving() as gone:
        webhook = hooked(client, gone.url)
    completed(client)
    until(lambda: deliveries(client, webhook)[0]["attempts"])
    (waiting,) = deliveries(client, webhook)
    assert (waiting["status"], waiting["attempts"][0]["status"]) == ("PENDING", None)
    assert waiting["attempts"][0]["error"]
    assert waiting["next_attempt_at"] > waiting["attempts"][-1]["started_at"]
    client.patch(f"{PATH}/{webhook['id']}", json={"enabled": False})
    assert deliveries(client, webhook)[0]["status"] == "CANCELLED"
    client.delete(f"{PATH}/{webhook['id']}")
    assert store.dispatch.waiting() == (0, 0.0)


def test_attempts_are_counted(client: TestClient, receiver: Receiver) -> None:
    webhook = hooked(client, receiver.url)
    receiver.answers = [500, 204]
    for _ in range(2):
        client.post(f"{PATH}/{webhook['id']}/test")
        settled(client, webhook)
        until(lambda: deliveries(client, webhook)[0]["status"] != "PENDING")
    figures = client.get("/metrics").text
    assert 'morgana_webhook_attempts_total{result="delivered"} 1.0' in figures
    assert 'morgana_webhook_attempts_total{result="refused"} 1.0' in figures
    assert "morgana_webhook_attempt_seconds_count 2.0" in figures
    assert "morgana_webhook_pending 0.0" in figures


def test_every_event_can_be_subscribed_to() -> None:
    assert {*get_args(Subscription), EventType.TEST} == {*EventType}


def test_neither_secrets_nor_urls_are_logged(client: TestClient, receiver: Receiver) -> None:
    with structlog.testing.capture_logs() as lines:
        webhook = hooked(client, f"{receiver.url}?token=sesame")
        client.post(f"{PATH}/{webhook['id']}/test")
        settled(client, webhook)
        until(lambda: [line for line in lines if line["event"] == "webhook attempted"])
    assert "whsec" not in str(lines)
    assert "sesame" not in str(lines)
