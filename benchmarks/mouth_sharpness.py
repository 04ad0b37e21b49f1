"""How sharp a rendered mouth is against the photo that it stands in. Used by `mouth_figures.py`.

*Inside*: how steep the steepest edges are. The steepness of an edge is its gradient over the contrast about
it, so that pale teeth are not called blurred and dark gaps not sharp; blur makes every edge less steep. The
photo seldom shows teeth, so that its eyes are what they are held against: edges of white and dark things of
the same size at the same focus. In 12 pictures of open mouths (four generated persons with bare teeth, at
1024, 512 and 341 pixels) the figure of their own teeth was 1.02, deviation 0.06; blurred by one pixel it was
0.82 of that.

*Lips*: strength of the finest band of spatial frequency, against that in the photo's lips: they are the same
skin, moved. *Mouth*: both together, by their areas.

It cannot be judged where the opening is under `LEAST_EDGY` pixels without its rim, or where the photo's eyes
are closed, hidden or out of focus.
"""

from typing import Final

import cv2
import numpy as np
from face_figures import filled, grown
from face_track import Pixels, Values
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm

Mask = NDArray[np.bool_]
Plane = NDArray[np.float32]

LEAST: Final = 40  # pixels that a region has to have
LEAST_EDGY: Final = 100  # the same for edges: a smaller opening shows little but its rim
STEEPEST: Final = 95  # percentile of the steepness that stands for a region's edges
CONTRAST: Final = 16.0  # grey levels about a pixel that make an edge of what is there, and not grain
ABOUT: Final = 9  # pixels across which contrast is looked for
SOFTENED: Final = 0.5  # pixels: deviation of what takes the noise of single pixels away
FINE: Final = (0.7, 1.4)  # pixels: deviations whose difference is the finest band
RIM: Final = 0.012  # interocular distances beside the border that belong to neither side; at least 2 pixels


def steepness(picture: Pixels, mask: Mask) -> float:
    """Of the steepest edges in a region, contrast a pixel; nan where it has too few edges."""
    luma = cv2.GaussianBlur(grey(picture), (0, 0), SOFTENED)
    across, down = (cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    window = np.ones((ABOUT, ABOUT), np.uint8)
    contrast = cv2.dilate(luma, window) - cv2.erode(luma, window)
    # An edge of what lies beyond the rim of the region is none of the region's.
    brightest = cv2.dilate(np.where(mask, luma, np.float32(0)), window)
    darkest = cv2.erode(np.where(mask, luma, np.float32(255)), window)
    edges = mask & (brightest - darkest > CONTRAST)
    if mask.sum() < LEAST_EDGY or edges.sum() < LEAST / 2:
        return np.nan
    return float(np.percentile(np.hypot(across, down)[edges] / contrast[edges], STEEPEST))


def fine_detail(picture: Pixels, mask: Mask) -> float:
    """Root mean square of the finest band in a region, grey levels; nan for a region that is too small."""
    if mask.sum() < LEAST:
        return np.nan
    luma = grey(picture)
    band = cv2.GaussianBlur(luma, (0, 0), FINE[0]) - cv2.GaussianBlur(luma, (0, 0), FINE[1])
    return float(np.sqrt((band[mask] ** 2).mean()))


def rim(unit: float) -> float:
    """Pixels beside the border that belong to neither side; unit: pixels an interocular distance."""
    return max(2.0, RIM * unit)


def inside(interior: Plane, unit: float) -> Mask:
    """What lies between the lips, away from them."""
    return ~grown(interior < 0.99, rim(unit))


def skin_of_lips(lips: Plane, interior: Plane, unit: float) -> Mask:
    """The lips, away from what lies between them."""
    return np.asarray((lips > 0.5) & ~grown(interior > 0, rim(unit)))


def of_photo(photo: Pixels, points: Values) -> tuple[float, float]:
    """What a mouth is held against: steepness of the eyes, fine detail of the lips. points: (478, 2)."""
    shape, unit = photo.shape[:2], lm.interocular(points)
    eyes = np.any(
        [
            filled(shape, np.concatenate([points[upper], points[lower][::-1]]))
            for upper, lower in (
                (lm.RIGHT_EYE_UPPER, lm.RIGHT_EYE_LOWER),
                (lm.LEFT_EYE_UPPER, lm.LEFT_EYE_LOWER),
            )
        ],
        axis=0,
    )
    lips, between = (
        filled(shape, np.concatenate([points[lm.UPPER_LIP[ring]], points[lm.LOWER_LIP[ring]][::-1]]))
        for ring in (3, 0)
    )
    skin = skin_of_lips(lips.astype(np.float32), between.astype(np.float32), unit)
    return steepness(photo, eyes), fine_detail(photo, skin)


def grey(picture: Pixels) -> Plane:
    """(h, w) luma, 0 to 255."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY), np.float32)
