"""What every engine is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from morgana.speech.voices import Voice

RATE = 24_000  # samples a second, of every engine
LONGEST = 510  # phonemes, stress marks, spaces and punctuation that an engine can say at once


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase as sound: mono `samples` at 24 kHz, with a little silence on both sides.

    boundaries: seconds into the samples at which each character of the phonemes starts, and the last one
    ends: one more than there are characters, never decreasing.
    """

    samples: NDArray[np.float32]
    boundaries: NDArray[np.float64]


class Engine(Protocol):
    """Says phrases. One object serves many threads at once."""

    def speak(self, phonemes: str, voice: Voice, speed: float, seed: int) -> Spoken:
        """Say `phonemes`: up to `LONGEST` characters of Kokoro's alphabet; others are passed over.

        speed: 1 is the voice's own pace, 2 twice as fast. The same arguments give the same samples.
        """
