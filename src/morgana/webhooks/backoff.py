"""When a delivery that failed is tried again: soon at first, then ever more rarely, for a day."""

import random
from typing import Final

_MINUTE, _HOUR = 60.0, 3600.0

# Seconds from one attempt to the next; the first is made at once. In all 23.7 hours.
DELAYS: Final = (
    5.0,
    30.0,
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    1 * _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    6 * _HOUR,
    10 * _HOUR,
)
_JITTER = 0.2  # up to this share is taken off, so that what failed together does not come back together


def delay(retries: int) -> float | None:
    """Seconds until the next attempt after as many retries; None if there is none."""
    if retries >= len(DELAYS):
        return None
    return DELAYS[retries] * (1 - _JITTER * random.random())  # noqa: S311 (no secret)
