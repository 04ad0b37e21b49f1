"""A text as it is said, each of whose characters knows the written ones it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters start..end of a text are said as `spoken`; empty is silence.

    language: of a piece that is read in another language than the text, None for the same.
    """

    start: int
    end: int
    spoken: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """text: what is said; starts, ends: for each of its characters the place of what it stands for."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place that characters start..end stand for."""
        return min(self.starts[start:end]), max(self.ends[start:end])

    def part(self, start: int, end: int) -> "Spoken":
        return Spoken(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def over(self, below: "Spoken") -> "Spoken":
        """This, with places in `below`'s text turned into the places that `below` knows."""
        places = [below.origin(start, end) for start, end in zip(self.starts, self.ends, strict=True)]
        return Spoken(self.text, tuple(start for start, _ in places), tuple(end for _, end in places))


def join(pieces: Iterable[Piece]) -> Spoken:
    """One text of `pieces`, which are in order."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in pieces:
        letters.append(piece.spoken)
        starts += [piece.start] * len(piece.spoken)
        ends += [piece.end] * len(piece.spoken)
    return Spoken("".join(letters), tuple(starts), tuple(ends))
