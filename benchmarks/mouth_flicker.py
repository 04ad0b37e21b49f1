"""Whether a mouth that is held open is still. Used by `mouth_figures.py`.

The frames are laid over each other as the skull moves, which is known exactly, and what lies between the lips
in all of them is compared over time. A pixel of softening takes away what moving pixels by fractions does.
*Unsteadiness* is how much a pixel's brightness deviates from its mean: teeth that swim, light that wanders,
and what a turning head rightly shifts. *Flicker* is what of that is too quick for a head: what a quadratic
over 7 frames leaves. Detail moves more grey levels than smooth paint does, for the same swimming.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from face_track import Pixels
from mouth_frames import Place
from mouth_sharpness import LEAST, grey, inside
from numpy.typing import NDArray
from scipy.signal import savgol_filter

WINDOW: Final = 7  # frames, as of the landmark jitter
SOFTENED: Final = 1.0  # pixels
HALF: Final = (0.5, 0.3)  # interocular distances to each side, and up, that are laid over each other
BELOW: Final = 0.5


def flicker(frames: Sequence[Pixels], places: Sequence[Place | None]) -> tuple[float, float]:
    """Unsteadiness and flicker, grey levels (root mean square); nan where nothing lies between the lips.

    frames: one after the other, each cut to its place.
    """
    shown = [(frame, place) for frame, place in zip(frames, places, strict=True) if place is not None]
    if len(shown) < WINDOW:
        return np.nan, np.nan
    still = np.stack(
        [_laid(cv2.GaussianBlur(grey(frame), (0, 0), SOFTENED), place) for frame, place in shown]
    )
    within = [_laid(inside(place.interior, place.unit).astype(np.float32), place) for _, place in shown]
    always = np.min(within, axis=0) > 0.99
    if always.sum() < LEAST:
        return np.nan, np.nan
    values = still[:, always].astype(np.float64)
    quick = values - savgol_filter(values, WINDOW, 2, axis=0)
    return _strength(values - values.mean(axis=0)), _strength(quick)


def _strength(values: NDArray[np.float64]) -> float:
    return float(np.sqrt((values**2).mean()))


def _laid(plane: NDArray[np.float32], place: Place) -> NDArray[np.float32]:
    """As it would be with the head at rest; pixels keep the size that they have there."""
    unit = place.unit
    width, height = round(2 * HALF[0] * unit), round((HALF[1] + BELOW) * unit)
    rest = np.array([[1 / unit, 0, -HALF[0]], [0, 1 / unit, -HALF[1]], [0, 0, 1]])
    to_frame = place.from_mouth @ rest
    laid = cv2.warpAffine(plane, to_frame, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    return np.asarray(laid, np.float32)
