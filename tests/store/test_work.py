from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from morgana.queues import Queue
from morgana.store import Kind, Resource, Status, Video, actors, turns, videos, work
from tests.store.conftest import ADA, Clock, cast, created, let_in

pytestmark = pytest.mark.usefixtures("db")

OUTPUTS = {"video": "videos/x/video.mp4", "transcript": "videos/x/transcript.json"}
ENDINGS: dict[str, Callable[[str], bool]] = {
    "complete": lambda video_id: work.complete(video_id, OUTPUTS),
    "fail": lambda video_id: work.fail(video_id, "no_face_detected", "Send another picture."),
    "cancel": work.cancel,
}


def _now(video: Video) -> Video:
    current = videos.get(ADA, video.id)
    assert current is not None
    return current


def test_a_worker_finds_all_that_is_unfinished_and_whose_turn_it_is_oldest_first() -> None:
    first, second, third, _fourth = created(), created(), cast(), created()
    for made in (first, second, third):
        assert turns.admit(ADA, Queue.PORTRAIT) == made.id
        work.begin(made.id)
    work.complete(second.id, OUTPUTS)
    assert let_in() == [first.id, third.id]


def test_a_job_says_what_to_do() -> None:
    video = created()
    job = work.begin(video.id)
    assert job is not None
    assert (job.id, job.resource, job.kind) == (video.id, Resource.VIDEO, Kind.GENERATION)
    assert (job.options, job.inputs) == (video.options, video.inputs)
    assert work.begin(video.id) == replace(job, waited=None)  # again, after a crash


def test_an_actor_is_a_job_like_any_other() -> None:
    actor = cast()
    job = work.begin(actor.id)
    assert job is not None
    assert (job.resource, job.kind, job.options, job.inputs) == (Resource.ACTOR, Kind.ACTOR, {}, actor.inputs)
    assert work.set_progress(actor.id, 30)
    assert work.complete(actor.id, {"portrait": "actors/x/portrait.npz"})
    assert not work.fail(actor.id, "internal_error", "")
    ready = actors.get(ADA, actor.id)
    assert ready is not None
    assert (ready.status, ready.outputs) == (Status.COMPLETE, {"portrait": "actors/x/portrait.npz"})


def test_completing_sets_output_progress_and_time(clock: Clock) -> None:
    video = created()
    clock.advance(seconds=3)
    assert work.complete(video.id, OUTPUTS)
    done = _now(video)
    assert (done.status, done.progress, done.outputs) == (Status.COMPLETE, 100, OUTPUTS)
    assert done.completed_at == video.created_at + timedelta(seconds=3)


def test_failing_says_why() -> None:
    video = created()
    work.set_progress(video.id, 40)
    assert work.fail(video.id, "no_face_detected", "Send another picture.")
    failed = _now(video)
    assert (failed.status, failed.progress, failed.outputs) == (Status.FAILED, 40, {})
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
        results = list(threads.map(lambda n: work.complete(video.id, {"video": f"video-{n}"}), range(8)))
    assert results.count(True) == 1
    assert _now(video).outputs == {"video": f"video-{results.index(True)}"}


def test_what_was_deleted_is_not_wanted_and_does_not_come_back() -> None:
    video = created()
    work.cancel(video.id)
    videos.remove(ADA, video.id)
    assert not work.wanted(video.id)
    assert not work.set_progress(video.id, 10)
    assert not work.complete(video.id, OUTPUTS)
    assert videos.get(ADA, video.id) is None


def test_progress_only_rises_and_stops_at_99() -> None:
    video = created()
    seen = []
    for percent in (-5, 10, 7, 40, 100, 250, 3):
        assert work.set_progress(video.id, percent)
        seen.append(_now(video).progress)
    assert seen == [0, 10, 10, 40, 99, 99, 99]


def test_what_is_being_done_is_told_until_the_end() -> None:
    video = created()
    assert video.stage is None
    seen = []
    for percent, stage in ((0, "analyse"), (10, "render"), (5, "publish"), (5, "publish")):
        assert work.set_progress(video.id, percent, stage)
        seen.append((_now(video).progress, _now(video).stage))
    assert seen == [(0, "analyse"), (10, "render"), (10, "publish"), (10, "publish")]
    assert work.complete(video.id, OUTPUTS)
    assert _now(video).stage is None


def test_output_keys_are_never_given_out_twice_and_lie_in_the_folder_of_the_job() -> None:
    for record, folder in ((created(), "videos"), (cast(), "actors")):
        job = work.begin(record.id)
        assert job is not None
        keys = {work.new_output_key(job, "transcript", ".json") for _ in range(50)}
        assert len(keys) == 50
        assert all(key.startswith(f"{folder}/{job.id}/transcript-") for key in keys)
        assert all(key.endswith(".json") for key in keys)


def test_the_queue_of_each_kind_and_the_statuses_of_each_resource_are_counted(clock: Clock) -> None:
    assert work.depths() == dict.fromkeys(Kind, work.Depth())
    begun, waiting, done = created(), created(), created()
    clock.advance(seconds=30)
    created()
    cast()
    work.begin(begun.id)
    work.fail(done.id, "internal_error", "")
    clock.advance(seconds=60)
    depths = work.depths()
    assert set(depths) == set(Kind)
    assert depths[Kind.GENERATION] == work.Depth(2, 90, 1)
    assert depths[Kind.ACTOR] == work.Depth(1, 60, 0)
    assert depths[Kind.CAPTION] == work.Depth()
    statuses = work.statuses()
    assert set(statuses) == set(Resource)
    assert statuses[Resource.VIDEO] == {
        Status.PROCESSING: 3,
        Status.FAILED: 1,
        Status.COMPLETE: 0,
        Status.CANCELLED: 0,
    }
    assert statuses[Resource.TEXT_OVERLAY] == dict.fromkeys(Status, 0)
    assert work.wanted(waiting.id)


def test_a_worker_is_told_how_long_a_job_waited_when_it_is_begun_for_the_first_time(clock: Clock) -> None:
    video = created()
    clock.advance(seconds=2.5)
    first = work.begin(video.id)
    clock.advance(seconds=60)
    again = work.begin(video.id)
    assert first
    assert again
    assert (first.waited, again.waited) == (2.5, None)
    other = created()
    clock.advance(seconds=-3600)  # the clock was put back
    put_back = work.begin(other.id)
    assert put_back
    assert put_back.waited == 0


def test_a_job_remembers_the_request_that_asked_for_it() -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc-1"):
        asked, actor = created(), cast()
    asked_by = [work.begin(record.id) for record in (asked, actor, created())]
    assert [job and job.request_id for job in asked_by] == ["abc-1", "abc-1", None]
