"""Of each owner one job at a time is let into the queue."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from morgana.queues import Queue
from morgana.store import Owner, turns, videos, work
from tests.store.conftest import ADA, cast, created, let_in, written_over

pytestmark = pytest.mark.usefixtures("db")

MARY = Owner("mary")


def test_the_oldest_job_is_let_in_and_the_next_once_it_is_begun() -> None:
    first, second, third = created(), cast(), created()
    assert turns.admit(ADA, Queue.PORTRAIT) == first.id
    assert turns.admit(ADA, Queue.PORTRAIT) is None
    work.begin(first.id)
    assert turns.admit(ADA, Queue.PORTRAIT) == second.id  # whatever it makes
    work.begin(second.id)
    assert turns.admit(ADA, Queue.PORTRAIT) == third.id
    work.begin(third.id)
    assert turns.admit(ADA, Queue.PORTRAIT) is None


def test_owners_do_not_wait_for_each_other() -> None:
    created()
    theirs = created(MARY)
    namesake = created(Owner("ada"))  # without Ada's organisation
    assert turns.admit(ADA, Queue.PORTRAIT) is not None
    assert turns.admit(MARY, Queue.PORTRAIT) == theirs.id
    assert turns.admit(Owner("ada"), Queue.PORTRAIT) == namesake.id


@pytest.mark.parametrize("end", ["cancel", "remove", "fail"])
def test_a_job_that_ends_while_it_waits_makes_room(end: str) -> None:
    first, second = created(), created()
    assert turns.admit(ADA, Queue.PORTRAIT) == first.id
    if end == "fail":
        work.fail(first.id, "internal_error", "Send it again.")
    else:
        videos.cancel(ADA, first.id)
    if end == "remove":
        videos.remove(ADA, first.id)
    assert turns.admit(ADA, Queue.PORTRAIT) == second.id


def test_what_was_cancelled_before_its_turn_is_passed_over() -> None:
    first, second = created(), created()
    videos.cancel(ADA, first.id)
    assert turns.admit(ADA, Queue.PORTRAIT) == second.id


def test_no_more_of_an_owners_jobs_are_let_in_than_may_run() -> None:
    first, second, third = created(), created(), created()
    for allowed in (first, second):
        assert turns.admit(ADA, Queue.PORTRAIT, 2) == allowed.id
        work.begin(allowed.id)
    assert turns.admit(ADA, Queue.PORTRAIT, 2) is None
    turns.admit_all(2)
    assert third.id not in let_in()
    work.fail(first.id, "internal_error", "Send it again.")
    assert turns.admit(ADA, Queue.PORTRAIT, 2) == third.id


def test_every_owners_next_job_is_let_in_at_once() -> None:
    mine, theirs = [created(), created()], [created(MARY), created(MARY)]
    turns.admit_all()
    turns.admit_all()
    assert sorted(let_in()) == sorted([mine[0].id, theirs[0].id])


def test_one_job_is_let_in_however_many_ask_at_the_same_time() -> None:
    made = [created() for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(lambda _: turns.admit(ADA, Queue.PORTRAIT), range(16)))
    assert [job_id for job_id in admitted if job_id] == [made[0].id]


def test_a_job_that_an_earlier_release_let_in_counts_once_it_is_begun() -> None:
    first, second = created(), created()
    work.begin(first.id)  # without having been let in
    assert turns.admit(ADA, Queue.PORTRAIT) == second.id


def test_it_is_known_whose_a_job_is_and_where_it_waits() -> None:
    assert turns.place_of(created(MARY).id) == (MARY, Queue.PORTRAIT)
    assert turns.place_of(cast().id) == (ADA, Queue.PORTRAIT)
    assert turns.place_of(written_over().id) == (ADA, Queue.OVERLAYS)
    assert turns.place_of("video_x") is None


def test_each_queue_lets_in_a_job_of_its_own() -> None:
    video, overlay, later = created(), written_over(), written_over()
    assert turns.admit(ADA, Queue.OVERLAYS) == overlay.id
    assert turns.admit(ADA, Queue.CAPTIONS) is None
    turns.admit_all()
    assert let_in() == [video.id, overlay.id]
    work.begin(overlay.id)
    assert turns.admit(ADA, Queue.OVERLAYS) == later.id


def test_of_an_owner_with_a_bound_the_oldest_job_comes_first() -> None:
    overlay, video = written_over(), created()
    turns.admit_oldest(ADA, 1)
    assert let_in() == [overlay.id]
    turns.admit_oldest(ADA, 2)
    assert let_in() == [overlay.id, video.id]
