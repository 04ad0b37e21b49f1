"""Blinks: 12 to 20 a minute, mostly where phrases end, fast down and slower up."""

import numpy as np

from morgana.portrait.acting.curves import ease
from morgana.portrait.acting.phrasing import Phrasing
from morgana.portrait.performance import FloatArray

# Bentivoglio et al. (1997): 17 blinks a minute at rest, 26 in conversation; Nakano & Kitazawa (2010):
# speakers blink at the ends of phrases.
MEAN_INTERVAL = 3.7  # seconds
SHORTEST, LONGEST = 1.3, 7.0  # seconds between blinks
ATTRACTION = 1.2  # seconds within which the end of a phrase draws a blink to itself
DOUBLE = 0.06  # share of blinks that come twice
CLOSING, OPENING = (0.07, 0.10), (0.14, 0.22)  # seconds, ranges (VanderWerf et al. 2003)
HELD = (0.0, 0.04)


def blink(phrasing: Phrasing, frames: int, fps: int, generator: np.random.Generator) -> FloatArray:
    """(frames, 2) closure of the left and the right eye, 0 to 1."""
    lids = np.zeros((frames, 2), np.float32)
    times = np.arange(frames) / fps
    for start in _starts(phrasing, generator):
        closing, held = generator.uniform(*CLOSING), generator.uniform(*HELD)
        opening, depth = generator.uniform(*OPENING), generator.uniform(0.94, 1.0)
        # The lids meet on a frame, or at 25 frames a second some blinks would never be seen to close.
        shut = round((start + closing) * fps) / fps
        falling = ease((times - shut + closing) / closing)
        rising = ease((times - shut - held) / opening) ** 0.8
        curve = depth * np.clip(falling - rising, 0, 1)
        lids[:, 0] = np.maximum(lids[:, 0], curve)
        lids[:, 1] = np.maximum(lids[:, 1], np.clip(curve * generator.uniform(0.97, 1.0), 0, 1))
    return lids


def _starts(phrasing: Phrasing, generator: np.random.Generator) -> list[float]:
    ends = [phrase.end for phrase in phrasing.phrases]
    starts: list[float] = []
    position = generator.uniform(0.6, 2.5)
    while position < phrasing.duration - 0.35:
        near = [end - 0.05 for end in ends if abs(end - position) < ATTRACTION]
        if near:
            pulled = min(near, key=lambda end: abs(end - position)) + generator.uniform(-0.05, 0.15)
            if (not starts or pulled - starts[-1] > SHORTEST) and pulled < phrasing.duration - 0.35:
                position = max(pulled, 0.2)
        starts.append(position)
        if generator.random() < DOUBLE:
            starts.append(position + generator.uniform(0.42, 0.6))
        # A log-normal spread of intervals, as observed, within limits.
        interval = MEAN_INTERVAL * generator.lognormal(-0.08, 0.4)
        position = starts[-1] + float(np.clip(interval, SHORTEST, LONGEST))
    return [start for start in starts if start < phrasing.duration - 0.35]
