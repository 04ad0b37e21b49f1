"""The person as a layer over the background, so that the background can stay where it is."""

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from morgana.portrait.analysis import Portrait
from morgana.portrait.mesh.holes import Box

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layers:
    """person: (H, W, 4) uint8, what the picture adds to the plate, then the matte; plate x (1 - matte)
    + person is the picture again where nothing moves. region: the pixels that can ever change.
    """

    person: Pixels
    plate: Pixels
    region: Box


def split_layers(portrait: Portrait, reach: float) -> Layers:
    """Separate the person; `reach`: how far any of it may move, pixels."""
    alpha = np.rint(portrait.matte * 255).astype(np.uint8)
    uncovered = (255 - alpha.astype(np.float32))[..., None] / 255
    colour = np.clip(portrait.rgb - portrait.plate * uncovered, 0, 255)
    person = np.concatenate([np.rint(colour).astype(np.uint8), alpha[..., None]], axis=2)
    width, height = portrait.size
    columns, rows = np.flatnonzero(alpha.any(axis=0)), np.flatnonzero(alpha.any(axis=1))
    if not len(rows):
        return Layers(person, portrait.plate, Box(0, 0, width, height))
    left, right = max(0, int(columns[0] - reach)), min(width, int(columns[-1] + reach) + 1)
    top, bottom = max(0, int(rows[0] - reach)), min(height, int(rows[-1] + reach) + 1)
    return Layers(person, portrait.plate, Box(left, top, right - left, bottom - top))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _over(plate: Pixels, person: Pixels, out: Pixels) -> None:
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            clear = 255 - person[y, x, 3]
            for c in range(3):
                value = person[y, x, c] + (plate[y, x, c] * clear + 127) // 255
                out[y, x, c] = min(value, 255)


def compose(layers: Layers, map_x: NDArray[np.float32], map_y: NDArray[np.float32], frame: Pixels) -> None:
    """Draw the person, moved by the backward map of the region, over the plate into `frame` (H, W, 3)."""
    moved = cv2.remap(layers.person, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    region = layers.region
    _over(layers.plate[region.rows, region.columns], moved, frame[region.rows, region.columns])


def blend(frame: Pixels, box: Box, painted: NDArray[np.float32], mask: NDArray[np.float32]) -> None:
    """Lay `painted` (h, w, 3) over `frame` in `box` where `mask` (h, w) is set."""
    area = frame[box.rows, box.columns]
    mixed = area + mask[..., None] * (painted - area)
    frame[box.rows, box.columns] = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
