"""Ordinals, fractions, ranges, versions and numbered things: 1st, ½, 3/4, 10–20, v2.0.1, #1."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from morgana.speech.reading.forms.numbers import (
    ALONE_AFTER,
    ALONE_BEFORE,
    Pieces,
    cardinal,
    digits,
    number,
    ordinal,
    plain,
)
from morgana.speech.reading.forms.quantities import unit_name, units
from morgana.speech.reading.forms.spelling import code
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_VULGAR: Final = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅐": (1, 7),
    "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
_VERSION: Final = re.compile(
    rf"{ALONE_BEFORE}(?P<v>[vV]\.?\s?)?(?P<n>\d+(?:\.\d+){{2,}}|(?<=[vV])\d+(?:\.\d+)+|(?<=[vV])\d+){ALONE_AFTER}"
)
_NUMBERED: Final = re.compile(rf"(?<![^\W_])#\s?(\d+){ALONE_AFTER}")
_NUMBERED_CODE: Final = re.compile(r"(?<![\w#&/])#(?=[A-Z]{1,4}-\d|[A-Z]{1,3}\d{3})")
_RATIO: Final = re.compile(rf"(?<=\d)(:)(?=\d{{1,3}}{ALONE_AFTER})")
_FEET: Final = re.compile(rf"{ALONE_BEFORE}(\d)'\s?(\d{{1,2}})(?:\"|''|{ALONE_AFTER})")
_TIMES: Final = re.compile(
    rf"{ALONE_BEFORE}(?<![-+=*/(])(?<![-+=] )(\d{{1,3}})x{ALONE_AFTER}(?!\s?[-+=*/^<>≤≥])"
)
_POWER: Final = re.compile(r"(?<=[\w)])([²³])")


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    yield from _ordinals(text, locale)
    yield from _fractions(text, locale)
    yield from _versions(text, locale)
    yield from _numbered(text, locale)
    for found in _POWER.finditer(text):
        name = "squared" if found[1] == "²" else "cubed"
        yield (Piece(found.start(), found.end(), locale.templates[name].replace("{n}", "")),)
    yield from _multiples(text, locale)
    for found in _RATIO.finditer(text):
        said = (
            f" {locale.words['to']} " if not locale.dense else locale.words.get("ratio", locale.words["to"])
        )
        yield (Piece(found.start(1), found.end(1), said),)
    if locale.language == "en":
        for found in _FEET.finditer(text):
            said = f"{cardinal(found[1], locale)} foot {cardinal(found[2], locale)}"
            yield (Piece(found.start(), found.end(), said),)
    yield from _ranges(text, locale)


def _versions(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _VERSION.finditer(text):
        if not found["v"] and re.fullmatch(number(locale), found["n"]):
            continue  # 1.234.567 is one number in many languages
        word = f"{locale.words['version']} " if found["v"] else ""
        joint = f" {locale.words['point']} "
        said = joint.join(
            digits(part, locale) if part[0] == "0" else cardinal(part, locale)
            for part in found["n"].split(".")
        )
        yield (Piece(found.start(), found.end(), word + said),)


def _numbered(text: str, locale: Locale) -> Iterator[Pieces]:
    """#1, #A-1234."""
    for found in _NUMBERED.finditer(text):
        yield (Piece(found.start(), found.end(), f"{locale.words['number']} {cardinal(found[1], locale)}"),)
    for found in _NUMBERED_CODE.finditer(text):
        yield (Piece(found.start(), found.end(), f"{locale.words['number']} "),)


def _multiples(text: str, locale: Locale) -> Iterator[Pieces]:
    """3x4, and 10x faster."""
    if "by" not in locale.words:
        return
    for found in _by(locale).finditer(text):
        yield tuple(_sizes(found, locale))
    for found in _TIMES.finditer(text):
        said = f"{cardinal(found[1], locale, 'feminine')} {locale.words['times']}"
        yield (Piece(found.start(), found.end(), said),)


@cache
def _by(locale: Locale) -> re.Pattern[str]:
    bare = number(locale)
    return re.compile(rf"{ALONE_BEFORE}{bare}(?:\s?x\s?{bare}){{1,2}}{ALONE_AFTER}")


def _sizes(found: re.Match[str], locale: Locale) -> Iterator[Piece]:
    """3x4, 1920 x 1080: the numbers, and a word for each x."""
    for part in re.finditer(r"\s?x\s?|[^x\s]+", found[0]):
        start, end = found.start() + part.start(), found.start() + part.end()
        if part[0].strip() == "x":
            yield Piece(start, end, f" {locale.words['by']} ")
        else:
            paired = part[0].isdigit() and len(part[0]) == len("1080")
            said = code(part[0], locale) if paired else cardinal(part[0], locale)
            yield Piece(start, end, said)


def _ordinals(text: str, locale: Locale) -> Iterator[Pieces]:
    if not locale.ordinal:
        return
    for found in _ordinal(locale).finditer(text):
        gender = found.lastgroup or ""
        value = int(found[gender or 1])
        yield (Piece(found.start(), found.end(), ordinal(value, locale, gender)),)


@cache
def _ordinal(locale: Locale) -> re.Pattern[str]:
    return re.compile(rf"{ALONE_BEFORE}(?:{locale.ordinal}){ALONE_AFTER}")


def _fractions(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _vulgars(locale).finditer(text):
        said = _measured(mixed(found[1], *_VULGAR[found[2]], locale), found, locale)
        yield (Piece(found.start(), found.end(), said),)
    for found in _simple(locale).finditer(text):
        above, below = int(found[2]), int(found[3])
        if 0 < above < below and (below in locale.fractions or not locale.fractions):
            said = _measured(mixed(found[1], above, below, locale), found, locale)
            yield (Piece(found.start(), found.end(), said),)
        else:
            joint = f" {locale.words['out_of']} " if above == below and "out_of" in locale.words else " "
            said = f"{cardinal(found[2], locale)}{joint}{cardinal(found[3], locale)}"
            yield (Piece(found.start(2), found.end(3), said),)


def _measured(said: str, found: re.Match[str], locale: Locale) -> str:
    """A fraction with its unit, if it has one; `found` has the whole number before it as its first group."""
    if found["unit"]:
        said = unit_name(found["unit"], "2" if found[1] else "1", locale).replace("\0", said)
    return said.replace(" ", "") if locale.dense else said


@cache
def _vulgars(locale: Locale) -> re.Pattern[str]:
    return re.compile(rf"(?:(\d+)[ ]?)?([{''.join(_VULGAR)}]){_unit(locale)}")


@cache
def _simple(locale: Locale) -> re.Pattern[str]:
    return re.compile(
        rf"{ALONE_BEFORE}(?<![/.,])(?:(\d+) )?(\d{{1,3}})/(\d{{1,3}})(?![/.]?\d){ALONE_AFTER}{_unit(locale)}"
    )


def _unit(locale: Locale) -> str:
    return rf"(?:\s?(?P<unit>{units(locale)}){ALONE_AFTER})?"


def mixed(whole: str | None, above: int, below: int, locale: Locale) -> str:
    """A fraction, perhaps after a whole number: three and a half."""
    part = fraction(above, below, locale)
    if not whole:
        return part
    if above == 1 and "one_of" in locale.templates:
        part = (
            locale.templates["one_of"].format(d=locale.fractions[below][0])
            if below in locale.fractions
            else part
        )
    if (above, below) == (1, 2) and "half" in locale.words:
        part = locale.words["half"]
    return locale.templates["mixed"].format(whole=cardinal(whole, locale), fraction=part)


def fraction(above: int, below: int, locale: Locale) -> str:
    numerator = cardinal(str(above), locale, "masculine")
    forms = locale.fractions.get(below)
    denominator = (forms[0] if above == 1 else forms[-1]) if forms else cardinal(str(below), locale)
    if (above, below) == (1, 2) and "one_half" in locale.words:
        return locale.words["one_half"]
    return locale.templates["fraction"].format(n=numerator, d=denominator)


def _ranges(text: str, locale: Locale) -> Iterator[Pieces]:
    """10–20: both numbers as they would be read alone, with a word for the dash."""
    space = "" if locale.dense else " "
    for found in _range(locale).finditer(text):
        first, last = found["first"], found["last"]
        dash = text[found.end("first") : found.start("last")]
        to = locale.words.get("hyphen", locale.words["to"]) if dash == "-" else locale.words["to"]
        yield (
            Piece(*found.span("first"), plain(first, text, found.end("first"), locale)),
            Piece(found.end("first"), found.start("last"), f"{space}{to}{space}"),
            Piece(*found.span("last"), plain(last, text, found.end("last"), locale)),
        )


@cache
def _range(locale: Locale) -> re.Pattern[str]:
    bare = number(locale)
    return re.compile(
        rf"{ALONE_BEFORE}(?<!\d[.,])(?<![–-])(?P<first>{bare})(?:[-–—~〜～]|\s[–—]\s)(?P<last>{bare})(?![.,]?\d|[-–]\d){ALONE_AFTER}"
    )
