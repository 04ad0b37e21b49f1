"""Acronyms, letters and codes: NASA, FBI, MP3, B2B, COVID-19, camelCase, SHOUTING."""

import re
from collections.abc import Iterator
from typing import Final

from morgana.speech.reading.forms.numbers import ALONE_AFTER, ALONE_BEFORE, Pieces, cardinal, digits
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_UPPER: Final = "A-ZÀ-ÖØ-Þ"
_LOWER: Final = "a-zß-öø-ÿ"
_CAPITALS: Final = re.compile(rf"{ALONE_BEFORE}[{_UPPER}]{{2,}}(?:s|'s)?{ALONE_AFTER}")
_DOTTED: Final = re.compile(rf"{ALONE_BEFORE}(?:[{_UPPER}]\.){{2,}}[{_UPPER}]?{ALONE_AFTER}")
_PART: Final = rf"[{_UPPER}{_LOWER}\d]+"
_CODE: Final = re.compile(
    rf"{ALONE_BEFORE}(?<!\d[.,])(?=[{_UPPER}{_LOWER}-]*\d)(?=[\d-]*[{_UPPER}{_LOWER}]){_PART}(?:-{_PART})*{ALONE_AFTER}"
)
_CODE_PART: Final = re.compile(rf"\d+|[{_UPPER}{_LOWER}]+")
_CAMEL: Final = re.compile(
    rf"{ALONE_BEFORE}[{_UPPER}]?[{_LOWER}]{{2,}}(?:[{_UPPER}][{_LOWER}]+)+{ALONE_AFTER}"
)
_VOWEL: Final = re.compile("[aeiouyàâäéèêëíîïóôöúûüã]", re.IGNORECASE)
# A short word in capitals is spelled if consonants in it do not go together, or for many vowels.
_CLUSTERS: Final = (
    "br cr dr fr gr pr tr bl cl fl gl pl st sp sk sc sm sn sw tw nt nd ns mp rt rd rs ll ss tt nn mm rr ff "
    "pp cc ch sh th ph qu ck lt ld rm rn nk ng nc ct pt xt lp lk lf rk rp rb rc rg ls ms rv lv nf nv ts ps x"
)
_HARD: Final = re.compile(
    rf"(?!(?:{_CLUSTERS.replace(' ', '|')})(?:[aeiouy]|$))[^aeiouyàâäéèêëíîïóôöúûü]{{2}}"
    r"|[^aeiouyàâäéèêëíîïóôöúûü]{3}|[aeiou]{3}",
    re.IGNORECASE,
)
_LONGEST_SPELLED: Final = 5
LETTER_A: Final = "ᴀ"  # the name of the letter, not the article


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _CODE.finditer(text):
        yield (Piece(found.start(), found.end(), code(found[0], locale)),)
    for found in _DOTTED.finditer(text):
        yield (Piece(found.start(), found.end(), letters(found[0], locale)),)
    shouting = _is_shouting(text)
    for found in _CAPITALS.finditer(text):
        yield (Piece(found.start(), found.end(), capitals(found[0], locale, shouting=shouting)),)
    if locale.language not in (
        "en",
        "hi",
        "ja",
        "zh",
    ):  # English is read by its phonemiser, which knows such names
        for found in _CAMEL.finditer(text):
            yield (Piece(found.start(), found.end(), camel(found[0])),)


def _is_shouting(text: str) -> bool:
    """Whether a whole sentence is in capitals, which then mean nothing."""
    letters = [letter for letter in text if letter.isalpha()]
    upper = sum(letter.isupper() for letter in letters)
    words = re.findall(rf"[{_UPPER}]{{2,}}", text)
    return len(words) > 1 and len(letters) > 8 and upper > 0.8 * len(letters)


def capitals(word: str, locale: Locale, *, shouting: bool = False) -> str:
    """A word in capitals: said as a word or letter by letter."""
    bare = re.sub("'?s$", "", word)
    ending = word[len(bare) :]
    if shouting and len(bare) < 4 and locale.short_words:
        return word.lower() if bare.lower() in locale.short_words else letters(bare, locale) + ending
    if bare in locale.acronyms or _is_word(bare, shouting=shouting):
        return bare.lower() + ending
    return letters(bare, locale) + ending


def _is_word(word: str, *, shouting: bool) -> bool:
    if not _VOWEL.search(word) or len(word) < (2 if shouting else 4):
        return False
    return shouting or len(word) > _LONGEST_SPELLED or not _HARD.search(word)


def letters(word: str, locale: Locale) -> str:
    """Letter by letter. In English as an abbreviation, whose letters its phonemiser stresses together."""
    if locale.language == "en":
        spelled = [letter for letter in word.upper() if letter.isalnum()]
        return ".".join(spelled) if len(spelled) > 1 else word.replace("A", LETTER_A).replace("a", LETTER_A)
    names = locale.letter_names
    return ("" if locale.dense else " ").join(
        names.get(letter, letter) for letter in word.lower() if letter.isalnum()
    )


def code(word: str, locale: Locale) -> str:
    """Letters with digits, each said apart."""
    parts = []
    for part in _CODE_PART.findall(word):
        if part.isdigit():
            parts.append(_digits_of_code(part, locale))
        elif len(part) > 3 and (not part.isupper() or _is_word(part, shouting=False)):
            parts.append(part.lower() if part.isupper() else part)
        elif len(part) > 1 and part.islower() and _VOWEL.search(part):
            parts.append(part)
        else:
            parts.append(letters(part, locale))
    return " ".join(parts)


def _digits_of_code(part: str, locale: Locale) -> str:
    if len(part) > 4 or part[0] == "0":
        return digits(part, locale)
    if locale.language == "en" and len(part) > 2 and part[-2] != "0":  # flight twelve thirty-four
        return f"{cardinal(part[:-2], locale)} {cardinal(part[-2:], locale)}"
    return cardinal(part, locale)


def camel(word: str) -> str:
    """The words of a name in camelCase."""
    return " ".join(re.findall(rf"[{_UPPER}]?[{_LOWER}]+|[{_UPPER}]+", word))
