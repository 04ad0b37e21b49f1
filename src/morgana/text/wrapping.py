"""Where to break lines: as few as fit, evenly filled, at punctuation rather than elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import inf

_PREFERENCE = 0.12  # what a break at a good place may cost in evenness: a third of a line
_ORPHAN = 0.5
_SHORT = 0.45  # of the line before it: a last line shorter than this, of one word, is an orphan


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
    lack of the mean is least, with a discount for good places and a price for an orphan (one word alone on a
    last line that is much shorter).
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
    mean = sum(piece.width + piece.gap for piece in pieces) / count

    @cache
    def rest(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            return _cost(pieces, start, total, width, mean), (total,)
        options = [
            (cost + behind, (end, *ends))
            for end in range(start + 1, total - left + 2)
            if (cost := _cost(pieces, start, end, width, mean)) < inf
            for behind, ends in [rest(end, left - 1)]
        ]
        return min(options, default=(inf, ()))

    return rest(0, count)


def _cost(pieces: Sequence[Piece], start: int, end: int, width: float, mean: float) -> float:
    length = _length(pieces, start, end)
    if length > width:
        return inf
    cost = ((length - mean) / mean) ** 2 if mean else 0.0
    if end < len(pieces):
        return cost - _PREFERENCE * pieces[end - 1].preference
    alone = end - start == 1 and start > 0
    return cost + (_ORPHAN if alone and length < _SHORT * mean else 0.0)


def _length(pieces: Sequence[Piece], start: int, end: int) -> float:
    inside = pieces[start:end]
    return sum(piece.width + piece.gap for piece in inside) - inside[-1].gap
