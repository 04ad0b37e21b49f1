"""Where a voice pauses, and for how long: after clauses and sentences, and where the script asks for it."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from morgana.speech.script import Mark
from morgana.speech.shaping import SHORTEST_PAUSE
from morgana.speech.utterance import Sentence, SpokenWord

LONGEST_SILENCE: Final = 10.0  # seconds in one piece, so that memory stays flat
OPENING: Final = 150  # phonemes of the first phrase, where it can be cut; hibari says them in under 0.1 s
# Seconds of silence after a phrase that ends in one of these; both engines leave about as much inside of one.
RESTS: Final = {",": 0.15, "—": 0.2, ":": 0.3, ";": 0.3, ".": 0.5, "!": 0.5, "?": 0.5, "…": 0.6}


def phrases(sentences: Iterable[Sentence], marks: Sequence[Mark], speed: float = 1.0) -> Iterator[Sentence]:
    """What is said in one go, with the whole silence after it; one without words is silence only.

    A sentence is cut where a mark asks for silence. Marks at one place add up; at the end of a sentence the
    longer counts: its own pause, or theirs. A long first sentence is cut as well, after a clause, so that
    something can be heard soon. speed: shortens the pauses that are not asked for.
    """
    pauses = deque((mark.offset, mark.pause) for mark in marks if mark.pause > 0)
    given = 0.0  # seconds of silence since the last word
    for sentence in _opening(sentences):
        words = sentence.words
        while words:
            yield from _silence(_due(pauses, words[0].start) - given)
            count = sum(word.start < pauses[0][0] for word in words) if pauses else len(words)
            said, words = words[:count], words[count:]
            given = SHORTEST_PAUSE if words else max(SHORTEST_PAUSE, _pause(sentence) / speed)
            yield Sentence(_held(said) if words else said, given)
    yield from _silence(sum(seconds for _, seconds in pauses) - given)


def _opening(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences, the first of them in two if it is long and has a clause to end after."""
    rest = iter(sentences)
    for first in rest:
        count = _clause(first.words)
        if count < len(first.words):
            yield Sentence(first.words[:count], 0.0)
            first = Sentence(first.words[count:], first.pause)
        yield first
        break
    yield from rest


def _clause(words: Sequence[SpokenWord]) -> int:
    """How many words come first: all, or those to the last clause within `OPENING`, or else to the first."""
    lengths = list(accumulate(len(word.phonemes) + 1 for word in words))
    if lengths[-1] <= OPENING:
        return len(words)
    ends = [count for count, word in enumerate(words, 1) if word.phonemes[-1] in RESTS]
    soon = [count for count in ends if lengths[count - 1] <= OPENING]
    return (soon[-1:] or ends[:1] or [len(words)])[0]


def _pause(sentence: Sentence) -> float:
    """Seconds that its last mark asks for, and those beyond."""
    return RESTS.get(sentence.words[-1].phonemes[-1], 0.0) + sentence.pause


def _due(pauses: deque[tuple[int, float]], place: int) -> float:
    """Seconds of the marks up to the character `place`, which are taken out of `pauses`."""
    total = 0.0
    while pauses and pauses[0][0] <= place:
        total += pauses.popleft()[1]
    return total


def _held(words: Sequence[SpokenWord]) -> tuple[SpokenWord, ...]:
    """Words that end in a pause, but not as a sentence does."""
    *before, last = words
    if last.phonemes[-1] not in RESTS:
        last = replace(last, phonemes=last.phonemes + ",")
    return (*before, last)


def _silence(seconds: float) -> Iterator[Sentence]:
    while seconds > 0:
        yield Sentence((), min(seconds, LONGEST_SILENCE))
        seconds -= LONGEST_SILENCE
