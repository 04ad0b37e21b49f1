"""Smooth steps between 0 and 1."""

import numpy as np
from numpy.typing import NDArray


def smoothstep(x: NDArray[np.floating] | float, low: float = 0.0, high: float = 1.0) -> NDArray[np.floating]:
    """0 below `low`, 1 above `high`, the cubic 3t^2 - 2t^3 between; the type of `x` is kept."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))
