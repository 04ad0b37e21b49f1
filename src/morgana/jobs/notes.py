"""What a child tells beside its progress: which stage begins, and lines for the log."""

import logging
from dataclasses import dataclass
from typing import Final

import structlog

from morgana.stages import Stage

_LEVELS: Final = {"debug", "info", "warning", "error", "critical"}
_MOST_LINES = 500  # of one job; a child that was taken over must not fill the log
_LONGEST = 8_000  # characters

log = structlog.get_logger()


@dataclass(frozen=True)
class Line:
    """A line that something in the child logged."""

    level: str
    logger: str
    text: str

    def __post_init__(self) -> None:
        if self.level not in _LEVELS:
            raise ValueError("the child logs at a level that there is not")


Note = Stage | Line


class Lines:
    """The lines of one job on their way to this process's own log, whose ids they get."""

    def __init__(self) -> None:
        self._count = 0

    def write(self, line: Line) -> None:
        self._count += 1
        if self._count <= _MOST_LINES:
            level = logging.getLevelNamesMapping()[line.level.upper()]
            log.log(level, line.text[:_LONGEST], logger=line.logger[:100], source="child")
        elif self._count == _MOST_LINES + 1:
            log.warning("the child logs too much; the rest is left out", source="child")
