"""Every accepted video is finished, once, whatever dies."""

import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from morgana import jobs, store
from morgana.jobs import places, recovery
from morgana.jobs.running import End
from morgana.store import Kind, Status, claims, tables
from morgana.store.claims import Tried
from tests.jobs.bench import DEADLINE, Bench, Scripted, alive, eventually

TAKES = dict.fromkeys(Kind, 1)
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
    eventually(lambda: not alive(child), "the child dies with its worker")
    assert video.begun(2) != child
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
    worker = bench.worker(MORGANA_DRAIN_SECONDS="0")
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
    jobs.enqueue(video.id)
    told: list[str] = []
    with places.liveness().hold("me") as held:
        for attempt in range(1, 21):
            assert video.record.status == Status.PROCESSING
            assert claims.claim(f"worker {attempt}", TAKES) == video.id
            recovery.recover(held, places.scratch() / "me", (), told.append)
    record = video.record
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")
    assert told == ["internal_error"]


@pytest.mark.parametrize(
    ("before", "end", "after", "seconds"),
    [
        (Tried(2, 1), End.CRASHED, Tried(2, 2), 5),
        (Tried(2), End.HINDERED, Tried(2, 0, 1), 1),
        (Tried(50, 0, 49), End.HINDERED, Tried(50, 0, 50), 30),
        (Tried(2, 1), End.INTERRUPTED, Tried(1, 1), 0),
    ],
)
def test_the_next_attempt_comes_after_a_pause(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, before: Tried, end: End, after: Tried, seconds: float
) -> None:
    moment = tables.now()
    monkeypatch.setattr(claims, "now", lambda: moment)
    video = bench.video("finish")
    jobs.enqueue(video.id)
    assert claims.claim("me", TAKES) == video.id
    claims.put_back(video.id, "me", replace(before, attempts=before.attempts - 1))
    assert claims.claim("me", TAKES) == video.id
    recovery.follow_up(video.id, "me", end)
    if seconds:
        monkeypatch.setattr(claims, "now", lambda: moment + round((seconds - 0.5) * 1_000_000))
        assert claims.claim("me", TAKES) is None
        monkeypatch.setattr(claims, "now", lambda: moment + round((seconds + 0.5) * 1_000_000))
    assert claims.claim("me", TAKES) == video.id
    assert claims.abandon("me") == {video.id: replace(after, attempts=after.attempts + 1)}


@pytest.mark.parametrize(
    ("tried", "end"),
    [(Tried(3, 2), End.CRASHED), (Tried(120, 0, 119), End.HINDERED), (Tried(20), End.CRASHED)],
)
def test_a_job_that_is_hopeless_is_given_up(bench: Bench, tried: Tried, end: End) -> None:
    video = bench.video("finish")
    jobs.enqueue(video.id)
    claims.claim("me", TAKES)
    claims.put_back(video.id, "me", replace(tried, attempts=tried.attempts - 1))
    claims.claim("me", TAKES)
    told: list[str] = []
    recovery.follow_up(video.id, "me", end, told.append)
    assert video.record.status == Status.FAILED
    assert told == ["internal_error"]


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


def test_a_job_is_lost_by_the_dead_and_by_nobody_else(either_bench: Bench) -> None:
    ours, lost, theirs = (either_bench.video("finish") for _ in range(3))
    for video in (ours, lost, theirs):
        jobs.enqueue(video.id)
    with places.liveness().hold("me") as held, places.liveness().hold("living"):
        for video, worker in ((ours, "me"), (lost, "dead"), (theirs, "living")):
            assert claims.claim(worker, TAKES) == video.id
            store.work.begin(video.id)
            jobs.enqueue(video.id)
        recovery.recover(held, places.scratch() / "me", {ours.id})
        assert claims.claim("me", TAKES) == lost.id
        assert claims.claim("me", TAKES) is None
        recovery.recover(held, places.scratch() / "me", {lost.id})
        assert claims.claim("me", TAKES) == ours.id  # which by the records it had, and yet not in hand


def test_the_files_of_a_dead_worker_are_deleted_and_those_of_a_living_one_kept(bench: Bench) -> None:
    dead, living = places.scratch() / "dead", places.scratch() / "living"
    for folder in (dead, living):
        (folder / "video").mkdir(parents=True)
    with places.liveness().hold("me") as held, places.liveness().hold("living"):
        recovery.recover(held, places.scratch() / "me", ())
    assert list((bench.data / "scratch").iterdir()) == [living]
