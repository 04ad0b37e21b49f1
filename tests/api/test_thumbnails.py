from typing import Any

import pytest
from starlette.testclient import TestClient

from morgana import store
from morgana.settings import settings
from tests.api.conftest import ADA, JPEG, blob_files, completed, created, error_code, finish

OVERLAYS = "/v1/meta/text_overlays"
FILM = b"\x00\x00\x00\x20ftypisom" + b"f" * 99


def pictured(client: TestClient) -> dict[str, Any]:
    """A finished video with a picture."""
    video_id = created(client)["id"]
    finish(video_id, {"video.mp4": FILM, "thumbnail.jpg": JPEG})
    video: dict[str, Any] = client.get(f"/v1/videos/{video_id}").json()
    return video


def written_over(client: TestClient) -> str:
    answer = client.post(OVERLAYS, files={"video": ("a.mp4", FILM)}, data={"texts": ["One", "Two"]})
    text_overlay_id: str = answer.json()["id"]
    return text_overlay_id


@pytest.mark.parametrize("path", ["/v1/videos/{}/thumbnail", "/v1/videos/captions/{}/thumbnail"])
def test_a_picture_of_a_finished_video_is_served_without_a_key(client: TestClient, path: str) -> None:
    answer = client.get(path.format(pictured(client)["id"]))
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    client.headers.pop("x-api-key")
    picture = client.get(answer.headers["location"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content == JPEG


def test_the_video_has_a_link_to_its_picture_once_it_is_there(client: TestClient) -> None:
    assert created(client)["thumbnail_url"] is None
    video = pictured(client)
    assert [one["thumbnail_url"] is None for one in client.get("/v1/videos").json()] == [False, True]
    client.headers.pop("x-api-key")
    link = video["thumbnail_url"]
    assert client.get(link).content == JPEG
    assert error_code(client.get(link[:-1]), 403) == "link_invalid"


def test_each_result_of_a_text_overlay_has_its_own(client: TestClient) -> None:
    made = written_over(client)
    place = f"{OVERLAYS}/{made}/results/1/thumbnail"
    assert error_code(client.get(place), 409) == "text_overlay_not_ready"
    failed = {0: store.Failure("text_too_long", "Send a shorter text.")}
    finish(made, {"video1.mp4": FILM, "thumbnail1.jpg": JPEG}, failed)
    results = client.get(f"{OVERLAYS}/{made}").json()["results"]
    assert results[0]["thumbnail_url"] is None
    assert client.get(results[1]["thumbnail_url"]).content == JPEG
    answer = client.get(place)
    assert client.get(answer.headers["location"]).content == JPEG
    assert error_code(client.get(place.replace("/1/", "/0/")), 404) == "thumbnail_not_found"
    assert client.get(place.replace("/1/", "/-1/")).status_code == 422


def test_a_video_of_an_older_release_says_that_it_has_none(client: TestClient) -> None:
    video = completed(client)
    assert video["thumbnail_url"] is None
    assert error_code(client.get(f"/v1/videos/{video['id']}/thumbnail"), 404) == "thumbnail_not_found"


def test_there_is_none_before_the_video_is_there(client: TestClient) -> None:
    video = created(client)["id"]
    assert error_code(client.get(f"/v1/videos/{video}/thumbnail"), 409) == "video_not_ready"


def test_another_owners_is_not_to_be_had(client: TestClient) -> None:
    video, made = pictured(client)["id"], written_over(client)
    finish(made, {"video0.mp4": FILM, "thumbnail0.jpg": JPEG})
    client.headers["x-api-key"] = store.keys.create("other", ADA.user, "looms")[1]
    assert error_code(client.get(f"/v1/videos/{video}/thumbnail"), 404) == "video_not_found"
    place = f"{OVERLAYS}/{made}/results/0/thumbnail"
    assert error_code(client.get(place), 404) == "text_overlay_not_found"


def test_it_is_deleted_with_the_video(client: TestClient) -> None:
    video = pictured(client)
    stored = blob_files(settings().data)
    assert any(name.startswith("thumbnail-") for name in stored)
    assert client.delete(f"/v1/videos/{video['id']}").status_code == 204
    assert blob_files(settings().data) == []
    assert error_code(client.get(video["thumbnail_url"]), 404) == "file_not_found"
