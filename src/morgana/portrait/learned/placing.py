"""What was painted on the canvas, in a frame: no softer than a photograph, and steady as the head moves."""

import math
from typing import Final

import cv2
import numpy as np

from morgana.portrait.mesh.painting import Affine, Image

SHARPENING: Final = 1.6  # of what a blur takes away: edges come out as steep as those of the photo's eyes
ENLARGED: Final = 0.4  # more of it where the canvas is twice its size or more, and the photo has finer detail
SOFTNESS: Final = 1.2  # pixels of the canvas: how far the painter blurs
_LEAST_BLUR: Final = 0.8  # pixels of the frame
_SLACK: Final = 0.7  # of the contrast beside an edge in a very small picture, by which it may get a rim


def place(painted: Image, to_frame: Affine, width: int, height: int) -> Image:
    """The canvas as it lies in a part of a frame, (height, width, 3); its edges are repeated.

    to_frame: (2, 3) from pixels of the canvas. In a frame that has fewer pixels than the canvas each is the
    mean of all that fall into it: those that are passed over would flicker as the head moves.
    """
    scale = float(np.sqrt(abs(np.linalg.det(to_frame[:, :2]))))
    times = max(1, math.ceil(1 / scale))
    finer = to_frame * times
    finer[:, 2] += (times - 1) / 2  # the middle of a pixel is that of those it is the mean of
    placed = cv2.warpAffine(
        painted,
        finer,
        (width * times, height * times),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    sharp = _sharpened(placed, scale, times)
    if times > 1:
        sharp = cv2.resize(sharp, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(sharp, np.float32)


def _sharpened(placed: Image, scale: float, times: int) -> Image:
    """With the edges that the painter leaves soft as steep as a photograph has them.

    scale: pixels of the frame to one of the canvas; times: pixels to one of the frame.
    """
    lost = max(0.0, 1 - scale)  # what the means of pixels will take away again
    blur = times * max(_LEAST_BLUR, (SOFTNESS + lost) * scale)
    amount = SHARPENING + ENLARGED * min(max(scale - 1, 0.0), 1.0)
    sharp = placed + amount * (placed - cv2.GaussianBlur(placed, (0, 0), blur))
    # Hardly brighter or darker than what is beside it, or edges get a rim (unseen in small pictures).
    beside = np.ones((2 * math.ceil(blur) + 1,) * 2, np.uint8)
    darkest, brightest = cv2.erode(placed, beside), cv2.dilate(placed, beside)
    slack = (brightest - darkest) * np.float32(_SLACK * lost)
    return np.asarray(np.clip(sharp, darkest - slack, brightest + slack), np.float32)
