"""The mouth driven by the sound itself, where nobody knows the words.

The first formant rises with the opening of the jaw and the second with the spreading of the lips (Fant
1960), so the balance of bands says how open and how round a mouth is; hisses close the teeth, and a murmur
that keeps its lowest band but loses the others comes through the nose, past closed lips. Bands are taken
relative to the recording's own median, so that neither voice nor microphone matters. The weights are rounded
from a linear fit to the tracks of aligned speech of four speakers; such a fit predicts the jaw of a speaker
left out with a correlation of 0.5 to 0.7.
"""

from dataclasses import dataclass

import numpy as np

from morgana.portrait.acting.curves import smooth
from morgana.portrait.acting.visemes import TRACKS, VISEMES
from morgana.portrait.performance import Action, FloatArray
from morgana.speech.prosody import PROSODY_RATE, Prosody

AUDIBLE, FULL = 0.35, 0.7  # loudness at which the mouth begins to move, and moves fully
WIDEST = VISEMES["AA"].targets[0]  # jaw; beside speech, a song may be so bright that more would follow
SHORTEST_MURMUR, LONGEST_MURMUR = 0.04, 0.20  # seconds


@dataclass(frozen=True, slots=True)
class _Colour:
    """(N,) each, in tens of dB from the recording's median: bands relative to that of the first formant."""

    low: FloatArray
    middle: FloatArray
    high: FloatArray
    hiss: FloatArray


def _colour(prosody: Prosody) -> _Colour:
    relative = np.delete(prosody.bands, 1, axis=1) - prosody.bands[:, 1:2]
    voiced = (prosody.loudness > 0.6) & (prosody.pitch > 0)
    typical = np.median(relative[voiced], axis=0) if voiced.sum() > 20 else np.median(relative, axis=0)
    return _Colour(*smooth((relative - typical) / 10, 7, PROSODY_RATE).T)


def mouth_from_sound(prosody: Prosody) -> FloatArray:
    """(N, len(TRACKS)) tracks at 100 Hz; all zero in silence."""
    colour = _colour(prosody)
    loud = smooth(prosody.loudness, 8, PROSODY_RATE)
    speaking = np.clip((loud - AUDIBLE) / (FULL - AUDIBLE), 0, 1)
    jaw = 0.10 + 0.24 * loud - 0.09 * colour.low - 0.05 * colour.hiss
    jaw = jaw + 0.03 * (colour.middle + colour.high)
    spread = 0.12 - 0.12 * colour.middle + 0.06 * colour.high + 0.08 * colour.hiss
    rounding = 0.30 - 0.15 * colour.high - 0.25 * colour.hiss - 0.8 * np.maximum(spread - 0.12, 0)
    tracks = np.zeros((len(loud), len(TRACKS)), np.float32)
    for action, values in {
        Action.JAW_OPEN: np.minimum(jaw, WIDEST),
        Action.MOUTH_PUCKER: 0.5 * rounding,
        Action.MOUTH_FUNNEL: 0.4 * rounding,
        Action.MOUTH_STRETCH: spread,
        Action.MOUTH_UPPER_UP: 0.12 - 0.1 * rounding,
        Action.MOUTH_LOWER_DOWN: 0.32 - 0.2 * rounding,
    }.items():
        tracks[:, TRACKS.index(action)] = speaking * np.clip(values, 0, 0.7)
    return tracks


def murmurs(prosody: Prosody) -> list[tuple[float, float]]:
    """Start and end, in seconds, of short stretches in which the lips seem to be closed."""
    colour = _colour(prosody)
    upper = smooth(prosody.bands[:, 1:4].max(axis=1), 15, PROSODY_RATE)
    fallen = upper < smooth(upper, 1.5, PROSODY_RATE) - 4
    voiced = colour.hiss - colour.low < 0.5  # a hiss, other than a hum, is stronger than what is below it
    closed = fallen & (colour.low > 0.5) & voiced & (prosody.loudness > 0.3)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed.astype(np.int8), [0]])))
    spans = (edges.reshape(-1, 2) / PROSODY_RATE).tolist()
    return [
        (start, end) for start, end in spans if SHORTEST_MURMUR - 1e-6 <= end - start <= LONGEST_MURMUR + 1e-6
    ]
