"""hibari: a small network that learned one voice from Kokoro; it comes with its package."""

from importlib.resources import as_file, files
from typing import Any

import numpy as np
from hibari import dsp

from morgana.speech.engines.alphabet import boundaries, encode
from morgana.speech.engines.protocol import Spoken
from morgana.speech.engines.session import open_session
from morgana.speech.voices import Voice

_LENGTHS = "/Clip_output_0"


class Hibari:
    """An `Engine`. The network gives a spectrum; the package's signal processing makes the sound of it."""

    def __init__(self) -> None:
        with as_file(files("hibari").joinpath("assets/hibari.onnx")) as path:
            self._session: Any = open_session(path, _LENGTHS, threads=1)

    def speak(self, phonemes: str, voice: Voice, speed: float, seed: int) -> Spoken:  # noqa: ARG002 (has one)
        inputs = {"ids": encode(phonemes), "speed": np.array([speed], np.float32)}
        *spectrum, lengths = self._session.run(None, inputs)
        samples = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(seed))
        return Spoken(np.asarray(samples, np.float32), boundaries(phonemes, lengths.reshape(-1)))
