"""Sample rate conversion in blocks, so that memory does not grow with a large intermediate."""

from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, resample_poly

from morgana.speech.arrays import FloatArray

RATE = 16_000  # what every model in this room expects, Hz


def to_speech_rate(audio: NDArray[np.float32], sample_rate: int) -> FloatArray:
    """`audio` (mono) at 16 kHz, as long as before to within a sample. The input itself if it is at 16 kHz."""
    if sample_rate == RATE:
        return np.ascontiguousarray(audio, np.float32)
    divisor = gcd(RATE, sample_rate)
    up, down = RATE // divisor, sample_rate // divisor
    taps = _low_pass(up, down)
    margin = -(-len(taps) // (up * down)) * down  # input samples, a multiple of `down` to keep the phase
    block = -(-10 * sample_rate // down) * down
    output = np.zeros(-(-len(audio) * up // down), np.float32)
    for start in range(0, len(audio), block):
        first = max(start - margin, 0)
        piece = audio[first : start + block + margin]
        resampled = resample_poly(piece.astype(np.float32), up, down, window=taps)
        skip = (start - first) * up // down
        target = output[start * up // down : (start + block) * up // down]
        target[:] = resampled[skip : skip + len(target)]
    return output


def _low_pass(up: int, down: int) -> FloatArray:
    ratio = max(up, down)
    taps: FloatArray = firwin(20 * ratio + 1, 1 / ratio, window=("kaiser", 5.0)).astype(np.float32)
    return taps
