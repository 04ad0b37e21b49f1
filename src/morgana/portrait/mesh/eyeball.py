"""The eyeball between the lids: its own white and iris, turned by a gaze."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.easing import smoothstep
from morgana.portrait.mesh.holes import Box, box_around, coordinates, polygon_mask

RADIUS = 0.19  # of the eyeball, interocular distances: 12 mm of 63 mm
LARGEST_SHIFT = 0.085  # of the iris, interocular distances; about 27 degrees
CORE = 1.25  # iris radii that move rigidly with the gaze
RIM = 2.6  # iris radii beyond which the white does not move


@dataclass(frozen=True, slots=True)
class Eyeball:
    """texture: (h, w, 3) float32 of the eye without lids, its left top at `box`; iris: its centre (2,) and
    radius: in pixels of the picture."""

    texture: NDArray[np.float32]
    box: Box
    iris: NDArray[np.float64]
    radius: float


def build_eyeball(
    rgb: NDArray[np.uint8], outline: NDArray[np.float64], iris: NDArray[np.float64], unit: float
) -> Eyeball:
    """Take the eye out of the picture and continue it under the lids.

    outline: (N, 2) the lid margins; iris: (5, 2) centre and rim points; unit: interocular distance, pixels.
    """
    height, width = rgb.shape[:2]
    box = box_around(outline, 0.16 * unit, width, height)
    patch = np.ascontiguousarray(rgb[box.rows, box.columns])
    inside = polygon_mask(outline, box)
    shrink = max(1, round(0.012 * unit))
    known = cv2.erode((inside > 0.99).astype(np.uint8), np.ones((2 * shrink + 1, 1), np.uint8))
    if not known.any():
        known = (inside > 0.5).astype(np.uint8)
    filled = cv2.inpaint(patch, (1 - known).astype(np.uint8), max(2, round(0.03 * unit)), cv2.INPAINT_TELEA)
    soft = cv2.GaussianBlur(known.astype(np.float32), (0, 0), max(0.5, 0.006 * unit))[..., None]
    texture = patch * soft + filled * (1 - soft)
    radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
    return Eyeball(texture.astype(np.float32), box, iris[0], radius)


def paint_eyeball(
    eye: Eyeball, box: Box, affine: NDArray[np.float64], shift: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The eyeball in `box` of the frame, (h, w, 3) float32.

    affine: (2, 3) from the picture to the frame; shift: (2,) of the iris in the picture, pixels.
    """
    sx, sy = coordinates(box, affine)
    # Around the iris the white is squeezed on one side and drawn out on the other, smoothly.
    distance = np.hypot(sx - eye.iris[0] - shift[0], sy - eye.iris[1] - shift[1]) / eye.radius
    carried = 1 - smoothstep(distance, CORE, RIM)
    map_x = (sx - shift[0] * carried - eye.box.left).astype(np.float32)
    map_y = (sy - shift[1] * carried - eye.box.top).astype(np.float32)
    painted: NDArray[np.float32] = cv2.remap(
        eye.texture, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.clip(painted, 0, 255)


def iris_shift(gaze: NDArray[np.float64], axes: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """Shift of the iris in the picture, (2,) pixels, for a gaze (yaw, pitch) against the head in degrees."""
    yaw, pitch = np.deg2rad(gaze)
    moved = np.array([np.sin(yaw), -np.sin(pitch) * 0.8]) * RADIUS
    length = float(np.hypot(*moved))
    moved *= min(1.0, LARGEST_SHIFT / max(length, 1e-9))
    return np.asarray((moved @ axes[:2, :2]) * unit)
