"""Where to break lines: as few as fit, evenly filled, at punctuation rather than elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import inf

_PREFERENCE = 0.12  # what a break at a good place may cost in evenness: a third of a line


@dataclass(frozen=True, slots=True)
class Piece:
    """What is never broken: its width, the gap to the next on its line, how good a break behind it is.

    preference: 0 for any place, 1 for the end of a sentence, -1 where a break reads badly.
    """

    width: float
    gap: float
    preference: float = 0.0


def break_lines(pieces: Sequence[Piece], width: float, max_lines: int) -> list[range] | None:
    """The numbers of the pieces on each line; None if they do not fit into `max_lines` lines.

    Of the smallest number of lines that holds them, the breaks for which the sum of squares of what the lines
    lack of the mean is least, with a discount for good places. So a word alone on the last line is rare.
    """
    if not pieces:
        return []
    for count in range(1, min(max_lines, len(pieces)) + 1):
        cost, ends = _best(pieces, width, count)
        if cost < inf:
            return [range(start, end) for start, end in zip((0, *ends[:-1]), ends, strict=True)]
    return None


def _best(pieces: Sequence[Piece], width: float, count: int) -> tuple[float, tuple[int, ...]]:
    """The least cost of `count` lines, and where they end."""
    total = len(pieces)
    starts = [0.0, *accumulate(piece.width + piece.gap for piece in pieces)]
    mean = starts[-1] / count

    def length(start: int, end: int) -> float:
        return starts[end] - starts[start] - pieces[end - 1].gap

    @cache
    def rest(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            last = length(start, total)
            return (_unevenness(last, mean) if last <= width else inf), (total,)
        best: tuple[float, tuple[int, ...]] = (inf, ())
        for end in range(start + 1, total - left + 2):
            long = length(start, end)
            if long > width:
                break
            behind, ends = rest(end, left - 1)
            cost = _unevenness(long, mean) - _PREFERENCE * pieces[end - 1].preference + behind
            best = min(best, (cost, (end, *ends)))
        return best

    return rest(0, count)


def _unevenness(length: float, mean: float) -> float:
    return ((length - mean) / mean) ** 2 if mean else 0.0
