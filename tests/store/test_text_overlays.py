import uuid
from dataclasses import replace

import pytest

from morgana.store import (
    Failure,
    Kind,
    Owner,
    Resource,
    Status,
    TextOverlay,
    TextOverlayDraft,
    UnknownCursorError,
    text_overlays,
    videos,
    work,
)
from tests.store.conftest import ADA, created, text_overlay_draft, written_over

pytestmark = pytest.mark.usefixtures("db")

STRANGERS = [Owner("grace", "engines"), Owner("ada", "looms"), Owner("ada"), Owner("", "engines")]
OUTPUTS = {"video0": "text_overlays/x/video0-1.mp4"}
FAILURES = {1: Failure("text_too_long", "Send a shorter text.")}


def _now(made: TextOverlay) -> TextOverlay:
    current = text_overlays.get(ADA, made.id)
    assert current is not None
    return current


def test_an_id_is_a_uuid() -> None:
    ids = {text_overlays.new_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(str(uuid.UUID(one, version=4)) == one for one in ids)


def test_a_new_one_waits_and_reads_back_whole() -> None:
    asked = text_overlay_draft()
    made = text_overlays.create(ADA, asked)
    assert (made.status, made.progress, made.outputs, made.begun) == (Status.PROCESSING, 0, {}, False)
    assert (made.error_code, made.completed_at, made.failures) == (None, None, {})
    for name in TextOverlayDraft.__slots__:
        assert getattr(made, name) == getattr(asked, name), name
    assert _now(made) == made


def test_it_is_begun_as_soon_as_a_worker_takes_it_up() -> None:
    made = written_over()
    job = work.begin(made.id)
    assert job is not None
    assert (job.resource, job.kind, job.inputs) == (Resource.TEXT_OVERLAY, Kind.OVERLAY, made.inputs)
    assert job.options == {"items": list(made.items)}
    assert work.new_output_key(job, "video0", ".mp4").startswith(f"text_overlays/{made.id}/video0-")
    assert _now(made) == replace(made, begun=True)


def test_what_failed_is_kept_beside_what_was_made() -> None:
    made = written_over()
    assert work.complete(made.id, OUTPUTS, FAILURES)
    done = _now(made)
    assert (done.status, done.progress, done.error_code) == (Status.COMPLETE, 100, None)
    assert (done.outputs, done.failures) == (OUTPUTS, FAILURES)
    assert text_overlays.page(ADA) == [done]


def test_a_late_completion_leaves_no_failures() -> None:
    made = written_over()
    assert text_overlays.cancel(ADA, made.id)
    cancelled = _now(made)
    assert cancelled.status is Status.CANCELLED
    assert not work.complete(made.id, OUTPUTS, FAILURES)
    assert _now(made) == cancelled
    assert text_overlays.remove(ADA, made.id) == cancelled
    assert not work.complete(made.id, OUTPUTS, FAILURES)
    assert text_overlays.get(ADA, made.id) is None


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_but_the_owner_sees_or_touches_one(stranger: Owner) -> None:
    running, finished = written_over(), written_over()
    work.complete(finished.id, OUTPUTS)
    assert text_overlays.get(stranger, running.id) is None
    assert text_overlays.page(stranger) == []
    assert not text_overlays.cancel(stranger, running.id)
    assert text_overlays.remove(stranger, finished.id) is None
    with pytest.raises(UnknownCursorError):
        text_overlays.page(stranger, after=running.id)
    assert _now(running) == running
    assert _now(finished).outputs == OUTPUTS


def test_a_finished_one_is_not_cancelled_and_a_running_one_not_removed() -> None:
    running, finished = written_over(), written_over()
    work.complete(finished.id, OUTPUTS)
    assert not text_overlays.cancel(ADA, finished.id)
    assert text_overlays.remove(ADA, running.id) is None
    removed = text_overlays.remove(ADA, finished.id)
    assert removed is not None
    assert set(removed.blobs()) == {*finished.inputs.values(), *OUTPUTS.values()}
    assert text_overlays.page(ADA) == [running]


def test_text_overlays_and_videos_are_not_taken_for_each_other() -> None:
    made, video = written_over(), created()
    assert videos.get(ADA, made.id) is None
    assert text_overlays.get(ADA, video.id) is None
    assert not videos.cancel(ADA, made.id)
    assert not text_overlays.cancel(ADA, video.id)
    assert [one.id for one in videos.page(ADA)] == [video.id]
    assert work.depths()[Kind.OVERLAY].waiting == 1


def test_pages_follow_each_other() -> None:
    made = [written_over().id for _ in range(5)]
    assert [one.id for one in text_overlays.page(ADA, order="asc", limit=2)] == made[:2]
    assert [one.id for one in text_overlays.page(ADA, order="asc", after=made[1])] == made[2:]
    assert [one.id for one in text_overlays.page(ADA, after=made[1])] == made[:1]
