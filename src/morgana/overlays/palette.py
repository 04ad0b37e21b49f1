"""A colour out of the film: nearly black, in the hue that the film has most of."""

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.paint import INK

_STEP = 4  # of the pixels, one in so many a side
_HUES = 24
_COLOURFUL = 8.0  # mean chroma (CIE Lab) below which a film has no colour of its own
_LIGHTNESS, _CHROMA = 12.0, 20.0


def deep(pictures: NDArray[np.uint8]) -> str:
    """ "#RRGGBB" for text or plates on (n, h, w, 3) sRGB: dark enough to contrast as black does."""
    pixels = np.ascontiguousarray(pictures[:, ::_STEP, ::_STEP].reshape(-1, 1, 3))
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    if chroma.mean() < _COLOURFUL:
        return INK
    hue = np.arctan2(lab[:, 2], lab[:, 1])
    weights, edges = np.histogram(hue, _HUES, (-np.pi, np.pi), weights=chroma)
    fullest = int(np.argmax(weights))
    angle = (edges[fullest] + edges[fullest + 1]) / 2
    chosen = np.array([[[_LIGHTNESS, _CHROMA * np.cos(angle), _CHROMA * np.sin(angle)]]], np.float32)
    rgb = np.clip(cv2.cvtColor(chosen, cv2.COLOR_LAB2RGB)[0, 0], 0, 1)
    return "#" + "".join(f"{round(float(part) * 255):02x}" for part in rgb)
