from pathlib import Path

import pytest
from starlette.testclient import TestClient

from morgana import store
from tests.api.conftest import Room, blob_files, created, error_code, files

ROUTES = [
    ("GET", "/v1/videos"),
    ("GET", "/v1/videos?limit=1"),
    ("GET", "/v1/videos?limit=0"),
    ("POST", "/v1/videos"),
    ("GET", "/v1/videos/video_x"),
    ("DELETE", "/v1/videos/video_x"),
    ("GET", "/v1/videos/video_x/content"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_of_the_contract_wants_a_key(client: TestClient, method: str, path: str) -> None:
    del client.headers["x-api-key"]
    answer = client.request(method, path)
    assert error_code(answer, 401) == "missing_api_key"
    assert "www-authenticate" in answer.headers


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_wrong_key_is_refused_everywhere(client: TestClient, key: str, method: str, path: str) -> None:
    for wrong in (key[:-1], key + "x", key.upper(), "morgana_", "x"):
        answer = client.request(method, path, headers={"x-api-key": wrong})
        assert error_code(answer, 401) == "invalid_api_key"


def test_a_revoked_key_is_refused_at_once(client: TestClient) -> None:
    assert client.get("/v1/videos?limit=1").status_code == 200
    for key in store.keys.list():
        store.keys.revoke(key.id)
    assert error_code(client.get("/v1/videos?limit=1"), 401) == "invalid_api_key"


def test_nothing_is_created_without_a_key(client: TestClient, data: Path, room: Room) -> None:
    answer = client.post("/v1/videos", files=files(), headers={"x-api-key": "wrong"})
    assert error_code(answer, 401) == "invalid_api_key"
    assert room.enqueued == []
    assert blob_files(data) == []


def test_two_keys_of_one_owner_see_the_same(client: TestClient) -> None:
    video = created(client)
    _, second = store.keys.create("second", "ada", "engines")
    answer = client.get("/v1/videos", headers={"x-api-key": second})
    assert answer.json() == [video]
