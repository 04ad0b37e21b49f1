from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from morgana.store import Owner, VideoDraft, idempotency, transaction, videos
from morgana.store.idempotency import Answered, Claim, ClaimLostError, InFlightError
from morgana.store.tables import IdempotencyRow
from tests.store.conftest import ADA, Clock, draft

pytestmark = pytest.mark.usefixtures("db")


def _claimed(key: str = "k", owner: Owner = ADA) -> Claim:
    claim = idempotency.claim(owner, key)
    assert isinstance(claim, Claim)
    return claim


def test_a_finished_key_gives_its_answer() -> None:
    idempotency.finish(_claimed(), "print", "answer")
    assert idempotency.claim(ADA, "k") == Answered("print", "answer")


def test_a_key_in_flight_is_refused() -> None:
    _claimed()
    with pytest.raises(InFlightError):
        idempotency.claim(ADA, "k")


def test_keys_of_other_owners_and_other_keys_are_free() -> None:
    _claimed()
    _claimed(owner=Owner("ada"))
    _claimed(owner=Owner("grace", "engines"))
    _claimed("K")


def test_a_released_key_is_free_and_a_finished_one_stays() -> None:
    idempotency.release(_claimed())
    claim = _claimed()
    idempotency.finish(claim, "print", "answer")
    idempotency.release(claim)
    assert idempotency.claim(ADA, "k") == Answered("print", "answer")


def test_a_dead_servers_key_is_free_after_its_lease(clock: Clock) -> None:
    dead = _claimed()
    clock.advance(seconds=idempotency.LEASE_SECONDS - 1)
    with pytest.raises(InFlightError):
        idempotency.claim(ADA, "k")
    clock.advance(seconds=2)
    successor = _claimed()
    # Should the first be only slow and not dead, it has lost.
    with pytest.raises(ClaimLostError):
        idempotency.finish(dead, "print", "late")
    idempotency.release(dead)
    idempotency.finish(successor, "print", "answer")
    assert idempotency.claim(ADA, "k") == Answered("print", "answer")


def test_a_renewed_lease_holds(clock: Clock) -> None:
    claim = _claimed()
    for _ in range(5):
        clock.advance(seconds=idempotency.LEASE_SECONDS - 1)
        idempotency.renew(claim)
    with pytest.raises(InFlightError):
        idempotency.claim(ADA, "k")
    idempotency.finish(claim, "print", "answer")


def test_losing_the_claim_undoes_what_was_created(clock: Clock) -> None:
    claim = _claimed()
    clock.advance(seconds=idempotency.LEASE_SECONDS + 1)
    _claimed()
    asked = draft()
    with pytest.raises(ClaimLostError):
        _create_and_finish(asked, claim)
    assert videos.get(ADA, asked.id) is None


def _create_and_finish(asked: VideoDraft, claim: Claim) -> None:
    with transaction():
        videos.create(ADA, asked)
        idempotency.finish(claim, "print", "answer")


def test_a_clock_that_is_set_back_holds_no_dead_request_s_key(clock: Clock) -> None:
    dead = _claimed()
    clock.advance(hours=-1)
    _claimed()
    with pytest.raises(ClaimLostError):
        idempotency.finish(dead, "print", "answer")


def test_an_answer_is_kept_for_a_day(clock: Clock) -> None:
    idempotency.finish(_claimed(), "print", "answer")
    clock.advance(hours=23, minutes=59)
    assert idempotency.claim(ADA, "k") == Answered("print", "answer")
    clock.advance(minutes=2)
    _claimed()


def test_only_expired_keys_are_removed(clock: Clock, count_rows: Callable[[], int]) -> None:
    idempotency.finish(_claimed("old"), "print", "answer")
    clock.advance(hours=12)
    idempotency.finish(_claimed("new"), "print", "answer")
    clock.advance(hours=13)
    idempotency.remove_expired()
    assert count_rows() == 1
    assert idempotency.claim(ADA, "new") == Answered("print", "answer")


@pytest.fixture
def count_rows() -> Callable[[], int]:
    def count() -> int:
        with transaction() as session:
            return session.query(IdempotencyRow).count()

    return count


def test_of_many_at_once_one_gets_the_key() -> None:
    def attempt(_: int) -> bool:
        try:
            return isinstance(idempotency.claim(ADA, "k"), Claim)
        except InFlightError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(attempt, range(16))).count(True) == 1
