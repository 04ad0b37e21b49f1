"""Signs that are said, such as & and =."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from morgana.speech.reading.forms.numbers import Pieces
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_BEFORE_NUMBER: Final = re.compile(
    r"(?:(?<=^)|(?<=[\s(]))(?<![\w)] )[<>~](?=[\d$€£¥₹])|(?<=[a-z] )[<>~](?=[\d$€£¥₹])"
)


_MENU: Final = re.compile(r"(?<=[A-Za-zÀ-ÿ]{2})\s[>›»→]\s(?=[A-ZÀ-Þ][a-zà-ÿ]|[A-Z]{2})")  # File > Save As
_DENSE_MENU: Final = re.compile(
    r"(?<=[\u3040-\u9fff])\s?[>→]\s?(?=[^\d\s])|(?<=[A-Za-z])\s?[>→]\s?(?=[\u3040-\u9fff])"
)
_MINUS: Final = re.compile(
    r"(?<=[\w)²³])\s-\s(?=[\w(][^=]*=)(?=\(?(?:\d|[a-z]\b))|(?<=[=<>≤≥]) -(?=\d+[a-z]\b)"
)  # x - 1 = y, y = -3x


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    menu = (_DENSE_MENU, "、") if locale.dense else (_MENU, ", ")
    for pattern, said in (menu, (_MINUS, f" {locale.words['minus']} ")):
        for found in pattern.finditer(text):
            yield (Piece(found.start(), found.end(), said),)
    for found in _BEFORE_NUMBER.finditer(text):
        name = {"<": "under", ">": "over"}.get(found[0], "")
        said = locale.words.get(name, locale.symbols.get(found[0], ""))
        yield (Piece(found.start(), found.end(), _apart(said, locale)),)
    for found in _signs(locale).finditer(text):
        yield (Piece(found.start(), found.end(), _apart(locale.symbols[found[0]], locale)),)


def _apart(said: str, locale: Locale) -> str:
    return said if locale.dense else f" {said} "


@cache
def _signs(locale: Locale) -> re.Pattern[str]:
    """A sign between two things; some are said wherever they stand."""
    always = "".join(re.escape(sign) for sign in locale.symbols if sign in "&%§°×÷±≈≠≤≥∞√π№€£$〒℡")
    between = "".join(re.escape(sign) for sign in locale.symbols if sign in "+=<>~→@^")
    return re.compile(
        rf"[{always}]|(?<=[\w)\"'] )[{between}](?= [\w(\"'-])|(?<=\w)[{between}](?=\w)|(?<=[\w+])\+(?!\w)"
    )
