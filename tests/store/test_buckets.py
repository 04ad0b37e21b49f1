"""A rate limit holds, whoever asks at the same time, and refills as time passes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from morgana.quotas import Bucket, Quota
from morgana.store import Owner, buckets
from morgana.store.database import reading
from morgana.store.tables import RateLimitRow
from tests.store.conftest import ADA, Clock

pytestmark = pytest.mark.usefixtures("db")

TWO_A_MINUTE = Quota(2, 60)


def take(owner: Owner = ADA, bucket: Bucket = Bucket.GENERATION, quota: Quota = TWO_A_MINUTE) -> bool:
    return buckets.take(owner, bucket, quota).admitted


def rows() -> int:
    with reading() as session:
        return session.query(RateLimitRow).count()


def test_a_full_bucket_is_emptied_at_once_and_refilled_token_by_token(clock: Clock) -> None:
    assert [take() for _ in range(4)] == [True, True, False, False]
    clock.advance(seconds=29.9)
    assert not take()
    clock.advance(seconds=0.1)
    assert [take(), take()] == [True, False]
    clock.advance(hours=1)
    assert [take() for _ in range(3)] == [True, True, False]


def test_the_standing_says_what_is_left_and_when_there_is_more(clock: Clock) -> None:
    standing = buckets.take(ADA, Bucket.SPEECH, TWO_A_MINUTE)
    assert standing == buckets.Standing(admitted=True, remaining=1, full_in=30, next_in=0)
    standing = buckets.take(ADA, Bucket.SPEECH, TWO_A_MINUTE)
    assert standing == buckets.Standing(admitted=True, remaining=0, full_in=60, next_in=30)
    clock.advance(seconds=12)
    standing = buckets.take(ADA, Bucket.SPEECH, TWO_A_MINUTE)
    assert standing == buckets.Standing(admitted=False, remaining=0, full_in=48, next_in=18)
    clock.advance(seconds=18)
    standing = buckets.take(ADA, Bucket.SPEECH, TWO_A_MINUTE)
    assert standing == buckets.Standing(admitted=True, remaining=0, full_in=60, next_in=30)


@pytest.mark.usefixtures("clock")
def test_owners_and_buckets_are_counted_apart() -> None:
    once = Quota(1, 60)
    for owner in (ADA, Owner("ada"), Owner("mary", "engines")):
        for bucket in (Bucket.GENERATION, Bucket.STATUS):
            assert take(owner, bucket, once)
            assert not take(owner, bucket, once)


@pytest.mark.usefixtures("clock")
def test_not_one_too_many_is_admitted_however_many_ask_at_the_same_time() -> None:
    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(lambda _: take(quota=Quota(10, 60)), range(40)))
    assert sum(admitted) == 10


def test_other_processes_take_of_the_same_bucket() -> None:
    program = (
        "from morgana.quotas import Bucket, Quota; from morgana.store import Owner, buckets; "
        "print(sum(buckets.take(Owner('ada', 'engines'), Bucket.GENERATION, Quota(10, 3600)).admitted"
        " for _ in range(8)))"
    )
    command = [sys.executable, "-c", program]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sum(int(process.communicate()[0]) for process in processes) == 10
    assert not take(quota=Quota(10, 3600))


def test_a_clock_that_is_set_back_delays_nobody_longer_than_the_quota_does(clock: Clock) -> None:
    assert take()
    clock.advance(hours=-5)
    standing = buckets.take(ADA, Bucket.GENERATION, TWO_A_MINUTE)
    assert standing == buckets.Standing(admitted=False, remaining=0, full_in=60, next_in=30)
    clock.advance(seconds=30)
    assert take()


@pytest.mark.usefixtures("clock")
def test_a_quota_that_was_made_smaller_holds_at_once() -> None:
    for _ in range(60):
        assert take(quota=Quota(60, 3600))
    standing = buckets.take(ADA, Bucket.GENERATION, TWO_A_MINUTE)
    assert standing == buckets.Standing(admitted=False, remaining=0, full_in=60, next_in=30)


def test_full_buckets_are_forgotten(clock: Clock) -> None:
    take()
    take(Owner("mary"))
    clock.advance(seconds=29)
    take()
    clock.advance(seconds=1)
    buckets.remove_full()
    assert rows() == 1
    assert [take(), take()] == [True, False]
