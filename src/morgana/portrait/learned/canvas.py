"""The canvas that a learned mouth interior is painted on: part of mouth coordinates, fixed to the skull."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 128  # pixels
HEIGHT: Final = 112
SCALE: Final = 144.0  # pixels an interocular distance
LINE: Final = 28.5  # row of the line where closed lips meet


def canvas_from_mouth() -> NDArray[np.float64]:
    """(3, 3) from mouth coordinates (interocular distances about the middle of the closed lips) to pixels."""
    return np.array([[SCALE, 0.0, (WIDTH - 1) / 2], [0.0, SCALE, LINE], [0.0, 0.0, 1.0]])


def canvas_grid() -> NDArray[np.float32]:
    """(1, 2, HEIGHT, WIDTH): where each pixel is, columns and rows from -1 to 1."""
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    return np.stack([columns, rows])[None].astype(np.float32)
