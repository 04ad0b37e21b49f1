from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import store
from tests.api.conftest import error_code, files


@pytest.mark.parametrize("path", ["/none", "/v1", "/v1/video", "/v1/videos/video_x/contents", "/v2/videos"])
def test_an_unknown_route_is_404_in_the_one_form(client: TestClient, path: str) -> None:
    assert error_code(client.get(path), 404) == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/videos", "GET, POST"),
        ("PATCH", "/v1/videos/video_x", "GET, DELETE"),
        ("POST", "/v1/videos/video_x/content", "GET, HEAD"),
        ("POST", "/health", "GET"),
        ("PUT", "/v1/videos/captions", "POST"),
    ],
)
def test_an_unknown_method_is_405_and_told_which_are_known(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert error_code(answer, 405) == "method_not_allowed"
    assert answer.headers["allow"] == allowed


def test_where_the_files_are_away_the_client_is_told_to_come_back(client: TestClient, data: Path) -> None:
    (data / "blobs").mkdir(exist_ok=True)
    (data / "blobs" / "videos").touch()  # no folder: nothing can be put there
    answer = client.post("/v1/videos", files=files())
    assert error_code(answer, 503) == "unavailable"
    assert answer.headers["retry-after"] == "5"
    (data / "blobs" / "videos").unlink()
    assert client.post("/v1/videos", files=files()).status_code == 200


def test_an_error_of_our_own_is_500_logged_and_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(store.videos, "page", fail)
    with capture_logs() as logs:
        answer = client.get("/v1/videos", headers={"origin": "https://app.example.org"})
    assert error_code(answer, 500) == "internal_error"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    failed = next(entry for entry in logs if entry["event"] == "request_failed")
    assert failed["path"] == "/v1/videos"
    assert failed["exc_info"]


def test_every_answer_has_an_id_of_its_own(client: TestClient) -> None:
    paths = ["/health", "/nope", "/v1/videos", "/v1/videos?limit=0"]
    ids = {client.get(path).headers["x-request-id"] for path in paths}
    assert len(ids) == 4
