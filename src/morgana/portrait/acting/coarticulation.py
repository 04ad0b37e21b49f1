"""Phones that run into each other: dominance functions after Cohen & Massaro (1993).

"Modeling coarticulation in synthetic visual speech", in Models and Techniques in Computer Animation: each
phone pulls every track towards its target with a weight that falls off exponentially before and after it;
the track is the weighted mean of the targets. Rounding reaches further ahead than it lasts, as lips do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morgana.portrait.acting.visemes import (
    DIPHTHONGS,
    JAW,
    LIPS,
    REST,
    ROUNDING,
    TONGUE,
    TRACKS,
    VISEMES,
    Viseme,
)
from morgana.portrait.performance import FloatArray
from morgana.speech.transcript import Phone

# Seconds after which a phone's pull has fallen to 1/e, ahead of its centre region and behind it.
AHEAD = np.array([0.032, 0.090, 0.090, 0.042, 0.036, 0.036, 0.025, 0.025])
BEHIND = np.array([0.036, 0.045, 0.045, 0.042, 0.036, 0.036, 0.025, 0.025])
REACH = 0.45  # seconds beyond which the pull is nothing
SHORTEST_REST = 0.12  # seconds without a phone in which the mouth starts towards rest


@dataclass(frozen=True, slots=True)
class _Pull:
    viseme: Viseme
    start: float
    end: float


def articulate(phones: Sequence[Phone], count: int, rate: float) -> FloatArray:
    """(count, len(TRACKS)) the tracks at `rate` a second."""
    weighted = np.zeros((count, len(TRACKS)))
    weights = np.full((count, len(TRACKS)), 1e-6)
    for pull in _pulls(phones, count / rate):
        first = max(int((pull.start - REACH) * rate), 0)
        last = min(int((pull.end + REACH) * rate) + 1, count)
        if first >= last:
            continue
        dominance = _dominance(pull, np.arange(first, last) / rate)
        weighted[first:last] += dominance * np.asarray(pull.viseme.targets)
        weights[first:last] += dominance
    return np.asarray(weighted / weights, np.float32)


def _dominance(pull: _Pull, times: np.ndarray) -> np.ndarray:
    strength = np.empty(len(TRACKS))
    for tracks, value in (
        (JAW, pull.viseme.jaw),
        (ROUNDING, pull.viseme.rounding),
        (LIPS, pull.viseme.lips),
        (TONGUE, pull.viseme.tongue),
    ):
        strength[tracks] = value
    # Full pull within the middle half of the phone.
    quarter = (pull.end - pull.start) / 4
    before = np.maximum(pull.start + quarter - times, 0)[:, None]
    after = np.maximum(times - pull.end + quarter, 0)[:, None]
    return np.asarray(strength * np.exp(-before / AHEAD - after / BEHIND))


def _pulls(phones: Sequence[Phone], duration: float) -> list[_Pull]:
    pulls: list[_Pull] = []
    position = -1.0  # the mouth is at rest before the audio and after it
    for index, phone in enumerate(phones):
        if phone.start - position > SHORTEST_REST:
            pulls.append(_Pull(REST, position, phone.start))
        position = phone.end
        name = _variant(phones, index)
        if name in DIPHTHONGS:
            first, second, share = DIPHTHONGS[name]
            turn = phone.start + share * (phone.end - phone.start)
            pulls += [_Pull(VISEMES[first], phone.start, turn), _Pull(VISEMES[second], turn, phone.end)]
        elif name in VISEMES:
            pulls.append(_Pull(VISEMES[name], phone.start, phone.end))
    pulls.append(_Pull(REST, position, max(duration, position) + 1.0))
    return pulls


def _variant(phones: Sequence[Phone], index: int) -> str:
    """The viseme of a phone; the vowel of "or" is much closer than the one of "law"."""
    name = phones[index].name
    if name == "AO" and index + 1 < len(phones) and phones[index + 1].name == "R":
        return "OR"
    return name
