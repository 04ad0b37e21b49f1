"""Finished videos and text overlays are deleted when their time has come, and nothing else is."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from morgana import store
from morgana.settings import settings
from morgana.store import actors, blobs, retention, text_overlays, videos, work
from tests.store.conftest import ADA, Clock, cast, created, written_over

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def a_week(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What is finished is kept for a week."""
    monkeypatch.setattr(retention, "now", clock)
    monkeypatch.setenv("MORGANA_KEEP_DAYS", "7")
    settings.cache_clear()
    return clock


def _stored(record: store.Video | store.TextOverlay | store.Actor) -> None:
    for key in record.blobs():
        blobs.put(key, io.BytesIO(b"x"))


def _video(output: bytes = b"film") -> store.Video:
    """One that is complete, with its blobs."""
    video = created()
    key = f"videos/{video.id}/video-1.mp4"
    blobs.put(key, io.BytesIO(output))
    assert work.complete(video.id, {"video": key})
    made = videos.get(ADA, video.id)
    assert made
    _stored(made)
    return made


def _kept() -> set[str]:
    return {key for key, _ in blobs.stored()}


def test_a_finished_video_is_deleted_with_its_files_when_its_time_has_come(a_week: Clock) -> None:
    old = _video()
    a_week.advance(days=1)
    young = _video()
    a_week.advance(days=6)
    assert retention.expire() == 0  # not a moment too early
    a_week.advance(seconds=1)
    assert retention.expire() == 1
    assert videos.get(ADA, old.id) is None
    assert videos.page(ADA) == [young]
    assert _kept() == set(young.blobs())
    assert retention.expire() == 0


ENDINGS: dict[str, Callable[[str], bool]] = {
    "complete": lambda job_id: work.complete(job_id, {}),
    "failed": lambda job_id: work.fail(job_id, "internal_error", "Try again."),
    "cancelled": work.cancel,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_text_overlays_and_whatever_did_not_succeed_are_deleted_as_well(a_week: Clock, ending: str) -> None:
    overlay, video = written_over(), created()
    for record in (overlay, video):
        _stored(record)
        assert ENDINGS[ending](record.id)
    a_week.advance(days=8)
    assert retention.expire() == 2
    assert text_overlays.get(ADA, overlay.id) is None
    assert videos.get(ADA, video.id) is None
    assert _kept() == set()


def test_what_is_unfinished_and_actors_are_kept_however_old(a_week: Clock) -> None:
    running, waiting, actor, failed = created(), written_over(), cast(), cast()
    work.begin(running.id)
    work.complete(actor.id, {})
    work.fail(failed.id, "no_face_detected", "")
    for record in (running, waiting, actor, failed):
        _stored(record)
    before = _kept()
    a_week.advance(days=3650)
    assert retention.expire() == 0
    assert store.sweep() == 0
    assert (videos.page(ADA), text_overlays.page(ADA)) == ([videos.get(ADA, running.id)], [waiting])
    assert {one.id for one in actors.page(ADA)} == {actor.id, failed.id}
    assert _kept() == before
    work.complete(running.id, {})
    assert retention.expire() == 0  # its time begins when it is finished


def test_everything_is_kept_unless_a_time_is_set(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "now", clock)
    video = _video()
    clock.advance(days=3650)
    for value in (None, "off"):
        if value:
            monkeypatch.setenv("MORGANA_KEEP_DAYS", value)
            settings.cache_clear()
        assert retention.expires_at(video) is None
        assert retention.expire() == 0
    assert videos.get(ADA, video.id) == video


def test_a_record_says_when_it_expires(a_week: Clock) -> None:
    running = created()
    assert retention.expires_at(running) is None
    a_week.advance(hours=5)
    work.complete(running.id, {})
    made = videos.get(ADA, running.id)
    assert made
    assert retention.expires_at(made) == running.created_at + timedelta(days=7, hours=5)


def test_many_processes_delete_each_once_and_all(a_week: Clock) -> None:
    expired = [created().id for _ in range(250)]
    for video_id in expired:
        work.complete(video_id, {})
    a_week.advance(days=8)
    young = _video()
    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(lambda _: retention.expire(), range(4)))
    assert sum(counts) == 250
    assert videos.page(ADA, limit=300) == [young]
    assert _kept() == set(young.blobs())


def test_files_that_cannot_be_deleted_now_are_swept_later(
    a_week: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = _video()
    a_week.advance(days=8)

    def away(*_keys: str) -> None:
        raise ConnectionError("the blobs are away")

    with monkeypatch.context() as patch:
        patch.setattr(blobs, "delete", away)
        with pytest.raises(ConnectionError):
            retention.expire()
    assert videos.get(ADA, video.id) is None
    assert retention.expire() == 0
    assert _kept() == set(video.blobs())
    monkeypatch.setattr("morgana.store.sweeping._GRACE", timedelta(0))
    assert store.sweep() == 3
    assert _kept() == set()
