"""The progress of a pull, drawn on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from morgana.progress import Progress

_WIDTH = 40  # characters


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar that fills in place on a terminal; a line for every tenth where stderr goes to a file."""
    shown = -1

    def draw(share: float) -> None:
        nonlocal shown
        percent = int(share * 100)
        if sys.stderr.isatty() and percent != shown:
            bar = "#" * (percent * _WIDTH // 100)
            sys.stderr.write(f"\r{label} [{bar:<{_WIDTH}}] {percent:3} %")
        elif percent // 10 != shown // 10:
            sys.stderr.write(f"{label}: {percent} %\n")
        sys.stderr.flush()
        shown = percent

    try:
        yield draw
    finally:
        if sys.stderr.isatty() and shown >= 0:
            sys.stderr.write("\n")
