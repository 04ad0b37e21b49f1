from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import models, store
from tests.api.conftest import Room, cast, created, error_code


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The weights that are missing: none, until the test names some."""
    missing: list[str] = []
    monkeypatch.setattr(models, "missing", lambda: missing)
    return missing


@pytest.fixture
def stranger(client: TestClient) -> TestClient:
    """A client without a key: whoever watches the server needs none."""
    del client.headers["x-api-key"]
    return client


def _figures(client: TestClient) -> dict[tuple[str, tuple[str, ...]], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_server_is_alive(stranger: TestClient) -> None:
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("weights")
def test_ready_once_jobs_can_run(stranger: TestClient) -> None:
    answer = stranger.get("/ready")
    checks = dict.fromkeys(("database", "blobs", "models", "worker"), "ok")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": checks,
        "sandboxes": ["bubblewrap", "limits (bubblewrap: none)"],
        "queues": {"portrait": 2, "captions": 2, "overlays": 0},
    }


def test_not_ready_without_weights(stranger: TestClient, weights: list[str]) -> None:
    weights += ["yunet", "modnet"]
    answer = stranger.get("/ready")
    assert error_code(answer, 503) == "not_ready"
    assert "yunet, modnet" in answer.json()["checks"]["models"]
    assert "morgana models pull" in answer.json()["checks"]["models"]


@pytest.mark.usefixtures("weights")
def test_not_ready_without_a_worker(stranger: TestClient, room: Room) -> None:
    room.alive = False
    answer = stranger.get("/ready")
    assert error_code(answer, 503) == "not_ready"
    assert "worker" in answer.json()["error"]["message"]
    assert "morgana worker" in answer.json()["checks"]["worker"]


@pytest.mark.usefixtures("weights")
def test_a_server_that_is_asked_for_itself_alone_is_ready_without_a_worker(
    stranger: TestClient, room: Room
) -> None:
    room.alive = False
    answer = stranger.get("/ready?workers=apart")
    assert answer.status_code == 200
    assert "worker" not in answer.json()["checks"]
    assert answer.json()["queues"] == {"portrait": 0, "captions": 0, "overlays": 0}


@pytest.mark.usefixtures("weights")
def test_not_ready_without_blobs(stranger: TestClient, data: Path) -> None:
    store.blobs.check()
    (data / "blobs").rename(data / "elsewhere")
    with capture_logs():
        answer = stranger.get("/ready")
    assert error_code(answer, 503) == "not_ready"
    assert [name for name, result in answer.json()["checks"].items() if result != "ok"] == ["blobs"]


@pytest.mark.usefixtures("weights")
def test_not_ready_without_a_database_and_its_error_is_not_shown(
    stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ConnectionError("postgresql://user:password@host")

    monkeypatch.setattr(store, "check", fail)
    with capture_logs():
        answer = stranger.get("/ready")
    assert error_code(answer, 503) == "not_ready"
    assert "password" not in answer.text
    assert [name for name, result in answer.json()["checks"].items() if result != "ok"] == ["database"]


def test_requests_are_counted_by_route_and_not_by_path(client: TestClient) -> None:
    for name in ("a", "b", "c"):
        client.get(f"/v1/videos/video_{name}")
        client.get(f"/nope/{name}")
    client.request("BREW", "/health")
    figures = _figures(client)
    requests = "morgana_http_requests_total"
    assert figures[requests, ("GET", "/v1/videos/{video_id}", "404")] == 3
    assert figures[requests, ("GET", "unmatched", "404")] == 3
    assert figures[requests, ("other", "/health", "405")] == 1
    assert figures["morgana_http_request_duration_seconds_count", ("GET", "/v1/videos/{video_id}")] == 3


def test_videos_are_counted_by_status(client: TestClient) -> None:
    begun, _, failed = (created(client)["id"] for _ in range(3))
    store.work.begin(begun)
    store.work.fail(failed, "no_face_detected", "")
    figures = _figures(client)
    assert figures["morgana_videos", ("PROCESSING",)] == 2
    assert figures["morgana_videos", ("FAILED",)] == 1
    assert figures["morgana_videos", ("COMPLETE",)] == 0
    assert figures["morgana_queue_waiting", ("generation",)] == 1
    assert figures["morgana_queue_running", ("generation",)] == 1
    assert figures["morgana_queue_oldest_waiting_seconds", ("generation",)] > 0
    assert figures["morgana_queue_waiting", ("caption",)] == 0


def test_actors_are_counted_apart_from_videos(client: TestClient) -> None:
    cast(client)
    figures = _figures(client)
    assert figures["morgana_actors", ("PROCESSING",)] == figures["morgana_queue_waiting", ("actor",)] == 1
    assert (
        figures["morgana_videos", ("PROCESSING",)] == figures["morgana_queue_waiting", ("generation",)] == 0
    )
