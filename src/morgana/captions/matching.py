"""Which words of two texts are the same ones, both in order, however long they are."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LONG: Final = 1_000_000  # tokens times tokens: the work of comparing each with each, a second at most
_CELLS: Final = 64_000_000  # of a table of steps, a byte each: a second
_NARROWEST: Final = 256  # tokens that one may be away from its place, at least


def matched(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places in `one` and in `other` of tokens that are equal, ascending in both."""
    if len(one) * len(other) <= _LONG:
        yield from _blocks(one, other, rare=False)
        return
    # In a long text a match begins with a token that is rare in it; what lies between is found by position.
    anchors = [(-1, -1), *_blocks(one, other, rare=True), (len(one), len(other))]
    for (a, b), (next_a, next_b) in pairwise(anchors):
        if a >= 0:
            yield a, b
        for step_a, step_b in _by_position(one[a + 1 : next_a], other[b + 1 : next_b]):
            yield a + 1 + step_a, b + 1 + step_b


def _blocks(one: Sequence[str], other: Sequence[str], *, rare: bool) -> Iterator[tuple[int, int]]:
    for block in SequenceMatcher(None, one, other, autojunk=rare).get_matching_blocks():
        yield from ((block.a + step, block.b + step) for step in range(block.size))


def _by_position(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The best common subsequence in which no token is far from its place, by dynamic programming.

    A match counts twice, and once more for each neighbour that matches too: runs go before single tokens.
    """
    if not one or not other:
        return []
    numbers = {token: number for number, token in enumerate(dict.fromkeys([*one, *other]))}
    rows = np.array([-1, *(numbers[token] for token in one), -1])
    columns = np.array([-2, *(numbers[token] for token in other), -2])
    bands = _bands(len(one), len(other))
    best = np.zeros(len(other) + 1, np.int32)
    steps = []
    for row, (low, high) in enumerate(bands, 1):
        same = (columns[low + 1 : high + 1] == rows[row]).astype(np.int32)
        beside = (columns[low:high] == rows[row - 1]) + (columns[low + 2 : high + 2] == rows[row + 1]).astype(
            np.int32
        )
        through, above = best[low:high] + same * (2 + beside), best[low + 1 : high + 1]
        reached = np.maximum.accumulate(np.maximum(np.maximum(through, above), best[low]))
        steps.append(
            np.where((same > 0) & (through == reached), _MATCH, (reached == above) * _UP).astype(np.uint8)
        )
        best[low + 1 : high + 1] = reached
    return _traced(steps, bands, len(other))


_MATCH: Final = 2
_UP: Final = 1


def _bands(rows: int, columns: int) -> list[tuple[int, int]]:
    """The columns that each row is compared with."""
    half = max(_CELLS // rows, _NARROWEST) // 2
    middles = [row * columns // rows for row in range(rows)]
    bands = [(max(middle - half, 0), min(middle + half, columns)) for middle in middles]
    return [*bands[:-1], (bands[-1][0], columns)]


def _traced(
    steps: Sequence[NDArray[np.uint8]], bands: Sequence[tuple[int, int]], columns: int
) -> list[tuple[int, int]]:
    """The matches on the best way, from its end."""
    found, row, column = [], len(steps), columns
    while row and column:
        low, high = bands[row - 1]
        column = min(column, high)
        step = steps[row - 1][column - 1 - low] if column > low else _UP
        if step == _MATCH:
            found.append((row - 1, column - 1))
        row -= step in (_MATCH, _UP)
        column -= step != _UP
    return found[::-1]
