"""What an engine said, made fit to be joined: even in loudness, without clicks, with the pause after it."""

import numpy as np

from morgana.speech.arrays import FloatArray
from morgana.speech.engines.protocol import RATE, Spoken

_LEAD, _TAIL = 0.04, 0.08  # seconds kept around the voice, for a soft start and for what dies away
SHORTEST_PAUSE = _LEAD + _TAIL
_FADE = 0.01  # seconds
_FRAME = 120  # samples, 5 ms
_AUDIBLE = 10 ** (-46 / 20)  # of the loudest frame
_CEILING = 0.98


def shape(spoken: Spoken, gain: float, pause: float) -> Spoken:
    """`spoken` with its silence trimmed and `pause` seconds after the voice. gain: decibels."""
    first, last = _audible(spoken.samples)
    voice = _faded(spoken.samples[first:last] * np.float32(10 ** (gain / 20)))
    peak = float(np.abs(voice).max(initial=0.0))
    if peak > _CEILING:
        voice *= np.float32(_CEILING / peak)
    rest = silence(pause - SHORTEST_PAUSE)  # the next phrase begins with its own lead
    inside = np.clip(spoken.boundaries - first / RATE, 0.0, len(voice) / RATE)
    return Spoken(np.concatenate([voice, rest]), inside)


def silence(seconds: float) -> FloatArray:
    """No sound; nothing at all below zero seconds."""
    return np.zeros(max(round(seconds * RATE), 0), np.float32)


def _audible(samples: FloatArray) -> tuple[int, int]:
    """The first sample to keep, and the one after the last."""
    count = len(samples) // _FRAME
    levels = np.sqrt(np.square(samples[: count * _FRAME].reshape(count, _FRAME)).mean(axis=1))
    loud = np.flatnonzero(levels > _AUDIBLE * levels.max(initial=0.0))
    if not loud.size:
        return 0, len(samples)
    first = int(loud[0]) * _FRAME - round(_LEAD * RATE)
    last = (int(loud[-1]) + 1) * _FRAME + round(_TAIL * RATE)
    return max(first, 0), min(last, len(samples))


def _faded(samples: FloatArray) -> FloatArray:
    length = min(round(_FADE * RATE), len(samples) // 2)
    ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
    samples[:length] *= ramp
    samples[len(samples) - length :] *= ramp[::-1]
    return samples
