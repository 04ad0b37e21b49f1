"""Pictures blurred, scaled and turned, in a tenth of the time that Skia takes without a graphics card.

A picture is (h, w) or (h, w, 4) uint8, its colours multiplied by alpha, transparent all around. A matrix
(skia.Matrix) leads from its pixels, the first from 0 to 1, to those of what it is drawn on.
"""

from math import ceil, hypot, sqrt
from typing import Any, cast

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from morgana.text.geometry import Box

Picture = NDArray[np.uint8]
TAIL = 3.0  # standard deviations after which a blur has ended
_FINEST = 2.5  # pixels of deviation that a blur keeps where it is made small
_SPARSEST = 0.5  # of its size: below that, a picture is made smaller first, or pixels would be skipped


def blurred(picture: Picture, deviation: float) -> tuple[Picture, Any]:
    """`picture` after a Gaussian blur, with all that this spreads to, and the matrix from it to `picture`.

    deviation: standard deviation in pixels. What is wide is made from a smaller picture: that is not seen.
    """
    halvings = 0
    while deviation >= 2 * _FINEST * 2**halvings:
        halvings += 1
    small = _halved(picture, halvings, halvings)
    shrink = 2**halvings
    # Averaging over so many pixels, and enlarging again by straight lines, are a blur of their own.
    still = sqrt(deviation**2 - shrink**2 / 4) / shrink if halvings else deviation
    margin = ceil(TAIL * still) + 1
    spread = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    if still > 0.0:
        cv2.GaussianBlur(spread, (0, 0), still, dst=spread)
    matrix = skia.Matrix.Scale(shrink, shrink)
    matrix.preTranslate(-margin, -margin)
    return cast("Picture", spread), matrix


def warped(picture: Picture, matrix: Any, box: Box) -> Picture:
    """What `matrix` makes of `picture` inside `box`, which is on whole numbers and not empty."""
    across = _halvings(hypot(matrix.getScaleX(), matrix.getSkewY()))
    down = _halvings(hypot(matrix.getSkewX(), matrix.getScaleY()))
    small = _halved(picture, across, down)
    whole = skia.Matrix.Translate(-box.left, -box.top)
    whole.preConcat(matrix)
    whole.preScale(2**across, 2**down)
    # There the first pixel lies at 0, here its middle lies at 0.5.
    whole.preTranslate(0.5, 0.5)
    whole.postTranslate(-0.5, -0.5)
    rows = np.array(
        [
            [whole.getScaleX(), whole.getSkewX(), whole.getTranslateX()],
            [whole.getSkewY(), whole.getScaleY(), whole.getTranslateY()],
        ]
    )
    size = (int(box.width), int(box.height))
    return cast(
        "Picture",
        cv2.warpAffine(small, rows, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT),
    )


def _halvings(scale: float) -> int:
    """How often a picture is halved before it is drawn `scale` times as large."""
    count = 0
    while 0.0 < scale < _SPARSEST * 0.5**count:
        count += 1
    return count


def _halved(picture: Picture, across: int, down: int) -> Picture:
    """`picture` smaller by these powers of two, each pixel the mean of those that it stands for."""
    height, width = picture.shape[:2]
    below, beside = -height % 2**down, -width % 2**across
    if below or beside:
        picture = cast("Picture", cv2.copyMakeBorder(picture, 0, below, 0, beside, cv2.BORDER_CONSTANT))
    while across or down:
        height, width = picture.shape[:2]
        size = (width // 2 if across else width, height // 2 if down else height)
        picture = cast("Picture", cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        across, down = max(across - 1, 0), max(down - 1, 0)
    return picture
