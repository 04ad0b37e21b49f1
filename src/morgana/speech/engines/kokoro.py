"""Kokoro-82M: 54 voices in nine languages, each a table of style vectors."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.speech.engines.alphabet import boundaries, encode
from morgana.speech.engines.protocol import Spoken
from morgana.speech.engines.session import open_session
from morgana.speech.voices import Voice

_LENGTHS = "/encoder/Clip_output_0"
_STYLE = 256  # numbers in a style vector; a voice has one for each count of phonemes
_MOST_THREADS = 8


class Kokoro:
    """An `Engine`."""

    def __init__(self) -> None:
        self._folder = models.path("kokoro")
        threads = min(len(os.sched_getaffinity(0)), _MOST_THREADS)
        self._session: Any = open_session(self._folder / "kokoro.onnx", _LENGTHS, threads)

    def speak(self, phonemes: str, voice: Voice, speed: float, seed: int) -> Spoken:  # noqa: ARG002
        numbers = encode(phonemes)
        styles = _styles(self._folder / f"{voice.id}.bin")
        inputs = {
            "input_ids": numbers,
            "style": styles[numbers.size - 3][None],
            "speed": np.array([speed], np.float32),
        }
        waveform, lengths = self._session.run(None, inputs)
        samples = np.asarray(waveform, np.float32).reshape(-1)
        return Spoken(samples, boundaries(phonemes, lengths.reshape(-1)))


@lru_cache(maxsize=64)
def _styles(path: Path) -> NDArray[np.float32]:
    """(510, 256); row i is for i + 1 phonemes."""
    return np.fromfile(path, np.float32).reshape(-1, _STYLE)
