"""Closed lids: skin where the photo shows an open eye, and a line of lashes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.easing import smoothstep
from morgana.portrait.mesh.holes import Box, box_around, line_mask, polygon_mask
from morgana.portrait.mesh.layers import Band

Image = NDArray[np.float32]

RIM = 0.07  # how far beyond the lid margins the eye may still show, interocular distances
LASHES = np.array([0.36, 0.42, 0.46], np.float32)  # darkness of the line of lashes: brown, not grey


@dataclass(frozen=True, slots=True)
class Lid:
    """rgba: (h, w, 4) float32, skin and how far it replaces the photo; box: where in the photo."""

    rgba: Image
    box: Box


def build_lid(rgb: NDArray[np.uint8], matte: Image, outline: NDArray[np.float64], unit: float) -> Lid:
    """Grow skin over an eye. matte: (H, W) of the person; outline: (N, 2) the lid margins; unit:
    interocular distance, pixels.

    Landmarks do not follow a lid to the pixel: what is left of iris or white beside them would be drawn out
    over the closing eye.
    """
    height, width = rgb.shape[:2]
    box = box_around(outline, 0.3 * unit, width, height)
    patch = np.ascontiguousarray(rgb[box.rows, box.columns])
    rim = 2 * max(1, round(RIM * unit)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim))
    eye = cv2.dilate((polygon_mask(outline, box) > 0.2).astype(np.uint8), disc)
    person = cv2.erode((matte[box.rows, box.columns] > 0.97).astype(np.uint8), np.ones((3, 3), np.uint8))
    # At the edge of a turned face the skin must not grow in from the background.
    skin = cv2.inpaint(patch, eye | (1 - person), max(3, round(0.06 * unit)), cv2.INPAINT_TELEA)
    # What grows in from the sides leaves streaks; a lid is smooth.
    skin = cv2.GaussianBlur(skin, (0, 0), max(0.6, 0.025 * unit))
    soft = cv2.GaussianBlur((eye & person).astype(np.float32), (0, 0), max(0.6, 0.2 * rim))
    return Lid(np.dstack([skin.astype(np.float32), np.clip(1.6 * soft, 0, 1)]).astype(np.float32), box)


def close_lid(
    frame: NDArray[np.uint8],
    lid: Lid,
    bands: Sequence[Band],
    margin: NDArray[np.float64],
    shut: float,
    unit: float,
) -> None:
    """Draw the skin of a lid that is `shut` (0 to 1) into `frame` (H, W, 3), then its lashes.

    bands: just drawn, for where each pixel lies in the photo; margin: (N, 2) the upper lid's edge there.
    """
    height, width = frame.shape[:2]
    box = box_around(margin, 0.32 * unit, width, height)
    if box.width < 2 or box.height < 2:
        return
    map_x, map_y = _photo_positions(bands, box)
    skin = cv2.remap(lid.rgba, map_x - lid.box.left, map_y - lid.box.top, cv2.INTER_LINEAR)
    area = frame[box.rows, box.columns].astype(np.float32)
    area += (smoothstep(shut, 0.15, 0.6) * skin[..., 3:]) * (skin[..., :3] - area)
    lashes = LASHES * smoothstep(shut, 0.1, 0.6)
    area *= 1 - lashes * line_mask(margin, max(0.7, 0.016 * unit), box)[..., None]
    frame[box.rows, box.columns] = np.rint(np.clip(area, 0, 255)).astype(np.uint8)


def _photo_positions(bands: Sequence[Band], box: Box) -> tuple[Image, Image]:
    """The backward map in `box`; far outside the photo where no band covers it."""
    found = np.full((2, box.height, box.width), -1e6, np.float32)
    for band in bands:
        left, top = max(box.left, band.box.left), max(box.top, band.box.top)
        right = min(box.left + box.width, band.box.left + band.box.width)
        bottom = min(box.top + box.height, band.box.top + band.box.height)
        if left >= right or top >= bottom:
            continue
        here = (slice(top - box.top, bottom - box.top), slice(left - box.left, right - box.left))
        there = (
            slice(top - band.box.top, bottom - band.box.top),
            slice(left - band.box.left, right - band.box.left),
        )
        found[0][here], found[1][here] = band.map_x[there], band.map_y[there]
    return found[0], found[1]
