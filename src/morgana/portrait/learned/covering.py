"""How sure a small network is that something is in front of the mouth: a hand, a mask, a microphone.

`covered.onnx` is made by `training/`, from drawn covers on faces that do not exist.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.learned.interior import session

SIDE: Final = 64  # pixels of the picture that the network looks at
SPAN: Final = 1.6  # what it shows, interocular distances: from the nose to the chin
_LIPS: Final = np.concatenate([lm.UPPER_LIP[3], lm.LOWER_LIP[3]])


def covered(rgb: NDArray[np.uint8], landmarks: NDArray[np.float64]) -> float:
    """How sure it is that the mouth in an (H, W, 3) picture is covered, 0 to 1. landmarks: (478, 3).

    Raises InputError: MODEL_MISSING without the weights.
    """
    crop = mouth_crop(rgb, landmarks)
    mouth = np.ascontiguousarray(crop.transpose(2, 0, 1)[None])
    return float(session("covered.onnx").run(None, {"mouth": mouth})[0][0])


def mouth_crop(rgb: NDArray[np.uint8], landmarks: NDArray[np.float64], side: int = SIDE) -> NDArray[np.uint8]:
    """The mouth with the eyes level, (side, side, 3), `SPAN` interocular distances high and wide."""
    across = (landmarks[lm.LEFT_IRIS[0]] - landmarks[lm.RIGHT_IRIS[0]])[:2]
    middle = landmarks[_LIPS, :2].mean(axis=0)
    unit = max(float(np.linalg.norm(across)), 1.0)
    fine = side * max(1, round(SPAN * unit / side))  # about the picture's own size, to be averaged
    turn = np.array([across, [-across[1], across[0]]]) * (fine / (SPAN * unit * unit))
    affine = np.column_stack([turn, (fine - 1) / 2 - turn @ middle])
    crop = cv2.warpAffine(rgb, affine, (fine, fine), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
