"""Where the sentences of a text begin and end."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

INITIALS: Final = "a.b"  # stands for all initials, such as "J.R.R."
LONGEST: Final = 600  # characters; beyond that a sentence is cut before it is read at all
_DENSE_LONGEST: Final = 120  # of scripts that write a syllable with a character
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PARAGRAPH: Final = re.compile(r"[^\n\r\u2028\u2029]+")
_BREAK: Final = re.compile(r"(\s*[\n\r\u2028\u2029]\s*)")
_CLOSING: Final = "\"'”’»›)\\]}」』）】》〉*_"
_END: Final = re.compile(
    rf"(?:(?<![.!?…‽⁇⁈⁉।॥؟])[.!?…‽⁇⁈⁉।॥؟]++(?:[{_CLOSING}]|\s»)*+(?=\s)|[。！？｡︕︖]+[{_CLOSING}]*)"
)
_CLAUSE: Final = re.compile(r"[,;:—–、，；：](?=\s|[\u3040-\u9fff])|[、，；：]|\s[—–-]+(?=\s)")
_CONTINUING: Final = "とっなはがをにでも、"  # Japanese after what was said
_BEFORE_NUMBER: Final = re.compile(
    "nos?|n|nr|art|pp?|figs?|vol|ch|ext|rm|apt|pt|para|sec|tel|hwy|col", re.IGNORECASE
)
_HALF_OF_DAY: Final = ("A.M", "P.M")
_SPACE: Final = re.compile(r"\s")
_LAST_WORD: Final = re.compile(r"([^\s\"'“”‘’«»()\[\]{}¡¿]+)$")
_INITIAL: Final = re.compile(r"[^\W\d_]\.?|(?:[^\W\d_]\.)+[^\W\d_]?")


@dataclass(frozen=True, slots=True)
class Extent:
    """Characters start..end of a text are a sentence or a part of one.

    ending: what follows it: "paragraph", "line", "sentence" or, after a part, "clause".
    """

    start: int
    end: int
    ending: str


def extents(text: str, abbreviations: Mapping[str, frozenset[str]]) -> Iterator[Extent]:
    """The sentences of `text`, one after the other, without the spaces around them.

    abbreviations: in lower case and without their final dot, those that something follows ("dr", "e.g"), and
    the words that do not, for one that also stands at ends ("dr" for "drive"), in lower case; under
    `INITIALS` the words that begin a sentence after initials, which others go on with.
    """
    for paragraph in _PARAGRAPH.finditer(text):
        following = _BREAK.match(text, paragraph.end())
        ending = "paragraph" if following is None or len(following[0].splitlines()) > 1 else "line"
        yield from _within(text, paragraph.start(), paragraph.end(), ending, abbreviations)


def _within(
    text: str, start: int, end: int, ending: str, abbreviations: Mapping[str, frozenset[str]]
) -> Iterator[Extent]:
    for found in _END.finditer(text, start, end):
        if _ends_sentence(text, start, found, end, abbreviations):
            yield from _parts(
                text, start, found.end(), "sentence" if text[found.end() : end].strip() else ending
            )
            start = found.end()
    yield from _parts(text, start, end, ending)


def _ends_sentence(
    text: str, start: int, found: re.Match[str], end: int, abbreviations: Mapping[str, frozenset[str]]
) -> bool:
    following = text[found.end() : min(found.end() + 20, end)].strip()
    first = following.lstrip("\"'“‘«¡¿([{*_—- ")[:1]
    if first.islower() and found[0][0] not in "。！？":
        return False  # "approx. five", 'he said "why?" and left'
    if found[0][-1] in "」』" and first in _CONTINUING:
        return False
    if found[0] != ".":
        return True
    word = _LAST_WORD.search(text, max(start, found.start() - 30), found.start())
    if word is None:
        return True
    last = word[1].lower()
    if last in abbreviations:
        return following.split(maxsplit=1)[0].lower() in abbreviations[last] if following else True
    if _BEFORE_NUMBER.fullmatch(last) and first.isdigit():
        return False
    if first.isupper() and word[1].isupper() and _INITIAL.fullmatch(word[1]):
        return _ends_at_initials(word[1], following, abbreviations)
    return True


def _ends_at_initials(initials: str, following: str, abbreviations: Mapping[str, frozenset[str]]) -> bool:
    """Whether a capital after initials begins a sentence: "so do I. Then", but J. Smith, J.R.R. Tolkien."""
    if "." not in initials:
        return initials == "I"
    starters = abbreviations.get(INITIALS)
    return not starters or initials in _HALF_OF_DAY or following.split(maxsplit=1)[0].lower() in starters


def _parts(text: str, start: int, end: int, ending: str) -> Iterator[Extent]:
    """A sentence, in parts if it is very long."""
    longest = _DENSE_LONGEST if len(_DENSE.findall(text[start : start + LONGEST])) > LONGEST / 8 else LONGEST
    while True:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            return
        if end - start <= longest:
            yield Extent(start, end, ending)
            return
        cut = _cut(text, start, start + longest)
        yield Extent(start, cut, "clause")
        start = cut


def _cut(text: str, start: int, end: int) -> int:
    """A place to take breath in: after the last clause, else the last word, else anywhere."""
    for pattern in (_CLAUSE, _SPACE):
        places = [found.end() for found in pattern.finditer(text, start + (end - start) // 3, end)]
        if places:
            return places[-1]
    return end
