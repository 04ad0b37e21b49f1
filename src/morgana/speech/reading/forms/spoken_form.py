"""From written to spoken form: every module of forms finds its own, the first to find a place has it."""

from collections.abc import Callable, Iterator
from typing import Final

from morgana.speech.reading.forms import (
    addresses,
    counting,
    dates,
    markup,
    numbers,
    quantities,
    shortened,
    spelling,
    symbols,
    times,
)
from morgana.speech.reading.forms.numbers import Pieces
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece, Spoken, join

Finder = Callable[[str, Locale], Iterator[Pieces]]
_ALWAYS_FIRST: Final[tuple[Finder, ...]] = (markup.find, addresses.find)
_WITH_DIGITS: Final[tuple[Finder, ...]] = (
    dates.find,
    times.find,
    addresses.telephones,
    quantities.find,
)
_COUNTED: Final[tuple[Finder, ...]] = (counting.find,)
_WORDS: Final[tuple[Finder, ...]] = (shortened.find, spelling.find)


def spoken_form(text: str, locale: Locale, *, name_emoji: bool = False) -> Spoken:
    """What is said for `text`, one sentence. name_emoji: read emoji by their names, do not leave them out."""
    taken: list[Piece] = []
    occupied = bytearray(len(text))
    for find in _finders(text, name_emoji=name_emoji):
        for pieces in find(text, locale):
            start, end = pieces[0].start, pieces[-1].end
            if start < end and not any(occupied[start:end]):
                occupied[start:end] = b"\1" * (end - start)
                taken += pieces
    return _spaced(join(_filled(text, sorted(taken, key=lambda piece: piece.start))), locale)


def _finders(text: str, *, name_emoji: bool) -> Iterator[Finder]:
    if name_emoji:
        yield markup.names
    yield from _ALWAYS_FIRST
    has_digits = any(character.isdigit() for character in text)
    if has_digits:
        yield from _WITH_DIGITS
    yield from _COUNTED
    yield from _WORDS
    if has_digits:
        yield numbers.find
    yield symbols.find


def _filled(text: str, pieces: list[Piece]) -> Iterator[Piece]:
    """`pieces` with what is between them, character by character."""
    reached = 0
    for piece in [*pieces, Piece(len(text), len(text), "")]:
        for place in range(reached, piece.start):
            yield Piece(place, place + 1, text[place])
        yield piece
        reached = piece.end


def _spaced(spoken: Spoken, locale: Locale) -> Spoken:
    """With exactly one space between words: where a spoken form meets letters, and where it was empty."""
    pieces: list[Piece] = []
    for index, (letter, start, end) in enumerate(zip(spoken.text, spoken.starts, spoken.ends, strict=True)):
        before = pieces[-1].spoken if pieces else " "
        if letter == " " and before[-1:] == " ":
            continue
        meets = (
            index > 0 and start != spoken.starts[index - 1] and (end - start > 1 or _wide(spoken, index - 1))
        )
        if meets and not locale.dense and letter.isalnum() and before[-1].isalnum():
            pieces.append(Piece(start, end, " "))
        pieces.append(Piece(start, end, letter))
    while pieces and pieces[-1].spoken == " ":
        pieces.pop()
    return join(pieces)


def _wide(spoken: Spoken, index: int) -> bool:
    return spoken.ends[index] - spoken.starts[index] > 1
