"""An engine that says what it is told, when it is told."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from morgana.speech.utterance import TimedPhoneme, TimedWord, Utterance

RATE: Final = 24_000
DEADLINE: Final = 60.0
MANY: Final = 1_000_000


@dataclass
class Scripted:
    """`speak` makes a tone of each sentence, `seconds` long; a sentence with "breaks" in it breaks.

    said: every sentence, when it was made; exhausted: how often more was asked for after the last one;
    gate: gives each sentence leave to end.
    """

    seconds: float = 0.5
    said: list[str] = field(default_factory=list)
    exhausted: int = 0
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MANY))

    def speak(self, text: str, voice: str, *, speed: float, seed: int) -> Iterator[Utterance]:
        assert voice
        start = 0.0
        for found in re.finditer(r"\S[^.!?]*[.!?]", text):
            self.said.append(found[0])
            assert self.gate.acquire(timeout=DEADLINE)
            if "breaks" in found[0]:
                raise RuntimeError("the engine broke")
            time = np.arange(round(self.seconds / speed * RATE)) / RATE
            samples = 0.5 * np.sin(2 * np.pi * (200 + seed) * time)
            phoneme = TimedPhoneme("ə", start, start + 0.1, 1)
            word = TimedWord(found[0], start, start + 0.1, found.start(), len(found[0]), (phoneme,))
            utterance = Utterance(samples.astype(np.float32), RATE, start, (word,))
            start = utterance.end
            yield utterance
        self.exhausted += 1
