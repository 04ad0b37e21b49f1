"""Owners take turns: by the order in which jobs are begun, not by how long they take."""

import pytest

from morgana import jobs, store
from morgana.jobs import places, recovery
from morgana.settings import settings
from tests.jobs.bench import OWNER, Bench, Scripted, eventually
from tests.store.conftest import let_in

MARY, GRACE = store.Owner("mary"), store.Owner("grace")


def enqueued(bench: Bench, owner: store.Owner, do: str = "finish") -> Scripted:
    video = bench.video(do, owner)
    jobs.enqueue(video.id)
    return video


def beginning(video: Scripted) -> int:
    """When it was begun, in nanoseconds; each only once."""
    (note,) = video.notes.glob("run-*")
    return note.stat().st_mtime_ns


def test_jobs_are_begun_in_turns_of_their_owners(either_bench: Bench) -> None:
    mine = [enqueued(either_bench, OWNER) for _ in range(4)]
    theirs = [enqueued(either_bench, MARY)]
    hers = [enqueued(either_bench, GRACE) for _ in range(2)]
    either_bench.worker()
    videos = mine + theirs + hers
    for video in videos:
        assert video.ended().status == store.Status.COMPLETE
    videos.sort(key=beginning)
    assert videos == [mine[0], theirs[0], hers[0], mine[1], hers[1], mine[2], mine[3]]


def test_a_hundred_jobs_of_one_owner_do_not_delay_the_one_of_another(either_bench: Bench) -> None:
    mine = [enqueued(either_bench, OWNER, "stall") for _ in range(100)]
    either_bench.worker()
    mine[0].begun()
    theirs = enqueued(either_bench, MARY, "stall")
    for done in mine[:2]:  # what is being done, and what was next before there was another owner
        done.begun()
        store.videos.cancel(OWNER, done.id)
    theirs.begun()
    assert [video for video in mine if video.runs()] == mine[:2]


def test_an_owner_alone_has_the_whole_worker(bench: Bench) -> None:
    mine = [enqueued(bench, OWNER, "stall") for _ in range(3)]
    bench.worker(MORGANA_WORKER_JOBS="3")
    for video in mine:
        video.begun()


def test_an_owner_has_no_more_jobs_at_the_same_time_than_the_setting_says(
    either_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MAX_OWNER_JOBS", "1")
    settings.cache_clear()
    first, second = (enqueued(either_bench, OWNER, "stall") for _ in range(2))
    either_bench.worker(MORGANA_WORKER_JOBS="3")
    first.begun()
    for other in (MARY, GRACE):
        enqueued(either_bench, other, "stall").begun()
        assert not second.runs()  # although there was room when the other was begun
    store.videos.cancel(OWNER, first.id)
    second.begun()


def test_a_job_that_is_cancelled_while_it_waits_lets_the_next_one_in(bench: Bench) -> None:
    first, second, third = (enqueued(bench, OWNER) for _ in range(3))
    assert let_in() == [first.id]
    store.videos.cancel(OWNER, second.id)
    jobs.cancel(second.id)
    assert let_in() == [first.id]
    store.videos.cancel(OWNER, first.id)
    jobs.cancel(first.id)
    assert let_in() == [third.id]


def test_a_turn_that_was_forgotten_is_given_by_recovery(bench: Bench) -> None:
    mine, theirs = bench.video("finish"), bench.video("finish", MARY)
    later = bench.video("finish")
    with places.liveness().hold("me") as held:
        recovery.recover(held, places.scratch() / "me", ())
        assert let_in() == [mine.id, theirs.id]
        store.work.begin(mine.id)
        recovery.recover(held, places.scratch() / "me", ())
        assert let_in() == [mine.id, theirs.id, later.id]


def test_jobs_of_one_queue_do_not_wait_for_those_of_another(either_bench: Bench) -> None:
    videos = [enqueued(either_bench, OWNER, "stall") for _ in range(2)]
    either_bench.worker(MORGANA_WORKER_QUEUES="portrait")
    videos[0].begun()
    overlays = [either_bench.text_overlay("finish") for _ in range(2)]
    jobs.enqueue(overlays[0].id)
    assert let_in() == [video.id for video in videos] + [overlays[0].id]
    either_bench.worker(MORGANA_WORKER_QUEUES="overlays")
    for overlay in overlays:
        assert overlay.ended().status == store.Status.COMPLETE
    assert not videos[1].runs()


def test_the_bound_on_an_owners_jobs_is_over_all_queues(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MAX_OWNER_JOBS", "1")
    settings.cache_clear()
    video = enqueued(bench, OWNER)
    overlay = bench.text_overlay("finish")
    jobs.enqueue(overlay.id)
    assert let_in() == [video.id]
    store.videos.cancel(OWNER, video.id)
    jobs.cancel(video.id)
    assert let_in() == [overlay.id]


def test_a_job_that_crashes_does_not_wait_for_its_turn_again(bench: Bench) -> None:
    mine = enqueued(bench, OWNER, "die once")
    later = [enqueued(bench, OWNER), enqueued(bench, MARY)]
    bench.worker()
    for video in (mine, *later):
        assert video.ended().status == store.Status.COMPLETE
    eventually(lambda: len(mine.runs()) == 2, "it is tried again")
