from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.testclient import TestClient

from morgana import store
from tests.api.conftest import ADA, Room, blob_files, completed, created, error_code, locations, unsigned


def _ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [video["id"] for video in answer.json()]


@pytest.fixture(params=[("grace", "engines"), ("ada", "looms"), ("ada", "")])
def stranger(app: FastAPI, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    _, key = store.keys.create("other", *request.param)
    with TestClient(app, headers={"x-api-key": key}, follow_redirects=False) as client:
        yield client


def test_a_video_is_shown_as_its_record_is(client: TestClient) -> None:
    video_id = created(client)["id"]
    path = f"/v1/videos/{video_id}"
    assert client.get(path).json()["progress"] == 0
    store.work.set_progress(video_id, 130)
    assert client.get(path).json()["progress"] == 99
    store.work.complete(video_id, {"video": "videos/x/video.mp4"})
    video = client.get(path).json()
    assert (video["status"], video["progress"], video["error"]) == ("COMPLETE", 100, None)
    assert isinstance(video["completed_at"], int)


def test_a_failed_video_says_why(client: TestClient) -> None:
    video_id = created(client)["id"]
    store.work.fail(video_id, "no_face_detected", "Send a picture with a face.")
    video = client.get(f"/v1/videos/{video_id}").json()
    assert video["status"] == "FAILED"
    assert video["error"] == {"code": "no_face_detected", "message": "Send a picture with a face."}


def test_nobody_sees_or_touches_the_video_of_another(client: TestClient, stranger: TestClient) -> None:
    running, finished = created(client), completed(client)
    for video in (running, finished):
        path = f"/v1/videos/{video['id']}"
        for answer in (stranger.get(path), stranger.delete(path), stranger.get(f"{path}/content")):
            assert error_code(answer, 404) == "video_not_found"
        assert locations(stranger.get(f"/v1/videos?after={video['id']}")) == [
            (["query", "after"], "unknown_id")
        ]
        assert unsigned(client.get(path).json()) == unsigned(video)
    assert stranger.get("/v1/videos").json() == []


@pytest.mark.parametrize("video_id", ["video_unknown", "video_%00", "%C3%A9", "x" * 500])
def test_an_unknown_video_is_404(client: TestClient, video_id: str) -> None:
    for answer in (client.get(f"/v1/videos/{video_id}"), client.delete(f"/v1/videos/{video_id}")):
        assert error_code(answer, 404) == "video_not_found"


def test_the_list_is_a_bare_array_newest_first_of_20(client: TestClient) -> None:
    made = [created(client)["id"] for _ in range(21)]
    answer = client.get("/v1/videos")
    assert _ids(answer) == made[:0:-1]
    assert answer.json()[0] == client.get(f"/v1/videos/{made[-1]}").json()
    assert _ids(client.get("/v1/videos?order=asc&limit=3")) == made[:3]
    assert _ids(client.get(f"/v1/videos?after={made[1]}")) == [made[0]]
    assert _ids(client.get(f"/v1/videos?after={made[18]}&order=asc")) == made[19:]
    assert _ids(client.get(f"/v1/videos?after={made[0]}")) == []


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 100), order=st.sampled_from(["asc", "desc"]))
def test_pages_put_together_are_the_whole_list(client: TestClient, limit: int, order: str) -> None:
    if not store.videos.page(ADA):
        for _ in range(7):
            created(client)
    whole = _ids(client.get(f"/v1/videos?order={order}&limit=100"))
    assert len(whole) == 7
    collected: list[str] = []
    after = ""
    while page := _ids(client.get(f"/v1/videos?order={order}&limit={limit}{after}")):
        assert len(page) <= limit
        collected += page
        after = f"&after={page[-1]}"
    assert collected == whole


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("order=up", "order"),
        ("after=video_unknown", "after"),
        ("after=", "after"),
        ("after=%00", "after"),
    ],
)
def test_a_wrong_page_is_422(client: TestClient, query: str, field: str) -> None:
    assert [loc for loc, _ in locations(client.get(f"/v1/videos?{query}"))] == [["query", field]]


def test_deleting_a_running_video_cancels_it(client: TestClient, room: Room) -> None:
    video_id = created(client)["id"]
    answer = client.delete(f"/v1/videos/{video_id}")
    assert answer.status_code == 200
    assert answer.json()["status"] == "CANCELLED"
    assert answer.json() == client.get(f"/v1/videos/{video_id}").json()
    assert room.cancelled == [video_id]
    assert not store.work.complete(video_id, {"video": "late"})


def test_cancelling_works_while_the_queue_is_away(client: TestClient, room: Room) -> None:
    video_id = created(client)["id"]
    room.broken = True
    assert client.delete(f"/v1/videos/{video_id}").json()["status"] == "CANCELLED"


def test_deleting_a_finished_video_deletes_its_files(client: TestClient, data: Path, room: Room) -> None:
    kept, video = completed(client), completed(client)
    assert len(blob_files(data)) == 8
    answer = client.delete(f"/v1/videos/{video['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(blob_files(data)) == 4
    assert error_code(client.get(f"/v1/videos/{video['id']}"), 404) == "video_not_found"
    assert _ids(client.get("/v1/videos")) == [kept["id"]]
    assert room.cancelled == []


@pytest.mark.parametrize("ending", ["fail", "cancel"])
def test_a_failed_or_cancelled_video_is_deleted_too(client: TestClient, data: Path, ending: str) -> None:
    video_id = created(client)["id"]
    store.work.fail(video_id, "no_face_detected", "") if ending == "fail" else store.work.cancel(video_id)
    assert client.delete(f"/v1/videos/{video_id}").status_code == 204
    assert blob_files(data) == []
