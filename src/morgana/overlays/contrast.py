"""How well colours can be told apart, as WCAG 2.2 defines it."""

import numpy as np
from numpy.typing import NDArray

from morgana.text.style import rgba

Floats = NDArray[np.float32]

_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)  # WCAG 2.2, relative luminance
_SHARES = np.arange(256) / 255
# From a code of 8 bits to linear light (IEC 61966-2-1).
_LINEAR = np.where(_SHARES <= 0.04045, _SHARES / 12.92, ((_SHARES + 0.055) / 1.055) ** 2.4).astype(np.float32)


def luminance(rgb: NDArray[np.uint8]) -> Floats:
    """(...) relative luminance, 0 to 1, of (..., 3) sRGB."""
    return np.asarray(_LINEAR[rgb] @ _WEIGHTS, np.float32)


def luminance_of(colour: str) -> float:
    """Of "#RRGGBB"."""
    return float(luminance(np.array(rgba(colour)[:3], np.uint8)))


def ratio(one: Floats | float, other: Floats | float) -> Floats:
    """The contrast ratio of two relative luminances, 1 to 21 (WCAG 2.2)."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.asarray((high + 0.05) / (low + 0.05), np.float32)
