"""Whether the border between the lips and what is painted between them shows. Used by `mouth_figures.py`.

A seam is a change of brightness or colour that lies on the border and not beside it: a cut edge, or a rim of
light, dark or colour. The strength of the changes across the border is taken along its whole length, and that
of the changes in the lips beside it, which are the same skin with every renderer, is taken off it. What is
painted inside is not: many sharp teeth would hide an edge. Real lips have an edge too, where light skin
stands before a dark mouth; so no number is right by itself, and renderers are compared on the same openings.
Corners are left out: there the lips meet. What is wrong a little beside the border with both alike, such as a
rest of the photo's own teeth that is carried along on the lip, is not seen.
"""

from typing import Final

import cv2
import numpy as np
from face_track import Pixels, Values

AT: Final = 1.0  # pixels from the border that still are the border
BESIDE: Final = (2.5, 5.0)  # pixels from the border, on the lip, that it is held against
STEP: Final = 0.5  # pixels
CORNERS: Final = 0.06  # of the outline's length, at each corner on either lip, that are left out


def seam(picture: Pixels, outline: Values) -> float:
    """Colour difference (CIE 1976, 1 is just seen) a pixel; 0 where the border is as the lips beside it.

    outline: (N, 2) pixels, as `MouthPainter.paint` has it: N even, from one corner along the upper lip.
    """
    points, normals = _along(outline)
    reach = np.arange(-BESIDE[1] - STEP, AT + 2 * STEP, STEP)  # below 0 is the lip
    where = (points[:, None] + reach[None, :, None] * normals[:, None]).astype(np.float32)
    rgb = np.ascontiguousarray(picture).astype(np.float32) / 255
    lab = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), (0, 0), STEP)
    profile = cv2.remap(lab, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    change = (profile[:, 2:] - profile[:, :-2]) / (2 * STEP)
    inwards = reach[1:-1]
    border, beside = _power(change[:, inwards >= -AT]), _power(change[:, inwards <= -BESIDE[0]])
    return float(np.sqrt(max(0.0, border - beside)))


def _power(change: np.ndarray) -> float:
    return float((change**2).sum(axis=-1).mean())


def _along(outline: Values) -> tuple[Values, Values]:
    """Points a pixel apart on both lips without the corners, and the normals there, inwards, (M, 2) each."""
    half = len(outline) // 2
    sides = [outline[: half + 1], np.concatenate([outline[half:], outline[:1]])]
    parts = [_spaced(side) for side in sides]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _spaced(line: Values) -> tuple[Values, Values]:
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(2 * CORNERS, 1 - 2 * CORNERS, max(8, round(length[-1]))) * length[-1]
    points = np.stack([np.interp(at, length, line[:, axis]) for axis in (0, 1)], axis=1)
    ahead = np.gradient(points, axis=0)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    return points, np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
