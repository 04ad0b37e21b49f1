"""The numbers of Kokoro's phonemes. hibari learned from Kokoro and has the same list."""

import json
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from morgana.speech.engines.protocol import LONGEST

UNIT = 0.025  # seconds; both engines count the length of a phoneme in these
_LEAD = 0.05  # seconds by which the sound is ahead of the lengths, in both engines; measured
PADDING = 0  # stands before the first and after the last phoneme


@cache
def numbers() -> dict[str, int]:
    """The number of each character that an engine knows."""
    known: dict[str, int] = json.loads(files("hibari").joinpath("assets/vocab.json").read_text("utf-8"))
    return known


def encode(phonemes: str) -> NDArray[np.int64]:
    """(1, n + 2) numbers of the n known characters, padded. ValueError where they are too many, or none."""
    known = [numbers()[character] for character in phonemes if character in numbers()]
    if not 0 < len(known) <= LONGEST:
        raise ValueError(f"{len(known)} phonemes; an engine says 1 to {LONGEST} at once")
    return np.array([[PADDING, *known, PADDING]], np.int64)


def boundaries(phonemes: str, lengths: NDArray[np.float32]) -> NDArray[np.float64]:
    """Seconds at which each character of `phonemes` starts and the last one ends, (len(phonemes) + 1,).

    lengths: of the numbers from `encode`, padding included, in units. What the engine does not know
    takes no time.
    """
    edges = np.cumsum(lengths[:-1], dtype=np.float64) * UNIT - _LEAD
    passed = np.cumsum([0, *(character in numbers() for character in phonemes)])
    times: NDArray[np.float64] = np.maximum(edges, 0.0)[passed]
    return times
