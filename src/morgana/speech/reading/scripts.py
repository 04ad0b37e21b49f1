"""Texts in several scripts: which language reads which part."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from anyascii import anyascii

from morgana.speech.reading.forms.spelling import LETTER_A
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece, Spoken, join

_HAN: Final = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA: Final = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
_DEVANAGARI: Final = "\u0900-\u0963\u0971-\u097f"
_LATIN: Final = "A-Za-zªºÀ-ÖØ-öø-ʯ\u0300-\u036fᴀḀ-ỿ"
_SCRIPTS: Final = re.compile(
    rf"(?P<han>[{_HAN}])|(?P<kana>[{_KANA}])|(?P<devanagari>[{_DEVANAGARI}])|(?P<latin>[{_LATIN}])"
)
_OWN: Final = {"hi": ("devanagari",), "ja": ("han", "kana"), "zh": ("han",)}
# What no phonemiser is given: all but letters, spaces and the punctuation that shapes the melody.
# All but letters, spaces and the punctuation that shapes the melody.
# All but letters, spaces and the punctuation that shapes the melody. Vowel signs are no letters to `\\w`.
_SILENT: Final = re.compile(
    rf"[^\w\s{_DEVANAGARI}\u0300-\u036f.,;:!?…—–'\"()\[\]{{}}।॥、。，！？；：「」『』（）؟،¡¿-]|_"
)
_FOREIGN_LATIN: Final = "en-US"


def readable(spoken: Spoken, locale: Locale) -> Spoken:
    """`spoken` in letters that some phonemiser knows: other scripts in Latin ones, other signs left out."""
    if spoken.text.isascii() and not _SILENT.search(spoken.text):
        return spoken
    places = zip(spoken.text, spoken.starts, spoken.ends, strict=True)
    return join(Piece(start, end, _letter(letter, locale)) for letter, start, end in places)


def _letter(letter: str, locale: Locale) -> str:
    script = _script(letter)
    if letter.isascii() or script:
        foreign = script == "latin" and letter.lower() not in locale.letters and letter != LETTER_A
        return anyascii(letter) if foreign else " " if _SILENT.match(letter) else letter
    if letter.isalnum() or unicodedata.category(letter)[0] == "M":
        return anyascii(letter)
    return " " if _SILENT.match(letter) else letter


@cache
def _script(letter: str) -> str | None:
    found = _SCRIPTS.match(letter)
    return found.lastgroup if found else None


def runs(text: str, locale: Locale) -> Iterator[tuple[int, int, str]]:
    """The parts of a text and who reads each: start, end, language."""
    start, reader = 0, ""
    japanese = locale.language == "ja" or any(_script(letter) == "kana" for letter in text)
    for place, letter in enumerate(text):
        script = _script(letter)
        if script is None:
            continue  # spaces and punctuation go with what is before them
        language = _reader(script, locale, japanese=japanese)
        if reader and language != reader:
            yield start, place, reader
            start = place
        reader = language
    if reader:
        yield start, len(text), reader


def _reader(script: str, locale: Locale, *, japanese: bool) -> str:
    if script in _OWN.get(locale.language, ("latin",)):
        return locale.tag
    if script == "han":
        return "ja-JP" if japanese else "zh-CN"
    return {"kana": "ja-JP", "devanagari": "hi-IN", "latin": _FOREIGN_LATIN}[script]
