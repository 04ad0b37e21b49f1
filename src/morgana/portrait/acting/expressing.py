"""Expression: the set of the face under the speech, and the brows that move with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.acting.curves import bump, ease, noise, smooth
from morgana.portrait.acting.phrasing import Phrasing
from morgana.portrait.performance import Action, FloatArray

# The face of each expression at full intensity, after the prototypes of Ekman & Friesen's FACS.
FACES: Final[Mapping[str, Mapping[Action, float]]] = {
    "neutral": {Action.MOUTH_SMILE_LEFT: 0.12, Action.MOUTH_SMILE_RIGHT: 0.12, Action.CHEEK_SQUINT: 0.06},
    "happy": {
        Action.MOUTH_SMILE_LEFT: 0.80,
        Action.MOUTH_SMILE_RIGHT: 0.80,
        Action.CHEEK_SQUINT: 0.65,
        Action.EYE_SQUINT: 0.45,
        Action.BROW_OUTER_UP_LEFT: 0.12,
        Action.BROW_OUTER_UP_RIGHT: 0.12,
    },
    "serious": {
        Action.BROW_DOWN: 0.50,
        Action.EYE_SQUINT: 0.22,
        Action.MOUTH_FROWN_LEFT: 0.12,
        Action.MOUTH_FROWN_RIGHT: 0.12,
    },
    "surprised": {
        Action.BROW_INNER_UP: 0.70,
        Action.BROW_OUTER_UP_LEFT: 0.70,
        Action.BROW_OUTER_UP_RIGHT: 0.70,
        Action.EYE_WIDE: 0.60,
    },
    "sad": {
        Action.BROW_INNER_UP: 0.75,
        Action.BROW_DOWN: 0.15,
        Action.MOUTH_FROWN_LEFT: 0.55,
        Action.MOUTH_FROWN_RIGHT: 0.55,
        Action.EYE_SQUINT: 0.12,
    },
}
EXPRESSIONS: Final = tuple(FACES)
ANTICIPATION: Final = 0.35  # seconds by which a face starts to change before the word that it goes with
CHANGE: Final = (
    0.6  # seconds in which it does; felt smiles take 0.5 to 0.8 s to their apex (Schmidt et al. 2003)
)
SMILES = (Action.MOUTH_SMILE_LEFT, Action.MOUTH_SMILE_RIGHT)
FROWNS = (Action.MOUTH_FROWN_LEFT, Action.MOUTH_FROWN_RIGHT)
# How lively the brows are: raised on stress in most moods, drawn together in a serious one.
LIVELINESS: Final = {"neutral": 0.8, "happy": 1.0, "serious": 0.5, "surprised": 0.8, "sad": 0.4}


@dataclass(frozen=True, slots=True)
class Mood:
    """From `start` (seconds) on, the face is one of `EXPRESSIONS`, at `intensity`, 0 to 1."""

    start: float
    expression: str
    intensity: float


def express(
    actions: FloatArray, phrasing: Phrasing, moods: Sequence[Mood], fps: int, generator: np.random.Generator
) -> None:
    """Add the faces of `moods` and the moving brows to `actions`, in place; the mouth is set before.

    moods: at least one, in order of time; the first holds from the beginning.
    """
    frames = len(actions)
    times = np.arange(frames) / fps
    waves, brows = generator.spawn(2)
    # An expression that holds still looks painted on: it grows after the start and lives with the phrases.
    level = (0.55 + 0.45 * ease(times / 0.8)) * np.clip(1 + 0.12 * noise(waves, frames, 0.3, fps), 0.6, 1.3)
    liveliness = np.zeros(frames)
    faces = np.zeros_like(actions)
    for mood, share in zip(moods, _shares(moods, times), strict=True):
        strength = 1.0 if mood.expression == "neutral" else mood.intensity
        for action, weight in FACES[mood.expression].items():
            faces[:, action] += strength * weight * level * share
        liveliness += share * LIVELINESS[mood.expression] * (0.6 + 0.8 * mood.intensity)
    np.clip(actions + faces, 0, 1, out=actions)
    _yield_to_speech(actions, fps)
    _move_brows(actions, phrasing, times, liveliness, brows)


def _shares(moods: Sequence[Mood], times: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """How much of each mood shows: a face is on its way before the word that it belongs to."""
    begun = [np.ones_like(times)]
    begun += [ease((times - mood.start + ANTICIPATION) / CHANGE) for mood in moods[1:]]
    left = np.ones_like(times)
    shares = []
    for level in reversed(begun):
        shares.append(left * level)
        left = left * (1 - level)
    return shares[::-1]


def _yield_to_speech(actions: FloatArray, fps: int) -> None:
    """Rounded and sealed lips cannot be drawn up at the corners as well."""
    rounding = actions[:, Action.MOUTH_PUCKER] + 0.7 * actions[:, Action.MOUTH_FUNNEL]
    pressed = actions[:, Action.MOUTH_PRESS]
    left = np.clip(1 - 0.75 * rounding - 0.5 * pressed, 0.15, 1)
    room = np.clip(smooth(left.astype(np.float32), 6, fps), 0, 1)[:, None]
    for pair in (SMILES, FROWNS):
        actions[:, pair] *= room


def _move_brows(
    actions: FloatArray,
    phrasing: Phrasing,
    times: NDArray[np.float64],
    liveliness: NDArray[np.float64],
    generator: np.random.Generator,
) -> None:
    """Brows rise on strong stresses and at the end of questions, one side a little more than the other."""
    inner, outer = np.zeros(len(times)), np.zeros(len(times))
    last = -2.0
    for stress in phrasing.stresses:
        draws = generator.random(3)
        if draws[0] > 0.15 + 0.85 * stress.strength or stress.time - last < 0.9:
            continue
        last = stress.time
        rise = bump(times, stress.time - 0.14, 0.18, 0.08 + 0.15 * draws[1], 0.45)
        inner = np.maximum(inner, (0.20 + 0.35 * stress.strength) * rise)
        outer = np.maximum(outer, (0.15 + 0.30 * stress.strength) * (0.7 + 0.3 * draws[2]) * rise)
    for end in phrasing.questions:
        rise = bump(times, end - 0.8, 0.4, 0.5, 0.5)
        inner, outer = np.maximum(inner, 0.5 * rise), np.maximum(outer, 0.5 * rise)
    lean = generator.uniform(0.85, 1.15)
    for action, amount in (
        (Action.BROW_INNER_UP, inner),
        (Action.BROW_OUTER_UP_LEFT, outer * lean),
        (Action.BROW_OUTER_UP_RIGHT, outer * (2 - lean)),
    ):
        actions[:, action] = np.clip(actions[:, action] + liveliness * amount, 0, 1)
