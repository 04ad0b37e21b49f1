"""Which words are on screen together, and when each of them is lit.

A page ends with its sentence and at a pause; within a sentence the breaks are chosen together, the cheapest
by a few preferences of subtitling practice (BBC Subtitle Guidelines; Netflix Timed Text Style Guide): break
after punctuation, not after a word that leans on the next, keep pages alike in length, leave no word alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

PAUSE: Final = 0.4  # seconds of silence that end a page
HOLD: Final = 0.3  # seconds that a page stays after its last word, at most
SHORTEST: Final = 0.08  # seconds that a word is lit, at least
_SENTENCE_ENDS: Final = tuple(".?!…。？！؟।")
_CLAUSE_ENDS: Final = tuple(",;:—–、，；：،؛")
_CLOSERS: Final = "\"'”’)]»」』"
_LEANING: Final = """
    a an the of to in on at by for from with and or but nor so as if is are was were be my your his her its
    our their this that these those i you he she it we they not no very
    el la los las un una de del en y o le les des du et à au il lo gli di da e con os um uma do em
    der die das ein eine und zu im mit
"""
LEANING: Final = frozenset(_LEANING.split())
# A point after these ends no sentence; nor does one after a single letter (initials, "e.g.").
_TITLES: Final = "mr mrs ms dr prof st vs sr sra dott mme mlle hr fr nr bzw ca"
_SHORTENED: Final = frozenset(_TITLES.split())

Fits = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written; seconds from the start of the video; whether it is to stand out."""

    text: str
    start: float
    end: float
    keyword: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Words that are on screen together, from `start` to `end` (seconds).

    A word is lit from its own start to that of the next one, the last one to its end.
    """

    words: tuple[Word, ...]
    start: float
    end: float


def paginate(words: Sequence[Word], longest: int, fits: Fits) -> list[Page]:
    """Distribute `words`, in order of time, over pages of at most `longest` words.

    fits: whether some words, as written, have room on one page; a word alone is given a page in any case.
    """
    groups = [group for sentence in _sentences(_spread(words)) for group in _split(sentence, longest, fits)]
    pages = []
    for group, following in zip_longest(groups, groups[1:]):
        end = max(group[-1].end, group[-1].start + SHORTEST) + HOLD
        pages.append(Page(tuple(group), group[0].start, min(end, following[0].start) if following else end))
    return pages


def _spread(words: Sequence[Word]) -> list[Word]:
    """The words with starts far enough apart for each to be seen lit."""
    spread: list[Word] = []
    for word in words:
        start = max(word.start, spread[-1].start + SHORTEST) if spread else word.start
        spread.append(replace(word, start=start, end=max(word.end, start)))
    return spread


def _sentences(words: Sequence[Word]) -> list[list[Word]]:
    sentences: list[list[Word]] = []
    for word in words:
        previous = sentences[-1][-1] if sentences else None
        if previous is None or _ends_sentence(previous) or word.start - previous.end > PAUSE:
            sentences.append([])
        sentences[-1].append(word)
    return sentences


def _ends_sentence(word: Word) -> bool:
    return _ends(word, _SENTENCE_ENDS) and not _is_shortened(word.text)


def _is_shortened(text: str) -> bool:
    """Whether the point at the end of a word belongs to it: "Dr.", "J.", "e.g."; not "I."."""
    *_, last = ("." + text.lstrip("\"'“‘«([").removesuffix(".")).rpartition(".")
    single = len(last) == 1 and last.isalpha() and text != "I."
    return text.endswith(".") and not text.endswith("..") and (single or last.casefold() in _SHORTENED)


def _ends(word: Word, marks: tuple[str, ...]) -> bool:
    return word.text.rstrip(_CLOSERS).endswith(marks)


def _split(words: list[Word], longest: int, fits: Fits) -> list[list[Word]]:
    """The cheapest way to cut a sentence, by dynamic programming over its last cut."""
    best: list[tuple[float, int]] = [(0.0, 0)]  # for each number of words: cost, start of the last page
    for stop in range(1, len(words) + 1):
        options = []
        for start in range(stop - 1, max(stop - longest, 0) - 1, -1):
            if start < stop - 1 and not fits([word.text for word in words[start:stop]]):
                break
            options.append((best[start][0] + _cost(words, start, stop, longest), start))
        best.append(min(options))
    pages, stop = [], len(words)
    while stop:
        start = best[stop][1]
        pages.append(words[start:stop])
        stop = start
    return pages[::-1]


def _cost(words: list[Word], start: int, stop: int, longest: int) -> float:
    count, last = stop - start, words[stop - 1]
    cost = 1.0 + ((longest - count) / longest) ** 2
    if count == 1 and longest > 2 and len(words) > 1:
        cost += 2.0
    if stop < len(words):
        if _ends(last, _CLAUSE_ENDS):
            cost -= 0.8
        elif last.text.lower() in LEANING or _is_shortened(last.text):
            cost += 0.6
    return cost
