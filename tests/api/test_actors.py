from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import store
from tests.api.conftest import (
    ADA,
    JPEG,
    PNG,
    WAV,
    Room,
    blob_files,
    cast,
    error_code,
    finish,
    locations,
)
from tests.store.conftest import let_in

DEMO = store.ActorDraft("actor_demo", "Demo", {"image": "actors/actor_demo/image-1.png"})
SPEECH = {"audio_reference": ("voice.wav", WAV)}


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    _, key = store.keys.create("other", "grace", ADA.org)
    with TestClient(app, headers={"x-api-key": key}, follow_redirects=False) as client:
        yield client


@pytest.fixture
def demo(data: Path) -> str:
    store.demo.provide()
    assert blob_files(data)
    return store.demo.ID


def _ready(client: TestClient) -> dict[str, Any]:
    actor = cast(client)
    finish(actor["id"], {"portrait.npz": b"analysis"})
    return actor


def _ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [actor["id"] for actor in answer.json()["data"]]


def test_an_actor_is_recorded_stored_and_enqueued_before_the_answer(
    client: TestClient, room: Room, tmp_path: Path
) -> None:
    actor = cast(client, voice_id="heart", expression="happy", expression_intensity="0.7")
    assert actor == {
        "id": actor["id"],
        "object": "actor",
        "name": "Zoé",
        "status": "PROCESSING",
        "error": None,
        "voice_id": "heart",
        "expression": "happy",
        "expression_intensity": 0.7,
        "created_at": actor["created_at"],
        "built_in": False,
        "synthetic": False,
        "summary": None,
        "portrait_url": actor["portrait_url"],
    }
    assert actor["id"].startswith("actor_")
    assert room.enqueued == [actor["id"]]
    job = store.work.begin(actor["id"])
    assert job is not None
    assert job.kind == store.Kind.ACTOR
    store.blobs.fetch(job.inputs["image"], tmp_path / "image")
    assert (tmp_path / "image").read_bytes() == PNG


def test_an_actor_is_ready_or_says_why_not(client: TestClient) -> None:
    ready, failed = _ready(client), cast(client)
    store.work.fail(failed["id"], "no_face_detected", "Send another picture.")
    assert client.get(f"/v1/actors/{ready['id']}").json()["status"] == "READY"
    answer = client.get(f"/v1/actors/{failed['id']}").json()
    assert answer["status"] == "FAILED"
    assert answer["error"] == {"code": "no_face_detected", "message": "Send another picture."}


@pytest.mark.parametrize(("image", "kind"), [(PNG, "png"), (JPEG, "jpeg")])
def test_the_portrait_is_served_without_a_key(client: TestClient, image: bytes, kind: str) -> None:
    url = cast(client, image)["portrait_url"]
    del client.headers["x-api-key"]
    answer = client.get(url)
    assert (answer.status_code, answer.content) == (200, image)
    assert answer.headers["content-type"] == f"image/{kind}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert error_code(client.get(url[:-1]), 403) == "link_invalid"


@pytest.mark.parametrize(
    ("form", "file", "found"),
    [
        ({"name": ""}, PNG, ["name"]),
        ({"name": "  "}, PNG, ["name"]),
        ({"name": "x" * 101}, PNG, ["name"]),
        ({"name": "a\x00b"}, PNG, ["name"]),
        ({"name": "a", "expression": "bored"}, PNG, ["expression"]),
        ({"name": "a", "expression_intensity": "2"}, PNG, ["expression_intensity"]),
        ({"name": "a", "fps": "25"}, PNG, ["fps"]),
        ({"name": "a"}, b"GIF89a", ["portrait"]),
        ({"name": "a"}, None, ["portrait"]),
        ({}, None, ["name", "portrait"]),
    ],
)
def test_wrong_fields_are_refused(
    client: TestClient, data: Path, room: Room, form: dict[str, str], file: bytes | None, found: list[str]
) -> None:
    files = {"portrait": ("face.png", file)} if file else {"x": ("", b"")}
    answer = client.post("/v1/actors", data=form, files=files)
    assert [loc for loc, _ in locations(answer)] == [["body", name] for name in found]
    assert blob_files(data) == room.enqueued == let_in() == []


def test_an_unknown_voice_is_refused(client: TestClient, data: Path) -> None:
    sent = {"portrait": ("face.png", PNG)}
    answer = client.post("/v1/actors", data={"name": "a", "voice_id": "nobody"}, files=sent)
    assert error_code(answer, 404) == "voice_not_found"
    assert blob_files(data) == []


def test_a_repeated_create_answers_as_the_first_did_with_a_link_that_works(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def post(image: bytes = PNG) -> Any:
        sent = {"portrait": ("face.png", image)}
        return client.post("/v1/actors", data={"name": "Zoé"}, files=sent, headers={"Idempotency-Key": "k"})

    first = post().json()
    monkeypatch.setattr("morgana.api.links.time.time", lambda: 9_000_000_000.0)
    assert error_code(client.get(first["portrait_url"]), 403) == "link_expired"
    again = post()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() | {"portrait_url": ""} == first | {"portrait_url": ""}
    assert client.get(again.json()["portrait_url"]).content == PNG
    assert room.enqueued == [first["id"]]
    assert error_code(post(JPEG), 409) == "idempotency_key_reused"
    assert client.delete(f"/v1/actors/{first['id']}").status_code == 204
    assert post().json() == first


def test_nobody_sees_or_touches_the_actor_of_another(client: TestClient, stranger: TestClient) -> None:
    actor = _ready(client)
    path = f"/v1/actors/{actor['id']}"
    for answer in (
        stranger.get(path),
        stranger.delete(path),
        stranger.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH),
    ):
        assert error_code(answer, 404) == "actor_not_found"
    assert stranger.get("/v1/actors").json() == {"object": "list", "data": [], "has_more": False}
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("actor_id", ["actor_unknown", "actor_%00", "%C3%A9", "x" * 500])
def test_an_unknown_actor_is_404(client: TestClient, actor_id: str) -> None:
    for answer in (client.get(f"/v1/actors/{actor_id}"), client.delete(f"/v1/actors/{actor_id}")):
        assert error_code(answer, 404) == "actor_not_found"


def test_the_list_is_paged(client: TestClient, demo: str) -> None:
    made = [demo] + [cast(client)["id"] for _ in range(3)]
    whole = client.get("/v1/actors").json()
    assert [actor["id"] for actor in whole["data"]] == made[::-1]
    assert (whole["object"], whole["has_more"]) == ("list", False)
    assert whole["data"][0].keys() == client.get(f"/v1/actors/{made[-1]}").json().keys()
    first = client.get("/v1/actors?order=asc&limit=3")
    assert (_ids(first), first.json()["has_more"]) == (made[:3], True)
    second = client.get(f"/v1/actors?order=asc&limit=3&after={made[2]}")
    assert (_ids(second), second.json()["has_more"]) == (made[3:], False)
    for query in ("after=actor_unknown", "after=%00", "limit=0", "order=up"):
        assert locations(client.get(f"/v1/actors?{query}"))


def test_a_deleted_actor_is_gone_with_its_files(client: TestClient, data: Path, room: Room) -> None:
    ready, running = _ready(client), cast(client)
    for actor in (ready, running):
        answer = client.delete(f"/v1/actors/{actor['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert error_code(client.get(f"/v1/actors/{actor['id']}"), 404) == "actor_not_found"
    assert blob_files(data) == []
    assert not store.work.complete(running["id"], {"portrait": "late"})
    assert running["id"] in room.cancelled


def test_the_demo_actor_is_everybodys_and_stays(
    client: TestClient, stranger: TestClient, demo: str, data: Path
) -> None:
    files = blob_files(data)
    for owner in (client, stranger):
        actor = owner.get(f"/v1/actors/{demo}").json()
        assert (actor["built_in"], actor["synthetic"], actor["summary"]) == (True, False, None)
        assert owner.get(actor["portrait_url"]).content[:8] == PNG[:8]
        assert error_code(owner.delete(f"/v1/actors/{demo}"), 403) == "actor_built_in"
        assert owner.post("/v1/videos", data={"actor_id": demo}, files=SPEECH).status_code == 200
    assert set(files) < set(blob_files(data))


def test_a_person_who_does_not_exist_is_called_so_and_stays(client: TestClient, stranger: TestClient) -> None:
    store.demo.provide_persons()
    listed = client.get("/v1/actors").json()["data"]
    assert [actor["id"] for actor in listed] == list(store.persons.persons())
    for actor in listed:
        assert (actor["status"], actor["built_in"], actor["synthetic"]) == ("READY", True, True)
        assert actor["summary"] == store.persons.persons()[actor["id"]].summary
    answer = stranger.get(listed[0]["portrait_url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in answer.content
    assert error_code(client.delete(f"/v1/actors/{listed[0]['id']}"), 403) == "actor_built_in"


def test_the_first_video_of_a_built_in_person_has_it_analysed_for_the_next(
    client: TestClient, room: Room
) -> None:
    store.demo.provide_persons()
    actor_id = next(iter(store.persons.persons()))

    def post() -> str:
        answer = client.post("/v1/videos", data={"actor_id": actor_id}, files=SPEECH)
        assert answer.status_code == 200
        return str(answer.json()["id"])

    first = post()
    assert room.enqueued == [first, actor_id]
    assert client.get(f"/v1/actors/{actor_id}").json()["status"] == "PROCESSING"
    second = post()
    finish(actor_id, {"portrait.npz": b"analysis"})
    third = post()
    assert room.enqueued == [first, actor_id, second, third]
    works = [store.work.begin(video) for video in (first, second, third)]
    assert [set(work.inputs) for work in works if work] == [{"image", "audio"}] * 2 + [
        {"image", "portrait", "audio"}
    ]


def test_a_video_is_made_although_its_actor_cannot_be_called_up(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.demo.provide_persons()

    def broken(_actor_id: str) -> bool:
        raise ConnectionError

    monkeypatch.setattr(store.actors, "call_up", broken)
    with capture_logs() as logged:
        data = {"actor_id": next(iter(store.persons.persons()))}
        video = client.post("/v1/videos", data=data, files=SPEECH)
    assert video.status_code == 200
    assert room.enqueued == [video.json()["id"]]
    assert "actor_not_called_up" in [entry["event"] for entry in logged]


def test_a_video_has_copies_of_what_it_needs_of_its_actor(
    client: TestClient, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = _ready(client)
    answer = client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH)
    video = answer.json()
    assert (answer.status_code, video["actor_id"], video["voice_id"]) == (200, actor["id"], None)
    assert client.delete(f"/v1/actors/{actor['id']}").status_code == 204
    monkeypatch.setattr("morgana.store.sweeping._GRACE", timedelta(0))
    assert store.sweep() == 0
    job = store.work.begin(video["id"])
    assert job is not None
    for role, content in {"image": PNG, "portrait": b"analysis", "audio": WAV}.items():
        store.blobs.fetch(job.inputs[role], tmp_path / role)
        assert (tmp_path / role).read_bytes() == content
    assert client.get(f"/v1/videos/{video['id']}").json()["actor_id"] == actor["id"]
    store.work.cancel(video["id"])
    assert client.delete(f"/v1/videos/{video['id']}").status_code == 204
    assert blob_files(data) == []


def test_deleting_a_video_leaves_its_actor_whole(client: TestClient) -> None:
    actor = _ready(client)
    video = client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH).json()
    store.work.cancel(video["id"])
    assert client.delete(f"/v1/videos/{video['id']}").status_code == 204
    assert client.get(actor["portrait_url"]).content == PNG
    assert client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH).status_code == 200


def test_an_actor_that_is_still_analysed_lends_its_picture(client: TestClient) -> None:
    actor = cast(client)
    video = client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH).json()
    job = store.work.begin(video["id"])
    assert job is not None
    assert set(job.inputs) == {"image", "audio"}


def test_an_actor_that_failed_makes_no_video(client: TestClient, data: Path) -> None:
    actor = cast(client)
    store.work.fail(actor["id"], "no_face_detected", "Send another picture.")
    answer = client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH)
    assert error_code(answer, 409) == "actor_failed"
    assert "Send another picture." in answer.json()["error"]["message"]
    assert len(blob_files(data)) == 1


def test_an_actor_that_is_deleted_meanwhile_is_not_found_and_leaves_nothing(
    client: TestClient, data: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = _ready(client)
    copy = store.blobs.copy

    def delete_and_copy(source: str, target: str) -> None:
        if source.endswith(".npz"):
            assert client.delete(f"/v1/actors/{actor['id']}").status_code == 204
        copy(source, target)

    monkeypatch.setattr(store.blobs, "copy", delete_and_copy)
    with capture_logs():
        answer = client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH)
    assert error_code(answer, 404) == "actor_not_found"
    assert blob_files(data) == []
    assert room.enqueued == [actor["id"]]


def test_a_repeated_create_of_a_video_answers_even_if_its_actor_is_gone(client: TestClient) -> None:
    actor = _ready(client)

    def post() -> Any:
        headers = {"Idempotency-Key": "k"}
        return client.post("/v1/videos", data={"actor_id": actor["id"]}, files=SPEECH, headers=headers)

    first = post()
    assert client.delete(f"/v1/actors/{actor['id']}").status_code == 204
    assert (post().status_code, post().json()) == (200, first.json())
