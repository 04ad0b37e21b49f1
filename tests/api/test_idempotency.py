import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from morgana import store
from morgana.store import idempotency
from morgana.store.tables import IdempotencyRow, now
from tests.api.conftest import ADA, DEADLINE, JPEG, MP3, PNG, Room, blob_files, error_code, files, locations

Send = Callable[..., Any]


@pytest.fixture
def send(client: TestClient) -> Send:
    def send(key: str = "k", *, image: bytes = PNG, **form: str) -> Any:
        headers = {"Idempotency-Key": key}
        return client.post("/v1/videos", headers=headers, files=files(image), data=form)

    return send


def test_the_same_key_and_body_replay_the_first_answer(send: Send, room: Room, data: Path) -> None:
    first = send(fps="30")
    store.work.fail(first.json()["id"], "no_face_detected", "")
    again = send(fps="30")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert room.enqueued == [first.json()["id"]]
    assert len(blob_files(data)) == 2


@pytest.mark.parametrize("change", [{"fps": "30"}, {"seed": "1"}, {"image": JPEG}])
def test_the_same_key_with_another_body_is_a_conflict(send: Send, room: Room, change: Any) -> None:
    first = send()
    assert error_code(send(**change), 409) == "idempotency_key_reused"
    assert send().json() == first.json()
    assert len(room.enqueued) == 1


def test_other_audio_is_another_body(client: TestClient, send: Send) -> None:
    send()
    answer = client.post("/v1/videos", headers={"Idempotency-Key": "k"}, files=files(audio=MP3))
    assert error_code(answer, 409) == "idempotency_key_reused"


def test_without_a_key_or_with_another_one_there_is_another_video(client: TestClient, send: Send) -> None:
    ids = {send(key).json()["id"] for key in ("a", "b", "A")}
    ids |= {client.post("/v1/videos", files=files()).json()["id"] for _ in range(2)}
    assert len(ids) == 5


def test_the_key_of_another_owner_is_another_key(app: FastAPI, send: Send) -> None:
    first = send().json()["id"]
    _, key = store.keys.create("other", "grace", ADA.org)
    with TestClient(app, headers={"x-api-key": key}) as other:
        answer = other.post("/v1/videos", headers={"Idempotency-Key": "k"}, files=files(JPEG))
    assert answer.status_code == 200
    assert answer.json()["id"] != first


def test_two_keys_of_one_owner_share_their_idempotency_keys(app: FastAPI, send: Send) -> None:
    first = send().json()
    _, key = store.keys.create("second", ADA.user, ADA.org)
    with TestClient(app, headers={"x-api-key": key}) as other:
        answer = other.post("/v1/videos", headers={"Idempotency-Key": "k"}, files=files())
    assert answer.json() == first


@pytest.mark.parametrize("given", ["", "x" * 129, "a\x7fb"])
def test_a_key_has_1_to_128_plain_characters(send: Send, room: Room, given: str) -> None:
    answer = send(given)
    assert [loc for loc, _ in locations(answer)] == [["header", "Idempotency-Key"]]
    assert room.enqueued == []


def test_a_key_of_128_characters_is_one(send: Send) -> None:
    assert send("x" * 128).status_code == 200


def test_a_create_that_was_refused_is_not_remembered(send: Send, room: Room) -> None:
    assert send(fps="1").status_code == 422
    assert send(image=b"not an image").status_code == 422
    answer = send()
    assert answer.status_code == 200
    assert room.enqueued == [answer.json()["id"]]


def test_a_create_that_failed_is_not_remembered(
    send: Send, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("morgana.api.observation.log.exception", lambda *_, **__: None)
    with monkeypatch.context() as patch:
        patch.setattr(store.blobs, "put", fail)
        assert error_code(send(), 500) == "internal_error"
    answer = send()
    assert answer.status_code == 200
    assert room.enqueued == [answer.json()["id"]]


def test_a_key_still_in_flight_is_refused_until_its_server_is_dead(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = idempotency.claim(ADA, "k")  # a server that claims the key and then dies
    assert isinstance(claim, idempotency.Claim)
    answer = send()
    assert error_code(answer, 409) == "idempotency_key_in_flight"
    assert answer.headers["retry-after"] == "1"
    moment = now() + (idempotency.LEASE_SECONDS + 1) * 1_000_000
    monkeypatch.setattr(idempotency, "now", lambda: moment)
    assert send().status_code == 200


def test_a_create_that_lost_its_key_leaves_nothing(
    send: Send, data: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.blobs.put

    def slow_put(key: str, source: Any, **about: str) -> None:
        put(key, source, **about)
        if "image" in key:
            return
        moment = now() + (idempotency.LEASE_SECONDS + 1) * 1_000_000
        with monkeypatch.context() as patch:
            patch.setattr(idempotency, "now", lambda: moment)
            idempotency.claim(ADA, "k")  # another request, meanwhile

    monkeypatch.setattr(store.blobs, "put", slow_put)
    assert error_code(send(), 409) == "idempotency_key_in_flight"
    assert blob_files(data) == []
    assert room.enqueued == []
    assert store.videos.page(ADA) == []


def test_a_slow_upload_holds_its_key(
    server: str, key: str, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LEASE_SECONDS", 0.6)
    headers = {"x-api-key": key, "Idempotency-Key": "k"}
    begun, go_on = threading.Event(), threading.Event()
    request = httpx2.Request("POST", server, files=files())
    body = request.read()

    def slowly() -> Any:
        yield body[: len(body) // 2]
        begun.set()
        go_on.wait(DEADLINE)
        yield body[len(body) // 2 :]

    answers: list[Any] = []
    about = headers | {"content-type": request.headers["content-type"]}
    uploading = threading.Thread(
        target=lambda: answers.append(
            httpx2.post(f"{server}/v1/videos", content=slowly(), headers=about, timeout=DEADLINE)
        )
    )
    uploading.start()
    assert begun.wait(DEADLINE)

    def post() -> Any:
        return httpx2.post(f"{server}/v1/videos", headers=headers, files=files(), timeout=DEADLINE)

    _until_claimed()
    held_until = time.monotonic() + 2  # several leases
    while time.monotonic() < held_until:
        assert error_code(post(), 409) == "idempotency_key_in_flight"
        time.sleep(0.1)
    go_on.set()
    uploading.join(DEADLINE)
    assert answers[0].status_code == 200
    assert post().json() == answers[0].json()
    assert len(room.enqueued) == 1


def _until_claimed() -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        with store.transaction() as session:
            if session.query(IdempotencyRow).count():
                return
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_of_many_at_once_one_creates(server: str, key: str, room: Room) -> None:
    headers = {"x-api-key": key, "Idempotency-Key": "k"}
    answers: list[Any] = []

    def post() -> None:
        answers.append(httpx2.post(f"{server}/v1/videos", headers=headers, files=files(), timeout=DEADLINE))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert {answer.json()["id"] for answer in answers if answer.status_code == 200} == set(room.enqueued)
    assert len(room.enqueued) == 1
