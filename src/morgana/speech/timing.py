"""From the boundaries of phonemes to the times of words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from morgana.speech.arrays import FloatArray
from morgana.speech.engines.protocol import RATE, Spoken
from morgana.speech.utterance import SpokenWord, TimedPhoneme, TimedWord

_STRESS: Final = {"ˈ": 1, "ˌ": 2}  # stands before its vowel
_TONES: Final = frozenset("↓→↗↘")  # stand after their vowel
_MARKS: Final = frozenset("ː\u0303ʰʲᵝ")  # part of the sound before them
_SILENT: Final = frozenset(' ;:,.!?—…"()“”')
_ENTRY: Final = 0.0125  # seconds into the space between two words that still are the first one's; measured
_FRAME: Final = 120  # samples, 5 ms
_AUDIBLE: Final = 0.02  # of the loudest frame
_SHORTEST: Final = 0.03  # seconds of the last sound before a pause


def phrase(words: Sequence[SpokenWord]) -> str:
    """The phonemes of all words, as an engine takes them."""
    return " ".join(word.phonemes for word in words)


def timed_words(words: Sequence[SpokenWord], spoken: Spoken, start: float) -> Iterator[TimedWord]:
    """When each word is said in `spoken`, which says `phrase(words)`; start: seconds, added to each time."""
    times = _joined(phrase(words), spoken.boundaries)
    loud = _loud(spoken.samples)
    first = 0
    for word in words:
        last = first + len(word.phonemes)
        sounds = list(_sounds(word.phonemes, times[first : last + 1]))
        if sounds:
            if word.phonemes[-1] in _SILENT:
                sounds[-1] = _until_quiet(sounds[-1], float(times[last]), loud)
            yield _moved(word, sounds, start)
        first = last + 1


def _joined(phonemes: str, boundaries: NDArray[np.float64]) -> NDArray[np.float64]:
    """The boundaries, with the space between two words given to them: there is no silence in it.

    A space that follows punctuation is a pause, and stays.
    """
    times = boundaries.copy()
    for place, symbol in enumerate(phonemes):
        if symbol == " " and phonemes[place - 1] not in _SILENT:
            times[place : place + 2] = min(times[place] + _ENTRY, times[place + 1])
    return times


def _sounds(symbols: str, times: NDArray[np.float64]) -> Iterator[TimedPhoneme]:
    """The sounds of a word; a sound begins with its stress mark and ends with its length mark or tone."""
    stress, begin = 0, None
    sound: TimedPhoneme | None = None
    for symbol, start, end in zip(symbols, times[:-1].tolist(), times[1:].tolist(), strict=True):
        if symbol in _STRESS:
            stress, begin = _STRESS[symbol], start
        elif sound and symbol in _MARKS | _TONES:
            sound = replace(sound, symbol=sound.symbol + symbol * (symbol in _MARKS), end=end)
        else:
            if sound:
                yield sound
            first = start if begin is None else begin
            sound = None if symbol in _SILENT else TimedPhoneme(symbol, first, end, stress)
            stress, begin = 0, None
    if sound:
        yield sound


def _loud(samples: FloatArray) -> NDArray[np.bool_]:
    """Which frames can be heard."""
    count = len(samples) // _FRAME
    power = np.square(samples[: count * _FRAME]).reshape(count, _FRAME).mean(axis=1)
    return np.asarray(power > _AUDIBLE**2 * power.max(initial=0.0), np.bool_)


def _until_quiet(sound: TimedPhoneme, limit: float, loud: NDArray[np.bool_]) -> TimedPhoneme:
    """The sound to where it can be heard: the engines stretch the last one before a pause far into it."""
    first, last = (round(seconds * RATE / _FRAME) for seconds in (sound.start, limit))
    heard = np.flatnonzero(loud[first:last])
    end = (first + int(heard[-1]) + 1) * _FRAME / RATE if heard.size else sound.end
    return replace(sound, end=min(max(end, sound.start + _SHORTEST), max(limit, sound.end)))


def _moved(word: SpokenWord, sounds: Sequence[TimedPhoneme], by: float) -> TimedWord:
    later = tuple(replace(sound, start=sound.start + by, end=sound.end + by) for sound in sounds)
    return TimedWord(word.text, later[0].start, later[-1].end, word.start, word.end - word.start, later)
