"""What is written but not said: Markdown, decorative emoji; and the emoji that are said."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import emoji

from morgana.speech.reading.forms.numbers import Pieces
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_SILENT: Final = (
    re.compile(r"^\s*(?:#{1,6}|>+|[-*+•‣▪◦·–—])\s+(?=\S)"),  # heading, quotation, list
    re.compile(r"\*{1,3}(?=[^\s*][^*]*\*)|(?<=[^\s*])\*{1,3}|~~|`+|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)"),
    re.compile(r"^\s*(?:[-*_=] ?){3,}$"),
)
_LINK: Final = re.compile(r"(!?\[)([^\[\]]*)(\]\([^()\s]*(?:\s\"[^\"]*\")?\))")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_HEART: Final = "❤💙💚💛💜🖤💕💖💗♥🧡🤍🤎🩷🩵"
_NAMED_LANGUAGES: Final = ("en", "es", "fr", "it", "ja", "pt", "zh")


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    for pattern in _SILENT:
        for found in pattern.finditer(text):
            yield (Piece(found.start(), found.end(), ""),)
    for found in _LINK.finditer(text):
        yield (Piece(found.start(1), found.end(1), ""),)
        yield (Piece(found.start(3), found.end(3), ""),)
    for found in _TAG.finditer(text):
        yield (Piece(found.start(), found.end(), ""),)
    if not text.isascii():
        for found in _loving(locale).finditer(text):
            yield (Piece(found.start(1), found.end(1), f" {locale.words['heart']} "),)
        for start, end, _ in emojis(text):
            yield (Piece(start, end, " "),)


@cache
def _loving(locale: Locale) -> re.Pattern[str]:
    """I ❤️ NY: a heart in the place of a verb."""
    return re.compile(rf"\b(?:{locale.hearts['after']})\s?([{_HEART}]\ufe0f?)(?=\s?\w)")


def emojis(text: str) -> Iterator[tuple[int, int, str]]:
    """The emoji of a text that are pictures: start, end, characters."""
    for found in emoji.emoji_list(text):
        if found["emoji"][0] not in "0123456789#*©®™":
            yield found["match_start"], found["match_end"], found["emoji"]


def names(text: str, locale: Locale) -> Iterator[Pieces]:
    """Every emoji by its name."""
    language = locale.language if locale.language in _NAMED_LANGUAGES else "en"
    for start, end, characters in emojis(text):
        said = emoji.demojize(characters, language=language, delimiters=("", ""))
        yield (Piece(start, end, f" {locale.emoji.get(characters[0], said.replace('_', ' '))}, "),)
