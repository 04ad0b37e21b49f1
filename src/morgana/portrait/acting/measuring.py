"""What a performance amounts to, in the figures that are known of real speakers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.acting.aperture import aperture
from morgana.portrait.acting.visemes import SEALED
from morgana.portrait.performance import Action, FloatArray, Performance
from morgana.speech.transcript import Speech

CLOSED = 0.02  # interocular distances


@dataclass(frozen=True, slots=True)
class Blink:
    """A blink from a fifth closed to a fifth closed, seconds."""

    start: float
    length: float
    depth: float


def blinks(performance: Performance) -> list[Blink]:
    """The blinks of the left eye."""
    lid = performance.actions[:, Action.EYE_BLINK_LEFT]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (lid > 0.2).astype(np.int8), [0]]))).reshape(-1, 2)
    fps = performance.fps
    return [Blink(start / fps, (end - start) / fps, float(lid[start:end].max())) for start, end in edges]


def closure_share(performance: Performance, speech: Speech) -> float:
    """Share of the p, b and m at which the lips do not meet on any frame shown during the phone."""
    gap = aperture(performance.actions)
    missed = [
        _least(gap, phone.start, phone.end, performance.fps) > CLOSED
        for phone in speech.phones
        if phone.name in SEALED
    ]
    return float(np.mean(missed)) if missed else 0.0


def _least(gap: FloatArray, start: float, end: float, fps: int) -> float:
    first = min(int(start * fps), len(gap) - 1)
    return float(gap[first : max(int(end * fps) + 1, first + 1)].min())


def silent(speech: Speech, frames: int, fps: int, margin: float = 0.25) -> NDArray[np.bool_]:
    """(frames,) whether a frame lies in silence, `margin` seconds from any voice or phone."""
    quiet = np.ones(frames, np.bool_)
    heard = [(span.start, span.end) for span in speech.voiced]
    heard += [(phone.start, phone.end) for phone in speech.phones]
    for start, end in heard:
        quiet[max(int((start - margin) * fps), 0) : int((end + margin) * fps) + 1] = False
    return quiet
