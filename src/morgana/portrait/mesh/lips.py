"""The lips: what each mouth action does to the four lip contours.

Displacements are in interocular distances along the head's axes (towards the person's left, down, away from
the camera). A contour has 11 columns from one mouth corner to the other, four rings from the inner edge out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.performance import Action

Field = NDArray[np.float64]

COLUMNS = 11
MEAN_WIDTH = 0.7  # of a mouth at rest between its corners, interocular distances
UPPER_SHARE = 0.32  # of a closing gap that the upper lip covers; the lower lip is the more mobile one
# How much of the inner edge's closing motion each ring follows: the outer edge hangs on the skin.
CLOSING_UPPER = np.array([1.0, 0.97, 0.9, 0.78])
CLOSING_LOWER = np.array([1.0, 0.98, 0.93, 0.82])
CORNER_JAW = 0.4  # share of the jaw's drop that reaches the mouth corners
UPPER_LIFT = 0.14  # share of an opening that the upper lip makes by rising
INCISOR_DROP = 0.45  # of the lower teeth at JAW_OPEN 1
JAW_BACK = 0.35  # share of a pure turn's backward motion that is left
OPEN_EXPONENT = 2.4  # of the outline of an open mouth, between a lens (2) and a box


@dataclass(frozen=True, slots=True)
class Lips:
    """The lips at rest, in head coordinates and interocular distances about the middle of the mouth.

    upper, lower: (4, 11, 3). openness: (11,) 1 in the middle, 0 at the corners. across: (11,) -1 to 1.
    """

    upper: Field
    lower: Field
    openness: Field
    across: Field

    @property
    def size(self) -> float:
        """Width of the mouth against the mean; small mouths open less wide and hold smaller teeth."""
        return float(np.clip(2 * self.half_width / MEAN_WIDTH, 0.75, 1.0))

    @property
    def half_width(self) -> float:
        return float(np.linalg.norm(self.upper[0, -1] - self.upper[0, 0]) / 2)


def lips_at_rest(face: Field) -> Lips:
    """`face`: (468, 3) landmarks in head coordinates and interocular distances."""
    corners = face[list(lm.MOUTH_CORNERS)]
    middle = corners.mean(axis=0)
    upper, lower = face[lm.UPPER_LIP] - middle, face[lm.LOWER_LIP] - middle
    axis = (corners[1] - corners[0]) / np.linalg.norm(corners[1] - corners[0])
    along = ((upper[0] + lower[0]) / 2) @ axis
    across = np.clip(along / max(np.abs(along).max(), 1e-6), -1, 1)
    across[0], across[-1] = -1, 1
    return Lips(upper, lower, 1 - np.abs(across) ** OPEN_EXPONENT, across)


OPENING = (Action.JAW_OPEN, Action.MOUTH_UPPER_UP, Action.MOUTH_LOWER_DOWN, Action.MOUTH_FUNNEL)


def fit_weights(lips: Lips, weights: Field) -> Field:
    """The weights within 0 to 1, with what opens the mouth fitted to its size."""
    fitted = np.clip(weights.astype(np.float64), 0, 1)
    fitted[list(OPENING)] *= lips.size
    return fitted


def meeting_line(lips: Lips) -> Field:
    """Where the middle of the closed lips lies, (3,), from the middle between the corners."""
    upper, lower = lips.upper[0, COLUMNS // 2], lips.lower[0, COLUMNS // 2]
    return np.asarray(((1 - UPPER_SHARE) * upper + UPPER_SHARE * lower) * np.array([0.0, 1.0, 1.0]))


def _sided(left: float, right: float, across: Field) -> Field:
    """Blend of the two sides' weights over the columns."""
    share = (across + 1) / 2
    return right * (1 - share) + left * share


def _common(lips: Lips, w: Field) -> Field:
    """Motion shared by both lips, (11, 3): corners drawn in, out, up or down; lips pushed forward."""
    move = np.zeros((COLUMNS, 3))
    corner = np.abs(lips.across) ** 1.6
    smile = _sided(w[Action.MOUTH_SMILE_LEFT], w[Action.MOUTH_SMILE_RIGHT], lips.across)
    frown = _sided(w[Action.MOUTH_FROWN_LEFT], w[Action.MOUTH_FROWN_RIGHT], lips.across)
    pucker, funnel, stretch = (w[a] for a in (Action.MOUTH_PUCKER, Action.MOUTH_FUNNEL, Action.MOUTH_STRETCH))
    narrow = 1 - (1 - 0.5 * pucker) * (1 - 0.28 * funnel) * (1 - 0.14 * w[Action.JAW_OPEN])
    widen = 0.2 * stretch * (1 - pucker)
    move[:, 0] = (
        lips.half_width * lips.across * (widen - narrow) + np.sign(lips.across) * 0.09 * smile * corner
    )
    move[:, 1] = -0.12 * smile * corner + 0.02 * smile * (1 - corner) + 0.09 * frown * corner
    move[:, 2] = 0.05 * smile * corner + 0.03 * stretch * corner
    move[:, 2] -= (0.14 * pucker + 0.1 * funnel) * (0.35 + 0.65 * lips.openness)
    return move


def jaw_turn(points: Field, jaw: float, hinge: Field) -> Field:
    """Displacement of (..., 3) points with the jaw turned about its `hinge` (3,); from the mouth's middle.

    To first order in the angle; the joint slides forward as it opens, which takes back most of the way the
    chin would go backwards.
    """
    drop = jaw * INCISOR_DROP
    moved = np.zeros_like(points)
    moved[..., 1] = drop * np.clip((hinge[2] - points[..., 2]) / hinge[2], 0, None)
    moved[..., 2] = drop * JAW_BACK * np.clip((points[..., 1] - hinge[1]) / hinge[2], 0, None)
    return moved


def _open(lips: Lips, w: Field, drop: Field) -> tuple[Field, Field]:
    """Motion of the upper and the lower lip, (11, 3) each; `drop` (3,) is the jaw's at the lower lip."""
    open_ = lips.openness[:, None]
    down = np.array([0.0, 1.0, 0.0])
    corner = drop * CORNER_JAW
    lower_centre = drop * (1 - UPPER_LIFT) + down * (
        0.1 * w[Action.MOUTH_LOWER_DOWN] + 0.11 * w[Action.MOUTH_FUNNEL] + 0.02 * w[Action.MOUTH_PUCKER]
    )
    upper_centre = -down * drop[1] * UPPER_LIFT - down * (
        0.1 * w[Action.MOUTH_UPPER_UP] + 0.09 * w[Action.MOUTH_FUNNEL] + 0.02 * w[Action.MOUTH_PUCKER]
    )
    return corner * (1 - open_) + upper_centre * open_, corner * (1 - open_) + lower_centre * open_


def _fullness(lips: Lips, w: Field) -> tuple[Field, Field]:
    """Lips made thicker (pucker) or thinner (press, roll, smile): the rings move against the inner edge."""
    smile = (w[Action.MOUTH_SMILE_LEFT] + w[Action.MOUTH_SMILE_RIGHT]) / 2
    thin = 0.42 * w[Action.MOUTH_PRESS] + 0.12 * smile + 0.1 * w[Action.MOUTH_STRETCH]
    full = 0.22 * w[Action.MOUTH_PUCKER] + 0.12 * w[Action.MOUTH_FUNNEL]
    upper = (lips.upper - lips.upper[:1]) * (full - thin)
    lower = (lips.lower - lips.lower[:1]) * (full - thin - 0.4 * w[Action.MOUTH_ROLL_LOWER])
    upper[..., 2] = lower[..., 2] = 0
    return upper, lower


def move_lips(lips: Lips, weights: Field, hinge: Field) -> tuple[Field, Field]:
    """Displacements of the upper and lower lip rings, (4, 11, 3) each, from one frame's action weights.

    The photo's own opening is taken away first, so that the weights alone say how open the mouth is.
    """
    w = weights
    photo_gap = lips.lower[0] - lips.upper[0]
    upper_close, lower_close = CLOSING_UPPER[:, None, None], CLOSING_LOWER[:, None, None]
    upper = UPPER_SHARE * upper_close * photo_gap
    lower = -(1 - UPPER_SHARE) * lower_close * photo_gap
    common = _common(lips, w)
    drop = jaw_turn(lips.lower[0, COLUMNS // 2], float(w[Action.JAW_OPEN]), hinge)
    open_upper, open_lower = _open(lips, w, drop)
    thick_upper, thick_lower = _fullness(lips, w)
    upper = upper + common + open_upper + thick_upper
    lower = lower + common + open_lower + thick_lower
    gap = (lips.lower[0] + lower[0]) - (lips.upper[0] + upper[0])
    roll = float(w[Action.MOUTH_ROLL_LOWER])
    # For f and v the lower lip rises to the edge of the upper teeth, which stay in sight.
    bite = np.array([0.0, 0.045, 0.03]) * lips.openness[:, None]
    shut = float(w[Action.MOUTH_CLOSE])
    closing = shut * gap + (1 - shut) * roll * (gap - bite)
    share = UPPER_SHARE * (1 - roll)
    upper = upper + share * upper_close * closing
    lower = lower - (1 - share) * lower_close * closing
    upper[..., 1] -= 0.025 * roll * (1 - shut) * lips.openness
    return upper, lower
