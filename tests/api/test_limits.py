"""Rate limits: what counts against which, what is answered, and what is not limited."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from morgana import store
from morgana.settings import settings
from tests.api.conftest import Room, blob_files, completed, created, error_code, files

ONE_EACH = "generation=1/hour,status=1/hour,captions=1/hour,overlays=1/hour,speech=1/hour"
SPEECH = "/v1/audio/text-to-speech/heart"

# Requests by what they count against. What they are answered, if they are admitted, does not matter here.
COUNTED = {
    "generation": [("POST", "/v1/videos"), ("POST", "/v1/actors")],
    "captions": [("POST", "/v1/videos/captions")],
    "overlays": [("POST", "/v1/meta/text_overlays")],
    "speech": [("POST", SPEECH), ("POST", f"{SPEECH}/with-timestamps"), ("POST", "/v1/audio/speech")],
    "status": [
        ("GET", "/v1/videos"),
        ("GET", "/v1/videos/video_x"),
        ("GET", "/v1/videos/video_x/content"),
        ("GET", "/v1/videos/video_x/transcript"),
        ("GET", "/v1/videos/video_x/transcript.srt"),
        ("GET", "/v1/videos/video_x/transcript.vtt"),
        ("GET", "/v1/videos/video_x/transcript.ass"),
        ("GET", "/v1/videos/video_x/thumbnail"),
        ("GET", "/v1/videos/captions/video_x/thumbnail"),
        ("POST", "/v1/videos/video_x/share"),
        ("GET", "/v1/videos/captions/templates"),
        ("GET", "/v1/videos/captions/templates/ctpl_x"),
        ("GET", "/v1/meta/text_overlays"),
        ("GET", "/v1/meta/text_overlays/x"),
        ("GET", "/v1/meta/text_overlays/x/results/0/thumbnail"),
        ("GET", "/v1/actors"),
        ("GET", "/v1/actors/actor_x"),
        ("GET", "/v1/fonts"),
        ("GET", "/v1/fonts/x"),
        ("GET", "/v1/voices"),
        ("GET", "/v1/voices/x"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/x"),
        ("GET", "/v1/usage"),
        ("GET", "/v1/usage.csv"),
        ("GET", "/v1/webhooks"),
        ("POST", "/v1/webhooks"),
        ("GET", "/v1/webhooks/x"),
        ("PATCH", "/v1/webhooks/x"),
        ("POST", "/v1/webhooks/x/rotate"),
        ("POST", "/v1/webhooks/x/test"),
        ("GET", "/v1/webhooks/x/deliveries"),
        ("GET", "/v1/webhooks/x/deliveries/x"),
        ("POST", "/v1/webhooks/x/deliveries/x/replay"),
    ],
}
STREAMED = [("GET", "/v1/events")]  # which needs a real connection: tests/api/test_events.py
UNCOUNTED = [
    ("DELETE", "/v1/videos/video_x"),
    ("DELETE", "/v1/actors/actor_x"),
    ("DELETE", "/v1/meta/text_overlays/x"),
    ("DELETE", "/v1/videos/video_x/share"),
    ("DELETE", "/v1/webhooks/x"),
    ("POST", "/v1/videos/video_x/cancel"),
    ("POST", "/v1/meta/text_overlays/x/cancel"),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
]


def refused_as(path: str) -> str:
    """The type of the refusal: OpenAI's where its clients ask, else the contract's."""
    return "requests" if path.startswith(("/v1/audio/speech", "/v1/models")) else "rate_limit_exceeded"


def limit(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("MORGANA_RATE_LIMITS", text)
    settings.cache_clear()


@pytest.fixture
def limited(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client that may make one request of each kind."""
    limit(monkeypatch, ONE_EACH)
    yield client
    settings.cache_clear()


@pytest.mark.parametrize(
    ("bucket", "method", "path"), [(bucket, *asked) for bucket, all_of in COUNTED.items() for asked in all_of]
)
def test_a_request_counts_against_its_limit_and_no_other(
    limited: TestClient, bucket: str, method: str, path: str
) -> None:
    first = limited.request(method, path)
    assert first.status_code != 429
    assert first.headers["ratelimit-remaining"] == "0"
    refused = limited.request(method, path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert refused.json()["error"]["type"] == refused_as(path)
    for other, asked in COUNTED.items():
        if other != bucket:
            assert limited.request(*asked[0]).status_code != 429


def test_every_route_that_takes_a_key_is_counted_or_known_not_to_be(limited: TestClient) -> None:
    paths = limited.get("/openapi.json").json()["paths"]
    keyed = {
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "security" in operation
    }
    known = [asked for all_of in COUNTED.values() for asked in all_of] + UNCOUNTED + STREAMED
    unknown = {
        (method, path)
        for method, path in keyed
        if not any(method == one and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), at) for one, at in known)
    }
    assert unknown == set()
    assert len(keyed) == len([path for _, path in known if path.startswith("/v1")])
    assert all("429" in paths[path][method.lower()]["responses"] for method, path in keyed)


@pytest.mark.parametrize(("method", "path"), UNCOUNTED)
def test_ending_things_and_watching_the_server_are_not_limited(
    limited: TestClient, method: str, path: str
) -> None:
    for _ in range(3):
        answer = limited.request(method, path)
        assert answer.status_code != 429
        assert "ratelimit-limit" not in answer.headers


def test_a_refusal_says_in_the_contracts_form_when_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, "status=2/minute")
    for remaining in (1, 0):
        answer = client.get("/v1/videos")
        assert answer.status_code == 200
        assert answer.headers["ratelimit-limit"] == "2"
        assert answer.headers["ratelimit-remaining"] == str(remaining)
        assert 0 < int(answer.headers["ratelimit-reset"]) <= 30 * (2 - remaining)
        assert "retry-after" not in answer.headers
    refused = client.get("/v1/videos")
    assert refused.status_code == 429
    message = {"type": "rate_limit_exceeded", "message": "Rate limit exceeded."}
    assert refused.json() == {"error": message | {"code": "rate_limit_exceeded"}}
    assert refused.headers["ratelimit-limit"] == "2"
    assert refused.headers["ratelimit-remaining"] == "0"
    assert 0 < int(refused.headers["retry-after"]) <= 30
    assert 30 < int(refused.headers["ratelimit-reset"]) <= 60


def test_errors_say_how_the_owner_stands_too(limited: TestClient) -> None:
    assert limited.get("/v1/videos/video_x").headers["ratelimit-remaining"] == "0"
    assert limited.post("/v1/videos").headers["ratelimit-remaining"] == "0"


def test_without_limits_nothing_is_counted_or_said(client: TestClient) -> None:
    for _ in range(5):
        answer = client.get("/v1/videos")
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("ratelimit")]


def test_the_hosted_limits_are_two_videos_a_minute(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, "hosted")
    made = [created(client)["id"] for _ in range(2)]
    assert error_code(client.post("/v1/videos", files=files()), 429) == "rate_limit_exceeded"
    assert room.enqueued == made
    for _ in range(5):
        assert client.get(f"/v1/videos/{made[0]}").status_code == 200


def test_owners_are_limited_apart_and_their_keys_together(limited: TestClient) -> None:
    assert limited.get("/v1/videos").status_code == 200
    for user, org, status in (("ada", "engines", 429), ("ada", "", 200), ("mary", "engines", 200)):
        other = store.keys.create("other", user, org)[1]
        assert limited.get("/v1/videos", headers={"x-api-key": other}).status_code == status


def test_a_refused_create_leaves_nothing_and_its_idempotency_key_free(
    limited: TestClient, room: Room, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    created(limited)
    stored = blob_files(data)
    key = {"idempotency-key": "once"}
    for _ in range(2):
        assert error_code(limited.post("/v1/videos", files=files(), headers=key), 429)
    assert blob_files(data) == stored
    limit(monkeypatch, "off")
    answer = limited.post("/v1/videos", files=files(), headers=key)
    assert answer.status_code == 200
    assert "idempotent-replayed" not in answer.headers
    assert len(room.enqueued) == 2


@pytest.mark.parametrize(
    "path", [asked for bucket in COUNTED for method, asked in COUNTED[bucket] if method == "POST"]
)
def test_a_refusal_comes_before_the_body(limited: TestClient, app: FastAPI, path: str) -> None:
    limited.post(path)
    answered: list[Any] = []
    asked_for_body: list[bool] = []

    async def receive() -> dict[str, Any]:
        asked_for_body.append(not answered)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"x-api-key", limited.headers["x-api-key"].encode()),
            (b"content-length", b"100000"),
            (b"content-type", b"multipart/form-data; boundary=x"),
        ],
        "client": ("192.0.2.1", 1),
    }
    asyncio.run(app(scope, receive, send))
    assert answered[0]["status"] == 429
    assert json.loads(answered[1]["body"])["error"]["type"] == refused_as(path)
    assert not any(asked_for_body)


def test_browsers_are_shown_the_headers(limited: TestClient) -> None:
    answer = limited.get("/v1/videos", headers={"origin": "https://app.example.org"})
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"} <= set(exposed)


def test_what_was_made_can_be_deleted_when_nothing_else_can_be_done(limited: TestClient) -> None:
    video = completed(limited)["id"]
    assert error_code(limited.get(f"/v1/videos/{video}"), 429)
    assert limited.delete(f"/v1/videos/{video}").status_code == 204
