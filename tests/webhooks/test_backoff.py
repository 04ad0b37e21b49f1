import random

import pytest

from morgana.webhooks.backoff import DELAYS, delay

DAY = 24 * 3600


def _schedule() -> list[float]:
    delays: list[float] = []
    while (seconds := delay(len(delays))) is not None:
        delays.append(seconds)
    return delays


def test_it_is_tried_soon_then_ever_more_rarely_for_a_day() -> None:
    random.seed(1)
    for _ in range(200):
        schedule = _schedule()
        assert len(schedule) == len(DELAYS) == 10
        assert schedule[0] <= 5
        assert schedule == sorted(schedule)
        assert 0.75 * DAY < sum(schedule) <= DAY
    assert sum(DELAYS) > 0.95 * DAY


def test_what_failed_together_does_not_come_back_together() -> None:
    random.seed(2)
    delays = [delay(5) for _ in range(1000)]
    assert len(set(delays)) > 900
    assert min(filter(None, delays)) == pytest.approx(0.8 * DELAYS[5], rel=0.01)
    assert max(filter(None, delays)) == pytest.approx(DELAYS[5], rel=0.01)
