"""The person as a layer over the background, so that the background can stay where it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.holes import Box
from morgana.portrait.mesh.raster import fill_map
from morgana.portrait.mesh.sampling import FAR, Source, lay_over, prepare

Pixels = NDArray[np.uint8]
Triangles = NDArray[np.int32]

BANDS = 8
SAMPLED = 2  # pixels around a position that its colour is made of
BEHIND = 1e5  # depth given to what lies behind every surface


@dataclass(frozen=True, slots=True)
class Layers:
    """person: (H, W, 4) uint8, what the picture adds to the plate, then the matte; plate x (1 - matte)
    + person is the picture again where nothing moves. source: the person, ready to be drawn from.
    """

    person: Pixels
    plate: Pixels
    source: Source


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
    return Layers(person, portrait.plate, prepare(person))


def split_bands(
    layers: Layers, reach: float, rest: NDArray[np.float32], triangles: Triangles, covers: Triangles
) -> list[Band]:
    """Cut what can ever change into strips, each no wider than the person there.

    reach: how far anything may move, pixels; rest: (V, 2) vertices where nothing moves.
    """
    height, width = layers.person.shape[:2]
    triangles = _filled(layers.person, rest, triangles)
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


def apart(bands: Sequence[Band]) -> list[Band]:
    """The same bands with scratch of their own, so that another frame can be drawn at the same time."""
    return [
        replace(
            band,
            map_x=np.empty_like(band.map_x),
            map_y=np.empty_like(band.map_y),
            depth=np.empty_like(band.depth),
        )
        for band in bands
    ]


def _reaching(box: Box, reach: float, rest: NDArray[np.float32], triangles: Triangles) -> Triangles:
    low, high = rest[triangles].min(axis=1), rest[triangles].max(axis=1)
    start = np.array([box.left, box.top]) - reach
    end = np.array([box.left + box.width, box.top + box.height]) + reach
    return np.ascontiguousarray(triangles[(high >= start).all(axis=1) & (low <= end).all(axis=1)])


def _filled(person: Pixels, rest: NDArray[np.float32], triangles: Triangles) -> Triangles:
    """The triangles in which, or near which, there is anything of the person: others need not be drawn."""
    height, width = person.shape[:2]
    counts = cv2.integral((person.max(axis=2) > 0).astype(np.uint8))
    low = np.floor(rest[triangles].min(axis=1)).astype(int) - SAMPLED
    high = np.ceil(rest[triangles].max(axis=1)).astype(int) + SAMPLED + 1
    # Beyond the edge of the picture it goes on as at the edge.
    left, top = np.clip(low, 0, (width - 1, height - 1)).T
    right, bottom = np.clip(high, 1, (width, height)).T
    count = counts[bottom, right] - counts[top, right] - counts[bottom, left] + counts[top, left]
    return np.ascontiguousarray(triangles[count > 0])


def draw_band(
    layers: Layers, band: Band, moved: NDArray[np.float32], rest: NDArray[np.float32], frame: Pixels
) -> None:
    """Draw the person over the plate in one band of `frame` (H, W, 3), which is the plate till then.

    moved: (V, 3) vertices.
    """
    box = band.box
    target = moved - np.array([box.left, box.top, 0], np.float32)
    band.depth.fill(FAR)
    fill_map(target, rest, band.triangles, band.map_x, band.map_y, band.depth)
    if len(band.covers):
        target[:, 2] += BEHIND
        fill_map(target, rest, band.covers, band.map_x, band.map_y, band.depth)
    lay_over(layers.source, band.map_x, band.map_y, band.depth, layers.plate, frame, box.top, box.left)


def blend(frame: Pixels, box: Box, painted: NDArray[np.float32], mask: NDArray[np.float32]) -> None:
    """Lay `painted` (h, w, 3) over `frame` in `box` where `mask` (h, w) is set."""
    area = frame[box.rows, box.columns]
    mixed = area + mask[..., None] * (painted - area)
    frame[box.rows, box.columns] = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
