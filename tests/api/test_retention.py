"""Clients are told when what they made is deleted, and that it is gone."""

import time

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import store
from morgana.settings import settings
from tests.api.conftest import DEADLINE, completed, created, error_code, finish
from tests.api.test_text_overlays import ordered, seen


@pytest.fixture
def two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_KEEP_DAYS", "2")
    settings.cache_clear()


def test_nothing_expires_where_everything_is_kept(client: TestClient) -> None:
    made = ordered(client)
    finish(made["id"], {"video0.mp4": b"x"})
    assert completed(client)["expires_at"] is None
    assert seen(client, made)["expires_at"] is None


@pytest.mark.usefixtures("two_days")
def test_a_finished_one_says_when_it_is_deleted(client: TestClient) -> None:
    video, made = completed(client), ordered(client)
    assert (made["expires_at"], created(client)["expires_at"]) == (None, None)
    finish(made["id"], {"video0.mp4": b"x"})
    for record in (video, seen(client, made)):
        assert record["expires_at"] == record["completed_at"] + 2 * 86_400


def test_what_was_deleted_in_its_time_answers_like_what_was_deleted_by_hand(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, made, running = completed(client), ordered(client), created(client)
    finish(made["id"], {"video0.mp4": b"x", "video1.mp4": b"x"})
    link = client.get(f"/v1/videos/{video['id']}/content").headers["location"]
    template = client.get("/v1/videos/captions/templates").json()["data"][0]["id"]
    monkeypatch.setenv("MORGANA_KEEP_DAYS", "0.0000001")
    settings.cache_clear()
    assert store.retention.expire() == 2
    assert error_code(client.get(f"/v1/videos/{video['id']}"), 404) == "video_not_found"
    assert error_code(client.get(f"/v1/videos/{video['id']}/content"), 404) == "video_not_found"
    assert error_code(client.get(f"/v1/videos/{video['id']}/transcript"), 404) == "video_not_found"
    assert error_code(client.delete(f"/v1/videos/{video['id']}"), 404) == "video_not_found"
    assert error_code(client.get(f"/v1/meta/text_overlays/{made['id']}"), 404) == "text_overlay_not_found"
    assert error_code(client.get(link), 404) == "file_not_found"
    caption = {"caption_template_id": (None, template), "video_id": (None, video["id"])}
    assert error_code(client.post("/v1/videos/captions", files=caption), 404) == "video_not_found"
    assert [one["id"] for one in client.get("/v1/videos").json()] == [running["id"]]


def test_the_server_deletes_by_itself_and_a_failure_stops_no_other_sweep(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = completed(client)
    monkeypatch.setenv("MORGANA_KEEP_DAYS", "0.0000001")
    settings.cache_clear()
    with TestClient(client.app):
        deadline = time.monotonic() + DEADLINE
        while client.get(f"/v1/videos/{video['id']}").status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def away() -> int:
        raise ConnectionError("the database is away")

    swept: list[str] = []
    monkeypatch.setattr(store.retention, "expire", away)
    monkeypatch.setattr(store, "sweep", lambda: swept.append("blobs") or 0)  # type: ignore[func-returns-value]
    with capture_logs() as logs, TestClient(client.app):
        deadline = time.monotonic() + DEADLINE
        while not swept:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert "sweep_failed" in {line["event"] for line in logs}
