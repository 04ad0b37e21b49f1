"""Numbers as words: cardinals, decimals, years, ordinals, digit by digit."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

Pieces = tuple[Piece, ...]

# What may not stand beside a number or symbol for it to be one. Scripts without spaces may.
_LETTER: Final = r"0-9A-Za-zÀ-ÖØ-öø-ɏ\u0400-\u04ff\u0900-\u0963"
ALONE_BEFORE: Final = rf"(?<![{_LETTER}_])"
ALONE_AFTER: Final = rf"(?![{_LETTER}_])"
SIGN: Final = rf"(?:(?<![{_LETTER})%\]])[-+±])?"
_LARGEST: Final = 15  # digits that are read as one number
_LONGEST_BARE: Final = 9  # digits without separators that are; a longer run is a code


@cache
def number(locale: Locale) -> str:
    """A regular expression, without groups, for a number as the language writes it."""
    group = locale.group
    # Indian numbers have groups of two above the thousands.
    grouped = (
        rf"\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}(?!\d)"
        if locale.language == "hi"
        else (rf"\d{{1,3}}(?:{group}\d{{3}})+(?!\d)")
    )
    bare = r"|(?<![\w.)])\.\d+" if locale.point == r"\." else ""  # .5
    return rf"(?:(?:{grouped}|\d+)(?:{locale.point}\d+)?{bare})"


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _plain(locale).finditer(text):
        yield (Piece(found.start(), found.end(), plain(found[0], text, found.end(), locale)),)


@cache
def _plain(locale: Locale) -> re.Pattern[str]:
    return re.compile(rf"{SIGN}{number(locale)}")


def plain(written: str, text: str, end: int, locale: Locale) -> str:
    """A number that counts nothing in particular; of some it is clear that they are years."""
    if locale.years == "digits" and re.match(r"\s?年", text[end : end + 2]) and len(written) == 4:
        return digits(written, locale)
    if locale.years == "pairs" and is_year(written):
        return year(int(written), locale)
    if locale.language == "zh" and text[: end - len(written)].endswith("第"):
        return spell(int(written), locale, "small") if written.isdigit() else cardinal(written, locale)
    following = text[end : end + 1]
    if written == "2" and following and following in locale.words.get("classifiers", ""):
        return locale.words["two"]
    return cardinal(written, locale, _agreement(written, text[end : end + 20], locale))


def _agreement(written: str, following: str, locale: Locale) -> str:
    """The gender of what a number counts, by the look of the next word, where the language tells."""
    for gender, pattern in locale.agreement.items():
        if re.match(rf"\s(?:{pattern})\b", following) and ("one" not in gender or written == "1"):
            return gender.removesuffix("_one")
    return "number"


def is_year(written: str) -> bool:
    return (
        len(written) == 4
        and written.isdigit()
        and (1100 <= int(written) < 2000 or 2010 <= int(written) < 2100)
    )


def year(value: int, locale: Locale) -> str:
    if locale.years == "digits":
        return digits(str(value), locale)
    return spell(value, locale, "year" if is_year(str(value)) else "number")


def cardinal(written: str, locale: Locale, gender: str = "number") -> str:
    """A number as it was written, with its sign, groups and decimals.

    gender: "number" for one by itself, "masculine" or "feminine" for one that counts something.
    """
    sign = {"-": "minus", "+": "plus", "±": "plus_minus"}.get(written[:1], "")
    whole, fraction = split(written, locale)
    if not fraction and _is_code(whole, written):
        spoken = digits(whole, locale)
    elif fraction:
        before = f"{spell(int(whole), locale)} " if whole else ""
        spoken = f"{before}{locale.words['point']} {_decimals(fraction, locale)}"
    else:
        spoken = spell(int(whole), locale, gender)
    if sign:
        spoken = f"{locale.words.get(sign, locale.symbols.get('±', ''))} {spoken}"
    return spoken.replace(" ", "") if locale.dense else spoken


def split(written: str, locale: Locale) -> tuple[str, str]:
    """The digits before and after the decimal point."""
    bare = written.lstrip("-+±")
    if re.fullmatch(rf"\d{{1,3}}(?:{locale.group}\d{{2,3}})*{locale.group}\d{{3}}", bare):
        return re.sub(r"\D", "", bare), ""
    parts = re.fullmatch(rf"(.*?)(?:{locale.point}(\d+))?", bare)
    assert parts is not None  # noqa: S101  # the pattern takes anything
    return re.sub(r"\D", "", parts[1]), parts[2] or ""


def _is_code(whole: str, written: str) -> bool:
    bare = written.lstrip("-+±")
    long = len(whole) > (_LONGEST_BARE if bare.isdigit() else _LARGEST)
    round_number = len(whole) <= _LARGEST and whole.endswith("000000")
    return (long and not round_number) or (len(whole) > 1 and whole[0] == "0")


def _decimals(fraction: str, locale: Locale) -> str:
    if locale.decimals == "digits" or len(fraction) > 3:
        return digits(fraction, locale)
    bare = fraction.lstrip("0")
    zeros = [spell(0, locale)] * (len(fraction) - len(bare))
    return " ".join([*zeros, spell(int(bare), locale)] if bare else zeros)


def digits(written: str, locale: Locale) -> str:
    """Digit by digit."""
    return ("" if locale.dense else " ").join(
        spell(int(digit), locale) for digit in written if digit.isdigit()
    )


def ordinal(value: int, locale: Locale, gender: str = "") -> str:
    """gender: one of those that the language's rules tell apart, else the usual one is taken."""
    rule = f"ordinal_{gender}"
    return spell(value, locale, rule if rule in locale.rules else "ordinal")


def spell(value: int, locale: Locale, rule: str = "number") -> str:
    """A whole number by one of the language's rules; digit by digit if there is no word for it."""
    if len(str(value)) > _LARGEST:
        return digits(str(value), locale)
    if rule in ("number", "masculine") and value < 20 and "small" in locale.rules:
        rule = "small"  # 二, although 两百
    return _spelled(value, locale, rule)


@lru_cache(10_000)
def _spelled(value: int, locale: Locale, rule: str) -> str:
    text = locale.engine.format_number(
        value, ruleset_names=[locale.rules.get(rule, locale.rules["number"])]
    ).text
    plain = text.replace("\u00ad", "")
    if locale.language == "zh":
        return plain.replace("〇", "零").replace("兆", "万亿")  # 兆 is also a million
    return plain.replace("〇", "ゼロ")
