"""The mouth driven by the sound itself, where nobody knows the words.

The first formant rises with the opening of the jaw and the second with the spreading of the lips (Fant 1960),
so the balance of three bands says how open and how round a mouth is; hisses close the teeth, and a murmur
that keeps its lowest band but loses the others comes through the nose, past closed lips.
"""

import numpy as np

from morgana.portrait.acting.curves import smooth
from morgana.portrait.acting.visemes import TRACKS
from morgana.portrait.performance import Action, FloatArray
from morgana.speech.prosody import PROSODY_RATE, Prosody


def mouth_from_sound(prosody: Prosody) -> FloatArray:
    """(N, len(TRACKS)) tracks at 100 Hz; all zero in silence."""
    low, first, second, high = prosody.bands.T
    loud = smooth(prosody.loudness, 8, PROSODY_RATE)
    voicing = smooth((prosody.pitch > 0).astype(np.float32), 10, PROSODY_RATE)
    openness = smooth(np.clip((first - low + 12) / 18, 0, 1), 6, PROSODY_RATE)
    brightness = smooth(np.clip((second - first + 16) / 20, 0, 1), 5, PROSODY_RATE)
    hiss = smooth(((high > first + 3) & (prosody.pitch == 0)).astype(np.float32), 8, PROSODY_RATE)
    speaking = np.clip((loud - 0.35) / 0.4, 0, 1)
    vowel = speaking * (1 - hiss) * (0.5 + 0.5 * voicing)
    rounded = vowel * np.clip(1 - 1.6 * brightness, 0, 1)
    tracks = np.zeros((len(loud), len(TRACKS)), np.float32)
    for action, values in {
        Action.JAW_OPEN: vowel * (0.12 + 0.42 * openness * loud) + 0.08 * hiss * speaking,
        Action.MOUTH_PUCKER: 0.6 * rounded * (1 - 0.5 * openness),
        Action.MOUTH_FUNNEL: 0.45 * rounded,
        Action.MOUTH_STRETCH: vowel * np.clip(brightness - 0.45, 0, 1) + 0.3 * hiss * speaking,
        Action.MOUTH_UPPER_UP: 0.15 * speaking * (1 - rounded),
        Action.MOUTH_LOWER_DOWN: 0.35 * speaking * (1 - rounded),
    }.items():
        tracks[:, TRACKS.index(action)] = np.clip(values, 0, 1)
    return tracks


def murmurs(prosody: Prosody) -> list[tuple[float, float]]:
    """Start and end, in seconds, of stretches of 40 to 200 ms in which the lips seem to be closed."""
    low, first, second, _ = prosody.bands.T
    upper = np.maximum(first, second)
    around = smooth(upper, 1.5, PROSODY_RATE)
    closed = (upper < around - 8) & (upper < low - 14) & (prosody.loudness > 0.3)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed.astype(np.int8), [0]])))
    return [
        (start / PROSODY_RATE, end / PROSODY_RATE)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if 4 <= end - start <= 20
    ]
