"""The person as a layer over the background, so that the background can stay where it is."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.holes import Box
from morgana.portrait.mesh.raster import fill_map

Pixels = NDArray[np.uint8]
Triangles = NDArray[np.int32]

BANDS = 8
BEHIND = 1e5  # depth given to what lies behind every surface


@dataclass(frozen=True, slots=True)
class Layers:
    """person: (H, W, 4) uint8, what the picture adds to the plate, then the matte; plate x (1 - matte)
    + person is the picture again where nothing moves.
    """

    person: Pixels
    plate: Pixels


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of the frame that is drawn by itself. box: its pixels; triangles: those that can reach it;
    covers: the same of what lies behind the openings; map_x, map_y, depth: (h, w) float32, scratch.
    """

    box: Box
    triangles: Triangles
    covers: Triangles
    map_x: NDArray[np.float32]
    map_y: NDArray[np.float32]
    depth: NDArray[np.float32]


def split_layers(portrait: Portrait) -> Layers:
    """Separate the person from the background."""
    # No more background may show through than the picture has light for, or it could not be given back.
    lit = (portrait.rgb / np.maximum(portrait.plate, 1).astype(np.float32)).min(axis=2)
    alpha = np.ceil(255 * np.maximum(portrait.matte, (1 - lit) * (portrait.matte > 0))).astype(np.uint8)
    uncovered = (255 - alpha.astype(np.float32))[..., None] / 255
    colour = np.clip(portrait.rgb - portrait.plate * uncovered, 0, 255)
    person = np.concatenate([np.rint(colour).astype(np.uint8), alpha[..., None]], axis=2)
    return Layers(person, portrait.plate)


def split_bands(
    layers: Layers, reach: float, rest: NDArray[np.float32], triangles: Triangles, covers: Triangles
) -> list[Band]:
    """Cut what can ever change into strips, each no wider than the person there.

    reach: how far anything may move, pixels; rest: (V, 2) vertices where nothing moves.
    """
    height, width = layers.person.shape[:2]
    bands = []
    edges = np.linspace(0, height, BANDS + 1).round().astype(int)
    for top, bottom in pairwise(edges.tolist()):
        near = layers.person[max(0, int(top - reach)) : int(bottom + reach), :, 3].any(axis=0)
        columns = np.flatnonzero(near)
        if not len(columns) or top == bottom:
            continue
        left, right = max(0, int(columns[0] - reach)), min(width, int(columns[-1] + reach) + 1)
        box = Box(left, top, right - left, bottom - top)
        scratch = [np.zeros((box.height, box.width), np.float32) for _ in range(3)]
        bands.append(
            Band(box, _reaching(box, reach, rest, triangles), _reaching(box, reach, rest, covers), *scratch)
        )
    return bands


def _reaching(box: Box, reach: float, rest: NDArray[np.float32], triangles: Triangles) -> Triangles:
    low, high = rest[triangles].min(axis=1), rest[triangles].max(axis=1)
    start = np.array([box.left, box.top]) - reach
    end = np.array([box.left + box.width, box.top + box.height]) + reach
    return np.ascontiguousarray(triangles[(high >= start).all(axis=1) & (low <= end).all(axis=1)])


_SIGNATURES = [  # for strips and for whole frames; named, so that importing compiles
    "void(uint8[:, :, :], uint8[:, :, ::1], uint8[:, :, :])",
    "void(uint8[:, :, ::1], uint8[:, :, ::1], uint8[:, :, ::1])",
]


@njit(_SIGNATURES, cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _over(plate: Pixels, person: Pixels, out: Pixels) -> None:
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            clear = 255 - person[y, x, 3]
            for c in range(3):
                value = person[y, x, c] + (plate[y, x, c] * clear + 127) // 255
                out[y, x, c] = min(value, 255)


def draw_band(
    layers: Layers, band: Band, moved: NDArray[np.float32], rest: NDArray[np.float32], frame: Pixels
) -> None:
    """Draw the person over the plate in one band of `frame` (H, W, 3); moved: (V, 3) vertices."""
    box = band.box
    target = moved - np.array([box.left, box.top, 0], np.float32)
    band.depth.fill(1e9)
    fill_map(target, rest, band.triangles, band.map_x, band.map_y, band.depth)
    if len(band.covers):
        target[:, 2] += BEHIND
        fill_map(target, rest, band.covers, band.map_x, band.map_y, band.depth)
    person = cv2.remap(
        layers.person, band.map_x, band.map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    _over(layers.plate[box.rows, box.columns], person, frame[box.rows, box.columns])


def blend(frame: Pixels, box: Box, painted: NDArray[np.float32], mask: NDArray[np.float32]) -> None:
    """Lay `painted` (h, w, 3) over `frame` in `box` where `mask` (h, w) is set."""
    area = frame[box.rows, box.columns]
    mixed = area + mask[..., None] * (painted - area)
    frame[box.rows, box.columns] = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
