"""Jobs are claimed in order, each by one worker that can do it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from morgana.queues import Queue
from morgana.store import Kind, Owner, Video, claims, turns, videos, work
from morgana.store.claims import Tried
from morgana.store.database import transaction
from morgana.store.tables import JobRow
from tests.store.conftest import ADA, Clock, created, written_over

pytestmark = pytest.mark.usefixtures("db")

ALL = dict.fromkeys(Kind, 1)


def waiting(count: int) -> list[Video]:
    """Videos of as many owners, each in the queue."""
    made = [created(Owner(f"owner-{number}")) for number in range(count)]
    for number in range(count):
        turns.admit(Owner(f"owner-{number}"), Queue.PORTRAIT)
    return made


def test_jobs_are_claimed_in_the_order_in_which_they_were_let_in() -> None:
    first, second = created(Owner("late")), created(Owner("early"))
    for owner in ("early", "late"):
        turns.admit(Owner(owner), Queue.PORTRAIT)
    assert claims.claim("me", ALL) == second.id
    assert claims.claim("me", ALL) == first.id
    assert claims.claim("me", ALL) is None


def test_what_was_not_let_in_is_not_claimed() -> None:
    created()
    assert claims.claim("me", ALL) is None


@pytest.mark.parametrize("workers", [8])
def test_each_job_is_claimed_once_however_many_ask(workers: int) -> None:
    made = waiting(6)
    with ThreadPoolExecutor(workers) as pool:
        claimed = list(pool.map(lambda number: claims.claim(f"worker {number}", ALL), range(3 * workers)))
    # One that met another's lock may come away with nothing, and asks again.
    while (job_id := claims.claim("last", ALL)) is not None:
        claimed.append(job_id)
    assert sorted(filter(None, claimed)) == sorted(video.id for video in made)
    assert sum(claims.abandon(f"worker {number}") != {} for number in range(24)) >= 1


def test_a_worker_is_given_only_what_it_takes() -> None:
    overlay = written_over()
    turns.admit(ADA, Queue.OVERLAYS)
    assert claims.claim("me", {Kind.GENERATION: 1, Kind.CAPTION: 1}) is None
    assert claims.claim("me", {}) is None
    assert claims.claim("me", {Kind.OVERLAY: 1}) == overlay.id


def test_an_old_worker_leaves_what_it_would_do_wrong_and_a_new_one_takes_all() -> None:
    old, new = waiting(2)
    with transaction() as session:
        session.execute(update(JobRow).where(JobRow.id == new.id).values(payload=2))
    assert claims.claim("old", ALL) == old.id
    assert claims.claim("old", ALL) is None
    claims.put_back(old.id, "old", Tried())
    assert claims.claim("new", {Kind.GENERATION: 2}) == old.id
    assert claims.claim("new", {Kind.GENERATION: 2}) == new.id


def test_a_job_that_was_cut_short_goes_before_those_that_have_not_begun() -> None:
    first, second, third = waiting(3)
    for video in (first, second):
        assert claims.claim("me", ALL) == video.id
    work.begin(second.id)
    assert claims.abandon("me") == {first.id: Tried(1), second.id: Tried(1)}
    assert [claims.claim("me", ALL) for _ in range(3)] == [second.id, first.id, third.id]


def test_a_job_that_is_put_back_remembers_what_became_of_it() -> None:
    (video,) = waiting(1)
    assert claims.claim("me", ALL) == video.id
    assert claims.tried(video.id, "me") == Tried(1)
    assert claims.tried(video.id, "another") is None
    claims.put_back(video.id, "another", Tried(9))  # who does not have it
    assert claims.claim("me", ALL) is None
    claims.put_back(video.id, "me", Tried(3, 1, 2))
    assert claims.claim("me", ALL) == video.id
    assert claims.abandon("me") == {video.id: Tried(4, 1, 2)}


def test_a_worker_keeps_what_it_has_in_hand() -> None:
    first, second = waiting(2)
    for _ in (first, second):
        claims.claim("me", ALL)
    assert claims.workers() == {"me"}
    assert claims.abandon("me", [second.id]) == {first.id: Tried(1)}
    assert claims.abandon("me") == {second.id: Tried(1)}
    assert claims.workers() == set()


def test_a_job_waits_as_long_as_it_was_put_back_for_and_no_clock_prolongs_it(clock: Clock) -> None:
    (video,) = waiting(1)
    assert claims.claim("me", ALL) == video.id
    claims.put_back(video.id, "me", Tried(1, 1), 1)
    assert claims.claim("me", ALL) is None
    clock.advance(seconds=1.1)
    assert claims.claim("me", ALL) == video.id
    claims.put_back(video.id, "me", Tried(2, 2), 3600)
    clock.advance(seconds=claims.LONGEST_WAIT_SECONDS - 1)
    assert claims.claim("me", ALL) is None
    clock.advance(seconds=-3600)
    assert claims.claim("me", ALL) == video.id


def test_a_job_that_is_ended_is_nobodys() -> None:
    (video,) = waiting(1)
    claims.claim("me", ALL)
    videos.cancel(Owner("owner-0"), video.id)
    assert claims.tried(video.id, "me") is None
    claims.put_back(video.id, "me", Tried(1))
    assert claims.abandon("me") == {}
    assert claims.claim("me", ALL) is None
    assert claims.workers() == set()
