"""Where a voice pauses: after sentences, and where the script asks for it."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from morgana.speech.script import Mark
from morgana.speech.shaping import SHORTEST_PAUSE
from morgana.speech.utterance import Sentence, SpokenWord

LONGEST_SILENCE = 10.0  # seconds in one piece, so that memory stays flat


def phrases(sentences: Iterable[Sentence], marks: Sequence[Mark]) -> Iterator[Sentence]:
    """The sentences, cut where a mark asks for silence; one without words is silence only.

    Marks at one place add up. At the end of a sentence the longer counts: its own pause, or theirs.
    """
    pauses = deque((mark.offset, mark.pause) for mark in marks if mark.pause > 0)
    given = 0.0  # seconds of silence since the last word
    for sentence in sentences:
        words = list(sentence.words)
        while words:
            yield from _silence(_due(pauses, words[0].start) - given)
            given = 0.0
            count = sum(word.start <= pauses[0][0] for word in words) if pauses else len(words)
            said, words = words[:count], words[count:]
            given = max(SHORTEST_PAUSE, 0.0 if words else sentence.pause)
            yield Sentence(_held(said) if words else tuple(said), given)
    yield from _silence(sum(seconds for _, seconds in pauses) - given)


def _due(pauses: deque[tuple[int, float]], before: int) -> float:
    """Seconds of the marks before the character `before`, which are taken out of `pauses`."""
    total = 0.0
    while pauses and pauses[0][0] < before:
        total += pauses.popleft()[1]
    return total


def _held(words: Sequence[SpokenWord]) -> tuple[SpokenWord, ...]:
    """Words that end in a pause, but not as a sentence does."""
    *before, last = words
    if last.phonemes[-1] not in ",.;:!?…—":
        last = replace(last, phonemes=last.phonemes + ",")
    return (*before, last)


def _silence(seconds: float) -> Iterator[Sentence]:
    while seconds > 0:
        yield Sentence((), min(seconds, LONGEST_SILENCE))
        seconds -= LONGEST_SILENCE
