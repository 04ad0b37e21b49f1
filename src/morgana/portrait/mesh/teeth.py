"""Drawing of the two rows of teeth, seen from the front, as sprites with alpha.

Widths and heights are mean crown sizes of adults (R. C. Wheeler, "Dental Anatomy"), divided by an
interocular distance of 63 mm; teeth behind the canines are narrower because the arch turns away.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Sprite = NDArray[np.float32]

UPPER_WIDTHS = (0.135, 0.103, 0.088, 0.06, 0.045)
UPPER_HEIGHTS = (0.165, 0.145, 0.155, 0.12, 0.1)
LOWER_WIDTHS = (0.084, 0.092, 0.086, 0.06, 0.05)
LOWER_HEIGHTS = (0.14, 0.145, 0.16, 0.13, 0.11)
REACH = 0.5  # half the sprite's width
GUM = 0.16  # above the crowns
SUPERSAMPLING = 4
ENAMEL = np.array([0.98, 0.94, 0.87])
UPPER_EDGE = 0.075  # how far the upper incisors reach below the line of the closed lips
LOWER_EDGE = 0.025  # the lower incisors' edge against that line, jaw closed
GUM_COLOUR = np.array([0.62, 0.33, 0.32])


@dataclass(frozen=True, slots=True)
class Row:
    """A row of teeth. rgba: (h, w, 4) float32, premultiplied, reflectance about 0 to 1; to_mouth: (3, 3) from
    its pixels to mouth coordinates: interocular distances about the middle of the closed lips.
    """

    rgba: Sprite
    to_mouth: NDArray[np.float64]


def _crown(u: NDArray[np.float64], v: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coverage and shade of one crown; u: -1 to 1 across, v: 0 at the gum, 1 at the biting edge."""
    neck = 0.9 + 0.1 * np.clip(v / 0.45, 0, 1)
    edge = 1 - 0.22 * np.clip((v - 0.82) / 0.18, 0, 1) ** 3
    across = np.abs(u) / (neck * edge)
    gum_arc = 0.14 * u**2
    inside = (across < 1) & (v > gum_arc) & (v < 1 - 0.05 * u**4)
    round_ = 1 - 0.16 * np.clip(across, 0, 1) ** 3
    along = 0.9 + 0.1 * np.sin(np.pi * np.clip(v, 0, 1) ** 0.8 * 0.85 + 0.25)
    tip = 1 - 0.06 * np.clip((v - 0.86) / 0.14, 0, 1)
    return inside.astype(np.float64), round_ * along * tip


def _paint(widths: tuple[float, ...], heights: tuple[float, ...], bow: float, scale: float) -> Sprite:
    """Paint a row whose biting edges point down; `bow`: how far the edge rises per squared distance."""
    fine = scale * SUPERSAMPLING
    tall = GUM + max(heights) + 0.03
    rows, columns = max(8, round(tall * scale)), max(8, round(2 * REACH * scale))
    y, x = np.mgrid[: rows * SUPERSAMPLING, : columns * SUPERSAMPLING]
    x = (x + 0.5) / fine - REACH
    y = (y + 0.5) / fine - GUM - max(heights)
    colour = np.broadcast_to(GUM_COLOUR, (*x.shape, 3)).copy()
    alpha = np.where((np.abs(x) < sum(widths)) & (y < -0.55 * max(heights) - bow * x**2), 1.0, 0.0)
    start = 0.0
    for width, height in zip(widths, heights, strict=True):
        middle = start + width / 2
        start += width
        back = float(np.exp(-((middle / 0.36) ** 4) * 0.75))
        for side in (-1, 1):
            edge = -bow * middle**2
            u = (x - side * middle) / (width / 2 * 0.985)
            v = (y - edge + height) / height
            inside, shade = _crown(u, v)
            slot = (np.abs(u) < 1.04) & (v > 0.12) & (v < 0.97)
            colour[slot] = ENAMEL * back * 0.72
            alpha = np.maximum(alpha, slot * 1.0)
            lit = (ENAMEL * back)[None] * shade[..., None]
            colour = np.where(inside[..., None] > 0, lit, colour)
            alpha = np.maximum(alpha, inside)
    rgba = np.concatenate([colour * alpha[..., None], alpha[..., None]], axis=2).astype(np.float32)
    return np.asarray(cv2.resize(rgba, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def _to_mouth(unit: float, columns: int, edge_row: float, edge: float) -> NDArray[np.float64]:
    """Pixels to mouth coordinates, for a sprite whose row `edge_row` lies at height `edge`."""
    step = 1 / unit
    return np.array(
        [[step, 0, (0.5 - columns / 2) * step], [0, step, edge + (0.5 - edge_row) * step], [0, 0, 1]]
    )


def upper_row(unit: float, size: float) -> Row:
    """The upper teeth; unit: pixels per interocular distance; size: that, fitted to the mouth."""
    rgba = _paint(UPPER_WIDTHS, UPPER_HEIGHTS, 0.17, size)
    edge_row = (GUM + max(UPPER_HEIGHTS)) * size
    return Row(rgba, _to_mouth(unit, rgba.shape[1], edge_row, UPPER_EDGE))


def lower_row(unit: float, size: float) -> Row:
    """The lower teeth, biting edges up; arguments as of `upper_row`."""
    rgba = np.ascontiguousarray(_paint(LOWER_WIDTHS, LOWER_HEIGHTS, 0.1, size)[::-1])
    edge_row = len(rgba) - (GUM + max(LOWER_HEIGHTS)) * size
    return Row(rgba, _to_mouth(unit, rgba.shape[1], edge_row, LOWER_EDGE))
