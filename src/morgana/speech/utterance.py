"""What is to be said and what has been said: the data that reading, engines and callers share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of a text and how it is pronounced.

    text: as written, with its punctuation; start, end: its place in the text, in characters; phonemes: in
    Kokoro's alphabet, with stress marks, spaces between several spoken words ("$5" is two), and at its end
    the punctuation that shapes the melody (one of , . ; : ! ? … —).
    """

    text: str
    start: int
    end: int
    phonemes: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that are spoken in one breath, and the seconds of silence after them beyond a natural rest."""

    words: tuple[SpokenWord, ...]
    pause: float


@dataclass(frozen=True, slots=True)
class TimedPhoneme:
    """One speech sound in Kokoro's alphabet, with its length or nasal mark but without stress.

    start, end: seconds from the start of the speech; stress: 0 none, 1 primary, 2 secondary.
    """

    symbol: str
    start: float
    end: float
    stress: int


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as written, when it is said (seconds from the start of the speech), and of which sounds.

    offset, length: its place in the text, in characters.
    """

    text: str
    start: float
    end: float
    offset: int
    length: int
    phonemes: tuple[TimedPhoneme, ...]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence as sound: mono samples, -1 to 1, with the silence after it.

    start: seconds from the start of the speech to the first sample; the times in `words` count from the
    start of the speech as well.
    """

    samples: NDArray[np.float32]
    rate: int
    start: float
    words: tuple[TimedWord, ...]

    @property
    def end(self) -> float:
        """Seconds from the start of the speech to the end of the last sample."""
        return self.start + len(self.samples) / self.rate
