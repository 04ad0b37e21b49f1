"""The mouth interior as a network makes it."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.portrait.mesh.painting import MouthPainter

WEIGHTS: Final = "mouth-interior"


def learned_mouth(
    _rgb: NDArray[np.uint8],
    _landmarks: NDArray[np.float64],
    _unit: float,
    _openings: Sequence[NDArray[np.float64]],
    _to_mouth: NDArray[np.float64],
    _arch: float,
) -> MouthPainter:
    """A `MouthFactory`. Raises InputError: MODEL_MISSING, as there are no weights yet."""
    raise InputError(
        ErrorCode.MODEL_MISSING, f"There are no weights '{WEIGHTS}' yet. Choose another renderer."
    )
