"""Every accepted video is finished, once, whatever dies."""

import signal
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from morgana import jobs
from morgana.jobs import places, recovery
from morgana.jobs.queue import Attempts, Queue
from morgana.store import Status
from tests.jobs.bench import DEADLINE, Bench, Scripted, alive, eventually

_DIE_BEFORE_RECORDING = """
import os, signal
from morgana.store import work
work.complete = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_peer_finishes_the_job_of_a_killed_worker(either_bench: Bench) -> None:
    bench = either_bench
    victim = bench.worker()
    video = bench.video("stall once")
    jobs.enqueue(video.id)
    child = video.begun()
    peer = bench.worker()
    eventually(lambda: bench.logs().count("worker ready") == 2, "the peer is ready")
    victim.kill()
    killed = time.monotonic()
    eventually(lambda: not alive(child), "the child dies with its worker")
    assert video.begun(2) != child
    assert time.monotonic() - killed < 15  # seconds, not minutes
    record = video.ended()
    assert record.status == Status.COMPLETE
    assert video.result()["run"] == 2
    assert video.outputs() == [*record.outputs.values()]
    eventually(lambda: not bench.scratch(), "temporary files are deleted")
    assert peer.poll() is None


@pytest.mark.parametrize("make", [Bench.video, Bench.actor])
def test_a_worker_killed_before_it_records_loses_nothing(
    bench: Bench, make: Callable[[Bench, str], Scripted]
) -> None:
    video = make(bench, "finish")
    victim = bench.worker(_DIE_BEFORE_RECORDING)
    assert victim.wait(DEADLINE) == -signal.SIGKILL
    assert len(video.outputs()) == 1  # made, but nobody knows
    assert video.record.status == Status.PROCESSING
    bench.worker()
    record = video.ended()
    assert record.status == Status.COMPLETE
    assert video.result()["run"] == 2


def test_a_stopped_worker_leaves_its_job_to_the_next(bench: Bench) -> None:
    worker = bench.worker()
    video = bench.video("stall once")
    child = video.begun()
    worker.terminate()
    assert worker.wait(DEADLINE) == 0
    assert not alive(child)
    assert not jobs.worker_alive()
    assert video.record.status == Status.PROCESSING
    assert bench.scratch() == []
    bench.worker()
    assert video.ended().status == Status.COMPLETE
    assert jobs.worker_alive()


def test_a_job_that_ends_its_worker_every_time_is_given_up(bench: Bench) -> None:
    video = bench.video("finish")
    with closing(Queue(places.queue_url())) as queue, places.liveness().hold("me") as held:
        for attempt in range(1, 21):
            queue.enqueue(video.id, attempt)
            queue.cancel(video.id)
        recovery.recover(queue, held, places.scratch() / "me")
    record = video.record
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")


@pytest.mark.parametrize(
    ("attempts", "is_tried"),
    [
        (Attempts(last=1, crashes=0, live=False), True),
        (Attempts(last=2, crashes=2, live=False, ended_ago=4), False),
        (Attempts(last=2, crashes=2, live=False, ended_ago=6), True),
        (Attempts(last=2, crashes=2, live=False, ended_ago=-2400), True),  # the clock was set back
        (Attempts(last=50, crashes=0, live=False, hindrances=50, ended_ago=20), False),
        (Attempts(last=50, crashes=0, live=False, hindrances=50, ended_ago=31), True),
    ],
)
def test_the_next_attempt_comes_after_a_pause_that_no_clock_prolongs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, attempts: Attempts, *, is_tried: bool
) -> None:
    video = bench.video("finish")
    with closing(Queue(places.queue_url())) as queue, places.liveness().hold("me") as held:
        monkeypatch.setattr(Queue, "attempts", lambda *_: attempts)
        recovery.recover(queue, held, places.scratch() / "me")
        assert (video.id in queue.live()) == is_tried
    assert video.record.status == Status.PROCESSING


def test_a_job_that_the_full_disk_hindered_is_tried_until_there_is_room(bench: Bench) -> None:
    video = bench.video("find no room", times=4)  # more often than a crash is tried again
    bench.worker()
    assert video.ended().status == Status.COMPLETE
    assert len(video.runs()) == 5
    assert "the disk is full" in bench.logs()


def test_a_job_whose_files_are_away_is_tried_until_they_are_there(bench: Bench) -> None:
    video = bench.video("finish")
    away = bench.data / "away"
    folder = bench.data / "blobs" / "videos" / video.id
    folder.rename(away)
    folder.touch()  # no folder: whatever is asked of it fails
    bench.worker()
    eventually(lambda: bench.logs().count("job could not be run") >= 4, "it is tried four times")
    assert video.record.status == Status.PROCESSING
    folder.unlink()
    away.rename(folder)
    assert video.ended().status == Status.COMPLETE


def test_recovery_enqueues_the_next_attempt_once(bench: Bench) -> None:
    video = bench.video("finish")
    with closing(Queue(places.queue_url())) as queue, places.liveness().hold("me") as held:
        queue.enqueue(video.id)
        queue.cancel(video.id)
        for _ in range(3):
            recovery.recover(queue, held, places.scratch() / "me")
        attempts = queue.attempts(video.id)
    assert (attempts.last, attempts.live, attempts.crashes) == (2, True, 0)


def test_the_files_of_a_dead_worker_are_deleted_and_those_of_a_living_one_kept(bench: Bench) -> None:
    dead, living = places.scratch() / "dead", places.scratch() / "living"
    for folder in (dead, living):
        (folder / "video").mkdir(parents=True)
    with (
        closing(Queue(places.queue_url())) as queue,
        places.liveness().hold("me") as held,
        places.liveness().hold("living"),
    ):
        recovery.recover(queue, held, places.scratch() / "me")
    assert list((bench.data / "scratch").iterdir()) == [living]
