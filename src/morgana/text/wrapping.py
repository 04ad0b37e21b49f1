"""Where to break lines: as few as fit, evenly filled, at punctuation rather than elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import inf

_ORPHAN = 2.0  # what a lone piece on the last line costs: more than any unevenness that is worth having
_PREFERENCE = 0.12  # what a break at a good place may cost in evenness: a third of a line


@dataclass(frozen=True, slots=True)
class Piece:
    """What is never broken: its width, the gap to the next on its line, how good a break behind it is.

    preference: 0 for any place, 1 for the end of a sentence, -1 where a break reads badly.
    ends_line: whether a line has to end behind it.
    """

    width: float
    gap: float
    preference: float = 0.0
    ends_line: bool = False


def break_lines(
    pieces: Sequence[Piece], width: float, max_lines: int, min_lines: int = 1
) -> list[range] | None:
    """The numbers of the pieces on each line; None if they do not fit into `max_lines` lines.

    Of the smallest number of lines that holds them, but `min_lines` if there are pieces enough, the breaks
    for which the sum of squares of what the lines lack of the mean is least, with a discount for good places.
    A piece is alone on the last line only where nothing else fits.
    """
    if not pieces:
        return []
    for count in range(min(min_lines, len(pieces)), min(max_lines, len(pieces)) + 1):
        cost, ends = _best(pieces, width, count)
        if cost < inf:
            return [range(start, end) for start, end in zip((0, *ends[:-1]), ends, strict=True)]
    return None


def _best(pieces: Sequence[Piece], width: float, count: int) -> tuple[float, tuple[int, ...]]:
    """The least cost of `count` lines, and where they end."""
    total = len(pieces)
    latest = _latest_ends(pieces)
    starts = [0.0, *accumulate(piece.width + piece.gap for piece in pieces)]
    mean = starts[-1] / count

    def length(start: int, end: int) -> float:
        return starts[end] - starts[start] - pieces[end - 1].gap

    @cache
    def rest(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            last = length(start, total)
            alone = (
                _ORPHAN if start == total - 1 and count < total and not pieces[start - 1].ends_line else 0.0
            )
            fits = last <= width and latest[start] == total
            return (_unevenness(last, mean) + alone if fits else inf), (total,)
        best: tuple[float, tuple[int, ...]] = (inf, ())
        for end in range(start + 1, min(total - left + 1, latest[start]) + 1):
            long = length(start, end)
            if long > width:
                break
            behind, ends = rest(end, left - 1)
            cost = _unevenness(long, mean) - _PREFERENCE * pieces[end - 1].preference + behind
            best = min(best, (cost, (end, *ends)))
        return best

    return rest(0, count)


def _latest_ends(pieces: Sequence[Piece]) -> list[int]:
    """For each piece, where a line that begins with it has to end at the latest."""
    ends = [len(pieces)] * len(pieces)
    for number in range(len(pieces) - 1, -1, -1):
        if pieces[number].ends_line:
            ends[number] = number + 1
        elif number + 1 < len(pieces):
            ends[number] = ends[number + 1]
    return ends


def _unevenness(length: float, mean: float) -> float:
    return ((length - mean) / mean) ** 2 if mean else 0.0
