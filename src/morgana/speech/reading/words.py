"""From what is said back to the words as written: phonemes and punctuation, put onto the written text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.spoken import Spoken
from morgana.speech.utterance import SpokenWord

# The strongest first: a mark stands for all that stand together with it.
_MARKS: Final = (
    ("…", re.compile(r"…|\.\.\.")),
    ("?", re.compile(r"[?？؟]")),
    ("!", re.compile(r"[!！¡]")),
    (".", re.compile(r"[.。।॥｡]")),
    ("—", re.compile(r"—|–|(?:^|\s)-+(?=\s|$)|--")),
    (";", re.compile(r"[;；]")),
    (":", re.compile(r"[:：]")),
    (",", re.compile(r"[,，、،()\[\]{}「」（）]")),
)
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_BROKEN: Final = re.compile(r"\s|[—–…]|--|[、，。！？；：]")
_OPENING: Final = "([{«“‘¿¡「『（【《〈‹\"'#@$€£¥*_~"


@dataclass(frozen=True, slots=True)
class _Sound:
    start: int  # place in the written text
    end: int
    phonemes: str
    joined: bool  # to the one before, without a pause between them


def mark(gap: str) -> str:
    """The mark in Kokoro's alphabet for the punctuation in `gap`, "" for none."""
    return next((symbol for symbol, pattern in _MARKS if pattern.search(gap)), "")


def written(text: str, offset: int, spoken: Spoken, said: Sequence[Pronounced]) -> Iterator[SpokenWord]:
    """The words of `text`, a sentence that is said as `spoken`, of which `said` are the sounds.

    They cover all that is said and the punctuation at it, in order and without overlap. offset: the place of
    the sentence in the whole text, from which the words' places count.
    """
    sounds = _merge(text, _sounds(spoken, said))
    reached = 0
    for index, sound in enumerate(sounds):
        start = _reach_back(text, reached, sound.start)
        reached = _reach_forward(
            text, sound.end, sounds[index + 1].start if index + 1 < len(sounds) else len(text)
        )
        yield SpokenWord(text[start:reached], offset + start, offset + reached, sound.phonemes)


def _sounds(spoken: Spoken, said: Sequence[Pronounced]) -> Iterator[_Sound]:
    for index, word in enumerate(said):
        after = said[index + 1].start if index + 1 < len(said) else len(spoken.text)
        before = said[index - 1].end if index else 0
        start, end = spoken.origin(word.start, word.end)
        phonemes = word.phonemes + mark(spoken.text[word.end : after])
        yield _Sound(start, end, phonemes, joined=index > 0 and before == word.start)


def _merge(text: str, sounds: Iterable[_Sound]) -> list[_Sound]:
    """One sound for each written word."""
    merged: list[_Sound] = []
    for sound in sounds:
        if merged and _same_word(text, merged[-1], sound):
            last = merged[-1]
            between = "" if sound.joined else " "
            start, end = min(last.start, sound.start), max(last.end, sound.end)
            merged[-1] = _Sound(start, end, last.phonemes + between + sound.phonemes, last.joined)
        else:
            merged.append(sound)
    return merged


def _same_word(text: str, before: _Sound, after: _Sound) -> bool:
    if after.start < before.end:
        return True
    if _BROKEN.search(text, max(before.end - 1, 0), after.start):
        return False
    return not (_DENSE.match(text[before.end - 1]) or _DENSE.match(text[after.start]))


def _reach_back(text: str, first: int, start: int) -> int:
    """Where a word begins, with the brackets and quotes that open before it."""
    while start > first and _clings(text[start - 1]):
        start -= 1
    return start


def _reach_forward(text: str, end: int, after: int) -> int:
    """Where a word ends, with the punctuation behind it, also where that is spaced ("Quoi ?")."""
    reached = end
    for place in range(end, after):
        if text[place].isspace():
            continue
        opens = text[place] in _OPENING and text[place - 1].isspace()
        if opens or not _clings(text[place]):
            break
        reached = place + 1
    return reached


def _clings(character: str) -> bool:
    """Whether a character that is not said itself belongs to the word beside it: all but spaces and emoji."""
    return not character.isspace() and unicodedata.category(character) not in (
        "So",
        "Sk",
        "Cf",
        "Cc",
        "Cn",
        "Co",
    )
