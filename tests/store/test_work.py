from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from morgana.store import Kind, Status, Video, videos, work
from tests.store.conftest import ADA, Clock, created

pytestmark = pytest.mark.usefixtures("db")

ENDINGS: dict[str, Callable[[str], bool]] = {
    "complete": lambda video_id: work.complete(video_id, "videos/x/output.mp4"),
    "fail": lambda video_id: work.fail(video_id, "no_face_detected", "Send another picture."),
    "cancel": work.cancel,
}


def _now(video: Video) -> Video:
    current = videos.get(ADA, video.id)
    assert current is not None
    return current


def test_a_worker_finds_all_that_is_unfinished_oldest_first() -> None:
    first, second, third = created(), created(), created()
    work.complete(second.id, "output")
    assert work.unfinished() == [first.id, third.id]


def test_a_job_says_what_to_do() -> None:
    video = created()
    job = work.begin(video.id)
    assert job is not None
    assert (job.id, job.kind, job.model) == (video.id, Kind.GENERATION, video.model)
    assert (job.options, job.inputs) == (video.options, video.inputs)
    assert work.begin(video.id) == job  # again, after a crash


def test_completing_sets_output_progress_and_time(clock: Clock) -> None:
    video = created()
    clock.advance(seconds=3)
    assert work.complete(video.id, "videos/x/output.mp4")
    done = _now(video)
    assert (done.status, done.progress, done.output) == (Status.COMPLETE, 100, "videos/x/output.mp4")
    assert done.completed_at == video.created_at + timedelta(seconds=3)


def test_failing_says_why() -> None:
    video = created()
    work.set_progress(video.id, 40)
    assert work.fail(video.id, "no_face_detected", "Send another picture.")
    failed = _now(video)
    assert (failed.status, failed.progress, failed.output) == (Status.FAILED, 40, None)
    assert (failed.error_code, failed.error_message) == ("no_face_detected", "Send another picture.")


@pytest.mark.parametrize("first", ENDINGS)
@pytest.mark.parametrize("late", ENDINGS)
def test_a_late_execution_changes_nothing(first: str, late: str) -> None:
    video = created()
    assert ENDINGS[first](video.id)
    ended = _now(video)
    assert not work.wanted(video.id)
    assert work.begin(video.id) is None
    assert not work.set_progress(video.id, 99)
    assert not ENDINGS[late](video.id)
    assert _now(video) == ended


def test_of_many_executions_one_finishes() -> None:
    video = created()
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: work.complete(video.id, f"output-{n}"), range(8)))
    assert results.count(True) == 1
    assert _now(video).output == f"output-{results.index(True)}"


def test_what_was_deleted_is_not_wanted_and_does_not_come_back() -> None:
    video = created()
    work.cancel(video.id)
    videos.remove(ADA, video.id)
    assert not work.wanted(video.id)
    assert not work.set_progress(video.id, 10)
    assert not work.complete(video.id, "output")
    assert videos.get(ADA, video.id) is None


def test_progress_only_rises_and_stops_at_99() -> None:
    video = created()
    seen = []
    for percent in (-5, 10, 7, 40, 100, 250, 3):
        assert work.set_progress(video.id, percent)
        seen.append(_now(video).progress)
    assert seen == [0, 10, 10, 40, 99, 99, 99]


def test_output_keys_are_never_given_out_twice() -> None:
    keys = {work.new_output_key("video_x") for _ in range(50)}
    assert len(keys) == 50
    assert all(key.startswith("videos/video_x/") and key.endswith(".mp4") for key in keys)


def test_the_backlog_counts_statuses_and_what_waits(clock: Clock) -> None:
    assert work.backlog().oldest_waiting_seconds == 0
    begun, waiting, done = created(), created(), created()
    created()
    work.begin(begun.id)
    work.fail(done.id, "internal_error", "")
    clock.advance(seconds=90)
    backlog = work.backlog()
    assert backlog.statuses == {
        Status.PROCESSING: 3,
        Status.FAILED: 1,
        Status.COMPLETE: 0,
        Status.CANCELLED: 0,
    }
    assert backlog.waiting == 2
    assert backlog.oldest_waiting_seconds == 90
    assert work.wanted(waiting.id)
