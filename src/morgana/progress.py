"""How a pipeline reports how far it is."""

from collections.abc import Callable

# Called with the finished share of the work, 0.0 to 1.0, never decreasing.
Progress = Callable[[float], None]


def ignore(_share: float) -> None:
    """A `Progress` for callers that do not want to know."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """A `Progress` for one stage: its own 0..1 reported to `progress` as `start`..`end`."""
    return lambda share: progress(start + (end - start) * min(max(share, 0.0), 1.0))
