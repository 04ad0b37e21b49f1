"""Closed lids: skin where the photo shows an open eye, and a line of lashes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.easing import smoothstep
from morgana.portrait.mesh.holes import Box, box_around, polygon_mask
from morgana.portrait.mesh.layers import Band

Image = NDArray[np.float32]

RIM = 0.07  # how far beyond the lid margins the eye may still show, interocular distances
# The line of lashes, of interocular distances and of the skin's light.
NEAR = (-0.01, 0.05)  # where the photo's is looked for, up from the margin
THICK = (0.014, 0.036)
DARK = (0.4, 0.8)
BROWN = np.array([0.88, 1.02, 1.1], np.float32)  # whatever the colour: an iris above the margin is no lash
TAPER = 0.3  # thickness at the corners of the eye
BULGE = 0.1  # how much lighter the lid is where the eyeball pushes it forward
TALL = 0.17  # the lid of a closed eye


@dataclass(frozen=True, slots=True)
class Lid:
    """rgba: (h, w, 4) float32, skin and how far it replaces the photo; box: where in the photo.

    lashes: how much darker they are than the skin, 0 to 1; thickness: of their line, interocular distances.
    """

    rgba: Image
    box: Box
    lashes: float
    thickness: float


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
    margin = outline[: len(outline) // 2 + 1] - (box.left, box.top)
    lashes, thickness = _measure_lashes(patch, skin, margin, unit)
    rgba = np.dstack([skin.astype(np.float32), np.clip(1.6 * soft, 0, 1)]).astype(np.float32)
    return Lid(rgba, box, lashes, thickness)


def _measure_lashes(
    patch: NDArray[np.uint8], skin: NDArray[np.uint8], margin: NDArray[np.float64], unit: float
) -> tuple[float, float]:
    """Darkness and thickness of the photo's lashes along the middle of the upper lid's margin, (N, 2)."""
    start, end = margin[0], margin[-1]
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    up = np.array([along[1], -along[0]])
    up *= np.sign((margin.mean(axis=0) - (start + end) / 2) @ up) or 1
    offsets = np.linspace(*NEAR, 25) * unit
    points = margin[len(margin) // 5 : -(len(margin) // 5) or None]
    where = (points[:, None] + offsets[:, None] * up).astype(np.float32)
    seen, bare = (
        cv2.remap(part, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        for part in (patch, skin)
    )
    dark = 1 - (seen.mean(axis=2) + 1) / (bare.mean(axis=2) + 1)
    darkest = dark.max(axis=1)
    covered = (dark > darkest[:, None] / 2).mean(axis=1)
    thickness = float(np.median(covered)) * (NEAR[1] - NEAR[0])
    return float(np.clip(np.median(darkest), *DARK)), float(np.clip(thickness, *THICK))


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
    lit = skin[..., :3] * (1 + shut * _bulge(margin, TALL * unit, box)[..., None])
    area += (smoothstep(shut, 0.15, 0.6) * skin[..., 3:]) * (lit - area)
    lashes = lid.lashes * BROWN * smoothstep(shut, 0.1, 0.6)
    area *= 1 - lashes * _line_of_lashes(margin, max(0.7, lid.thickness * unit), box)[..., None]
    frame[box.rows, box.columns] = np.rint(np.clip(area, 0, 255)).astype(np.uint8)


def _bulge(margin: NDArray[np.float64], tall: float, box: Box) -> Image:
    """How much light the roundness of the eyeball adds to a closed lid, (h, w): above its middle."""
    columns = np.arange(box.left, box.left + box.width)
    order = np.argsort(margin[:, 0])
    x, y = margin[order].T
    across = np.clip((columns - x[0]) / max(x[-1] - x[0], 1e-6), 0, 1)
    up = (np.interp(columns, x, y) - np.arange(box.top, box.top + box.height)[:, None]) / tall
    light = np.sin(np.pi * np.clip(up, 0, 1)) - 0.5 * np.exp(-((up / 0.2) ** 2))
    return np.asarray(BULGE * np.sqrt(4 * across * (1 - across)) * light, np.float32)


def _line_of_lashes(margin: NDArray[np.float64], thickness: float, box: Box) -> Image:
    """How much of each pixel the lashes cover, (h, w): a band that is thinner towards the corners."""
    along = np.linspace(0, 1, len(margin))
    wide = thickness * (TAPER + (1 - TAPER) * np.sqrt(4 * along * (1 - along)))
    half = np.column_stack([np.zeros(len(margin)), wide / 2])
    band = polygon_mask(np.concatenate([margin - half, (margin + half)[::-1]]), box)
    return np.asarray(cv2.GaussianBlur(band, (0, 0), max(0.4, 0.2 * thickness)))


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
