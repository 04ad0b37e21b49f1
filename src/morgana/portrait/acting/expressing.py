"""Expression: the set of the face under the speech, and the brows that move with it."""

from collections.abc import Mapping
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
SMILES = (Action.MOUTH_SMILE_LEFT, Action.MOUTH_SMILE_RIGHT)
FROWNS = (Action.MOUTH_FROWN_LEFT, Action.MOUTH_FROWN_RIGHT)
# How lively the brows are: raised on stress in most moods, drawn together in a serious one.
LIVELINESS: Final = {"neutral": 0.8, "happy": 1.0, "serious": 0.5, "surprised": 0.8, "sad": 0.4}


def express(
    actions: FloatArray,
    phrasing: Phrasing,
    expression: str,
    intensity: float,
    fps: int,
    generator: np.random.Generator,
) -> None:
    """Add the face of `expression` and the moving brows to `actions`, in place; the mouth is set before."""
    frames = len(actions)
    times = np.arange(frames) / fps
    waves, brows = generator.spawn(2)
    strength = 1.0 if expression == "neutral" else intensity
    # An expression that holds still looks painted on: it grows after the start and lives with the phrases.
    level = (0.55 + 0.45 * ease(times / 0.8)) * np.clip(1 + 0.12 * noise(waves, frames, 0.3, fps), 0.6, 1.3)
    for action, weight in FACES[expression].items():
        actions[:, action] = np.clip(actions[:, action] + strength * weight * level, 0, 1)
    _yield_to_speech(actions, fps)
    _move_brows(actions, phrasing, times, LIVELINESS[expression] * (0.6 + 0.8 * intensity), brows)


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
    liveliness: float,
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
