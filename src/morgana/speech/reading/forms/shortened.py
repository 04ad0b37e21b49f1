"""Abbreviations and Roman numerals."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from morgana.speech.reading.forms.numbers import ALONE_AFTER, ALONE_BEFORE, Pieces, cardinal, ordinal
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_ROMAN: Final = r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
# By themselves only those that are neither words nor other abbreviations.
_SURE: Final = re.compile(
    rf"{ALONE_BEFORE}(?:I{{2,3}}|IV|VI{{1,3}}|IX|X{{1,3}}(?:IX|[IV]{{1,4}})){ALONE_AFTER}"
)
_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    yield from _replaced(text, locale.titles, _titles(locale))
    yield from _replaced(text, locale.before, _shortened(tuple(locale.before)))
    yield from _replaced(
        text, locale.numbered, _shortened(tuple(locale.numbered), r"(?=\s?[A-Z]?\d|\s[IVXLC]+\b)")
    )
    for pieces in _replaced(text, locale.abbreviations, _shortened(tuple(locale.abbreviations))):
        # The dot of an abbreviation is at the end of a sentence the sentence's, too.
        piece = pieces[0]
        last = text[piece.end - 1] == "." and not text[piece.end :].strip(" \"')»”")
        yield (Piece(piece.start, piece.end - last, piece.spoken),)
    yield from romans(text, locale)


def _replaced(text: str, table: Mapping[str, str], pattern: re.Pattern[str] | None) -> Iterator[Pieces]:
    for found in pattern.finditer(text) if pattern else ():
        yield (Piece(found.start(1), found.end(1), table[found[1]]),)


@cache
def _titles(locale: Locale) -> re.Pattern[str] | None:
    """Titles stand before a name: "St. Paul", but "Main St."; of "Dr. King Dr." the first."""
    names = "|".join(map(re.escape, sorted(locale.titles, key=len, reverse=True)))
    starters = "|".join(word.capitalize() for word in locale.words.get("starters", "-").split())
    name = rf"(?!\s(?:{starters})\b)(?=\s?(?:(?:and|&|y|et|e)\s)?[A-ZÀ-Þ\u0900-\u097f])"
    return re.compile(rf"{ALONE_BEFORE}({names}){name}") if names else None


@cache
def _shortened(shorts: tuple[str, ...], following: str = ALONE_AFTER) -> re.Pattern[str] | None:
    names = "|".join(map(re.escape, sorted(shorts, key=len, reverse=True)))
    return re.compile(rf"{ALONE_BEFORE}({names}){following}") if names else None


def romans(text: str, locale: Locale) -> Iterator[Pieces]:
    """Those after a ruler's name or a word such as "chapter", and those that can be nothing else."""
    for kind in ("ordinal", "followed", "cardinal", "suffixed"):
        pattern = _after_words(locale, kind)
        for found in pattern.finditer(text) if pattern else ():
            if value := roman(found["roman"]):
                yield (Piece(found.start("roman"), found.end(), _said(value, kind, locale)),)
    for found in _SURE.finditer(text) if locale.roman else ():
        if value := roman(found[0]):
            yield (Piece(found.start(), found.end(), cardinal(str(value), locale)),)


@cache
def _after_words(locale: Locale, kind: str) -> re.Pattern[str] | None:
    words = locale.roman.get(kind)
    if not words:
        return None
    if kind == "suffixed":  # French XXe
        return re.compile(rf"{ALONE_BEFORE}(?P<roman>(?=[IVX]+[a-zè]){_ROMAN})(?P<rest>{words}){ALONE_AFTER}")
    if kind == "followed":  # Italian XX secolo
        return re.compile(rf"{ALONE_BEFORE}(?P<roman>{_ROMAN})(?=\s(?:{words})\b)")
    return re.compile(rf"\b(?:{words})\s(?P<roman>{_ROMAN}){ALONE_AFTER}(?!\.\w|'(?!s\b))")


def _said(value: int, kind: str, locale: Locale) -> str:
    if kind == "cardinal" or value > int(locale.roman.get("largest_ordinal", "3999")):
        return cardinal(str(value), locale)
    return locale.roman.get("reading", "{n}").format(n=ordinal(value, locale))


def roman(written: str) -> int:
    """The value of a Roman numeral, 0 for what is none."""
    if not re.fullmatch(_ROMAN, written):
        return 0
    values = [_VALUES[letter] for letter in written]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
