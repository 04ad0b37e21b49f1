"""Sentences short enough for an engine, and the silence after each."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from morgana.speech.reading.alphabet import MARKS
from morgana.speech.utterance import Sentence, SpokenWord

LONGEST: Final = 400  # phonemes of a sentence, with the spaces between its words; Kokoro takes 510
_SHORTEST: Final = 60  # a part that is cut off is no shorter, if it can be helped
# Seconds beyond the natural rest that `speaking` leaves after every phrase.
PAUSES: Final = {"clause": 0.0, "sentence": 0.0, "line": 0.15, "paragraph": 0.4}
_LONGEST_FIRST: Final = 200  # phonemes of the first sentence, if it can be helped
_ENDS: Final = ".?!…"


def breaths(words: Sequence[SpokenWord], ending: str, *, soon: bool = False) -> Iterator[Sentence]:
    """`words` as one sentence, or as several where that has more than `LONGEST` phonemes.

    soon: somebody waits for the first sound, so a long sentence begins with a short part if it has clauses.
    """
    rest = [part for word in words for part in _short(word)]
    if soon and _length(rest) > _LONGEST_FIRST and (count := _up_to_mark(rest, _LONGEST_FIRST)):
        yield Sentence(tuple(rest[:count]), PAUSES["clause"])
        rest = rest[count:]
    while (length := _length(rest)) > LONGEST:
        count = _fitting(rest, min(LONGEST, length // 2 + LONGEST // 4))
        yield Sentence(tuple(rest[:count]), PAUSES["clause"])
        rest = rest[count:]
    if rest:
        yield Sentence(tuple(_closed(rest, ending)), PAUSES[ending])


def _length(words: Sequence[SpokenWord]) -> int:
    return sum(len(word.phonemes) + 1 for word in words) - 1


def _fitting(words: Sequence[SpokenWord], longest: int) -> int:
    """How many of the first words to say in one breath: up to a mark, else as many as fit."""
    lengths = accumulate(len(word.phonemes) + 1 for word in words)
    return _up_to_mark(words, longest) or max(1, sum(length - 1 <= longest for length in lengths))


def _up_to_mark(words: Sequence[SpokenWord], longest: int) -> int:
    """How many of the first words there are up to the last mark that fits, 0 for none."""
    lengths = accumulate(len(word.phonemes) + 1 for word in words)
    counts = (
        count
        for count, (word, length) in enumerate(zip(words, lengths, strict=True), 1)
        if _SHORTEST <= length - 1 <= longest and word.phonemes[-1] in MARKS
    )
    return max(counts, default=0)


def _closed(words: list[SpokenWord], ending: str) -> list[SpokenWord]:
    """The words of a sentence, with a full stop where it was written without any, so that the voice falls."""
    last = words[-1]
    if ending == "clause" or last.phonemes[-1] in _ENDS:
        return words
    phonemes = last.phonemes.rstrip(",;:—") + "."
    return [*words[:-1], SpokenWord(last.text, last.start, last.end, phonemes)]


def _short(word: SpokenWord) -> Iterator[SpokenWord]:
    """A word, or its parts where it alone is more than a breath: a long number, a long address."""
    if len(word.phonemes) < LONGEST:
        yield word
        return
    parts = list(_split(word.phonemes))
    step = max(1, len(word.text) // len(parts))
    for index, phonemes in enumerate(parts[: len(word.text)]):
        start = index * step
        end = len(word.text) if index + 1 == len(parts) else start + step
        yield SpokenWord(word.text[start:end], word.start + start, word.start + end, phonemes)


def _split(phonemes: str) -> Iterator[str]:
    """Runs of at most half a breath, cut at spaces where there are any."""
    half = LONGEST // 2
    while len(phonemes) > half:
        cut = phonemes.rfind(" ", 1, half)
        cut = cut if cut > 0 else half
        yield phonemes[:cut].rstrip()
        phonemes = phonemes[cut:].lstrip()
    if phonemes:
        yield phonemes
