"""The openings of the face mesh (mouth and eyes): their outlines, and antialiased masks of them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SUPERSAMPLING = 4
SHUT, OPEN = 0.12, 0.5  # mean height in pixels at which an opening begins to show, and shows fully
_SHIFT = 4  # fractional bits of the polygon corners given to OpenCV


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.left + self.width)


def outlines(triangles: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """Every closed boundary of a triangle mesh, each a loop of vertex indices."""
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    ordered = np.sort(sides, axis=1)
    _, first, counts = np.unique(ordered, axis=0, return_index=True, return_counts=True)
    rim = ordered[first[counts == 1]]
    neighbours: dict[int, list[int]] = {}
    for a, b in rim.tolist():
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    loops = []
    while neighbours:
        start, ahead = next(iter(neighbours.items()))
        loop, here = [start], ahead[0]
        while here != start:
            previous = loop[-1]
            loop.append(here)
            here = next((n for n in neighbours[here] if n != previous), start)
        for vertex in loop:
            neighbours.pop(vertex, None)
        loops.append(np.array(loop))
    return loops


def outline_through(loops: list[NDArray[np.int64]], vertex: int) -> NDArray[np.int64]:
    """The loop that passes through `vertex`, starting there."""
    for loop in loops:
        at = np.flatnonzero(loop == vertex)
        if len(at):
            return np.roll(loop, -int(at[0]))
    raise ValueError(f"no boundary passes through vertex {vertex}")


def box_around(points: NDArray[np.float64], margin: float, width: int, height: int) -> Box:
    """The pixels within `margin` of (N, 2) points, cut at the frame. May be empty."""
    left, top = np.floor(points.min(axis=0) - margin).astype(int)
    right, bottom = np.ceil(points.max(axis=0) + margin).astype(int) + 1
    left, right = np.clip([left, right], 0, width)
    top, bottom = np.clip([top, bottom], 0, height)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


def coordinates(box: Box, affine: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each pixel of `box` comes from, (height, width) each, if `affine` (2, 3) brought it there."""
    inverse = cv2.invertAffineTransform(affine)
    x = np.arange(box.left, box.left + box.width, dtype=np.float32)[None]
    y = np.arange(box.top, box.top + box.height, dtype=np.float32)[:, None]
    u = inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]
    v = inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]
    return np.asarray(u, np.float32), np.asarray(v, np.float32)


def mean_height(polygon: NDArray[np.float64]) -> float:
    """Area of an (N, 2) polygon over its width: how far open an opening is, pixels."""
    return cv2.contourArea(polygon.astype(np.float32)) / max(float(np.ptp(polygon[:, 0])), 1.0)


def polygon_mask(polygon: NDArray[np.float64], box: Box) -> NDArray[np.float32]:
    """How much of each pixel of `box` lies inside the (N, 2) polygon, (height, width), 0 to 1."""
    fine = np.zeros((box.height * SUPERSAMPLING, box.width * SUPERSAMPLING), np.uint8)
    corners = (polygon - (box.left - 0.5, box.top - 0.5)) * SUPERSAMPLING - 0.5
    fixed = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(fine, [fixed], 255, lineType=cv2.LINE_8, shift=_SHIFT)
    mask = cv2.resize(fine, (box.width, box.height), interpolation=cv2.INTER_AREA)
    # OpenCV also paints the outline, so a closed slit would still show as a line.
    shown = np.clip((mean_height(polygon) - SHUT) / (OPEN - SHUT), 0, 1)
    return np.asarray(mask * np.float32(shown / 255), np.float32)


def line_mask(line: NDArray[np.float64], thickness: float, box: Box) -> NDArray[np.float32]:
    """How much of each pixel of `box` a soft line through (N, 2) points covers; thickness in pixels."""
    fine = np.zeros((box.height * SUPERSAMPLING, box.width * SUPERSAMPLING), np.uint8)
    corners = (line - (box.left - 0.5, box.top - 0.5)) * SUPERSAMPLING - 0.5
    fixed = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
    wide = max(1, round(thickness * SUPERSAMPLING))
    cv2.polylines(fine, [fixed], False, 255, wide, cv2.LINE_8, _SHIFT)  # noqa: FBT003
    soft = cv2.GaussianBlur(fine, (0, 0), 0.5 * wide)
    mask = cv2.resize(soft, (box.width, box.height), interpolation=cv2.INTER_AREA)
    return np.asarray(mask, np.float32) / np.float32(255)
