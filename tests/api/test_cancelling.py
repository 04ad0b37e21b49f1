from typing import Any

import pytest
from starlette.testclient import TestClient

from morgana import store
from tests.api.conftest import MP4, Room, completed, created, error_code, finish

OVERLAYS = "/v1/meta/text_overlays"


def overlaid(client: TestClient) -> dict[str, Any]:
    film = b"\x00\x00\x00\x18ftypisom" + MP4
    answer = client.post(OVERLAYS, files={"video": ("clip.mp4", film)}, data={"texts": "Sale"})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_cancelled_video_stays_cancelled_however_often_it_is_cancelled(
    client: TestClient, room: Room
) -> None:
    video = created(client)["id"]
    answers = [client.post(f"/v1/videos/{video}/cancel") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == client.get(f"/v1/videos/{video}").json()
    assert answers[0].json()["status"] == "CANCELLED"
    assert room.cancelled == [video]


def test_a_cancel_that_comes_too_late_deletes_nothing(client: TestClient, room: Room) -> None:
    video = completed(client)
    answer = client.post(f"/v1/videos/{video['id']}/cancel")
    assert answer.json()["status"] == "COMPLETE"
    content = client.get(client.get(f"/v1/videos/{video['id']}/content").headers["location"])
    assert content.content == MP4
    assert room.cancelled == []


def test_text_overlays_too(client: TestClient, room: Room) -> None:
    stopped, done = overlaid(client)["id"], overlaid(client)["id"]
    finish(done, {"video0.mp4": MP4}, {})
    answers = [client.post(f"{OVERLAYS}/{one}/cancel").json() for one in (stopped, stopped, done)]
    assert [answer["status"] for answer in answers] == ["CANCELLED", "CANCELLED", "COMPLETE"]
    assert room.cancelled == [stopped]
    assert store.work.wanted(stopped) is False


@pytest.mark.parametrize("place", ["/v1/videos/video_none", f"{OVERLAYS}/none"])
def test_of_what_is_not_there(client: TestClient, place: str) -> None:
    assert error_code(client.post(f"{place}/cancel"), 404).endswith("_not_found")


def test_another_owners_cannot_be_cancelled(client: TestClient, room: Room) -> None:
    video = created(client)["id"]
    other = store.keys.create("other", "bob", "")[1]
    assert client.post(f"/v1/videos/{video}/cancel", headers={"x-api-key": other}).status_code == 404
    assert client.post(f"/v1/videos/{video}/cancel", headers={"x-api-key": "none"}).status_code == 401
    assert room.cancelled == []
