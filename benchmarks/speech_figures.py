"""What was heard against what was said. Used by `speech.py`."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache
from operator import eq

from morgana.speech.reading.locale import locale
from morgana.speech.reading.reading import read, say
from morgana.speech.transcript import Word
from morgana.speech.utterance import TimedWord

_LOUDNESS_AND_TONE = "ˈˌ↓→↗↘"  # stress and tone, which a transcript does not have
_NO_WORD = re.compile(r"[^\w']+")


def spoken_words(text: str, language: str) -> list[str]:
    """The words that are said for `text`, in lower case without punctuation, numbers spelled out."""
    said = unicodedata.normalize("NFKC", say(text, locale(language)).text).lower().replace("’", "'")
    return [word for word in _NO_WORD.sub(" ", said.replace("-", " ")).split() if word.strip("'")]


def sounds(text: str, language: str) -> list[str]:
    """The phonemes of each word that is said for `text`."""
    words = " ".join(word.phonemes for sentence in read(text, language) for word in sentence.words)
    plain = "".join(letter for letter in words if letter not in _LOUDNESS_AND_TONE)
    return re.sub(r"[.,;:!?…—]", "", plain).split()


def errors(said: Sequence[str], heard: Sequence[str], same: Callable[[str, str], bool] = eq) -> int:
    """Insertions, deletions and substitutions that make `heard` of `said` (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for index, item in enumerate(said, 1):
        diagonal, row[0] = row[0], index
        for place, other in enumerate(heard, 1):
            diagonal, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, diagonal + (not same(item, other))),
            )
    return row[-1]


def sound_the_same(one: str, other: str) -> bool:
    """Whether two English words cannot be told apart by ear, as far as the project's own reading knows."""
    return one == other or _sound(one) == _sound(other)


@cache
def _sound(word: str) -> str:
    return "".join(sounds(word, "en-US"))


def start_errors(said: Sequence[TimedWord], heard: Sequence[Word]) -> list[float]:
    """Seconds by which each word that was recognised is placed after where it was said."""
    matcher = SequenceMatcher(None, _plain(said), _plain(heard), autojunk=False)
    return [
        heard[block.b + step].start - said[block.a + step].start
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]


def _plain(words: Iterable[TimedWord | Word]) -> list[str]:
    return [_NO_WORD.sub("", word.text.lower()) for word in words]
