"""Bicubic sampling of a layer that is laid over another, at a few nanoseconds a pixel.

Red, green and blue share one integer of 64 bits, 21 bits each, so that one multiplication weighs all three.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

FAR: Final = np.float32(1e9)  # depth of what no triangle covers
NOWHERE: Final = np.float32(-1e6)  # the position in the photo of what is not of it
_STEPS: Final = 32  # positions between two pixels, a side
_STEP_BITS: Final = 5
_UNIT_BITS: Final = 11  # 255 x 1.9 (all weights without their signs) x 2048 still fits into 21 bits
_HALF: Final = 1 << (_UNIT_BITS - 1)
_ROUNDING: Final = sum(_HALF << lane for lane in (0, 21, 42))
_PAD: Final = 3  # pixels around the layer, its edges repeated
_CLEAR, _MIXED, _OPAQUE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Source:
    """A layer made ready, padded by 3 pixels on each side.

    colour: (H, W) int64, premultiplied red, green and blue from bit 0, 21 and 42 on; alpha: (H, W) uint8;
    kind: (H, W) uint8, whether the 4 x 4 pixels that are weighed at (y, x) are all empty (0), all opaque (2)
    or neither; weights: (32 x 32, 16) int16, for each position between two rows and two columns.
    """

    colour: NDArray[np.int64]
    alpha: Pixels
    kind: Pixels
    weights: NDArray[np.int16]


def prepare(layer: Pixels) -> Source:
    """layer: (H, W, 4) uint8, what it adds to what lies under it, then how far it covers that."""
    padded = np.pad(layer, ((_PAD, _PAD), (_PAD, _PAD), (0, 0)), mode="edge")
    red, green, blue, _ = (channel.astype(np.int64) for channel in np.moveaxis(padded, 2, 0))
    alpha = np.ascontiguousarray(padded[..., 3])
    reached = np.ones((4, 4), np.uint8)
    most = cv2.dilate(padded.max(axis=2), reached, anchor=(1, 1))
    least = cv2.erode(alpha, reached, anchor=(1, 1))
    kind = np.where(most == 0, _CLEAR, np.where(least == 255, _OPAQUE, _MIXED)).astype(np.uint8)
    return Source(red | green << 21 | blue << 42, alpha, kind, _weights())


def _weights() -> NDArray[np.int16]:
    """Of cubic convolution with a = -0.75, as OpenCV has it (Keys 1981), summing up to 2048."""
    a = -0.75
    far = np.abs(np.arange(_STEPS)[:, None] / _STEPS - np.arange(-1, 3))
    near = ((a + 2) * far - (a + 3)) * far**2 + 1
    line = np.where(far <= 1, near, ((a * far - 5 * a) * far + 8 * a) * far - 4 * a)
    exact = line[:, None, :, None] * line[None, :, None, :] * (1 << _UNIT_BITS)
    rounded = np.rint(exact).astype(np.int16).reshape(-1, 16)
    largest = rounded.argmax(axis=1)
    rounded[np.arange(len(rounded)), largest] += np.int16(1 << _UNIT_BITS) - rounded.sum(
        axis=1, dtype=np.int16
    )
    return np.ascontiguousarray(rounded, np.int16)


_ONE, _TWO, _THREE, _FOUR = (np.uint64(count) for count in (1, 2, 3, 4))
# Named, so that importing compiles.
_FLAT, _PLANE, _PICTURE = "int64[::1], uint8[::1], int16[::1]", "float32[:, ::1]", "uint8[:, :, ::1]"
_ARGUMENTS = f"({_FLAT}, uint8[:, ::1], {_PLANE}, {_PLANE}, {_PLANE}, {_PICTURE}, {_PICTURE}, int64, int64)"


def lay_over(
    source: Source,
    map_x: Floats,
    map_y: Floats,
    depth: Floats,
    plate: Pixels,
    frame: Pixels,
    top: int,
    left: int,
) -> None:
    """Draw `source` over `plate` into `frame`, both (H, W, 3), from (top, left) on; frame is plate till then.

    map_x, map_y: (h, w) where each pixel lies in the layer; depth: (h, w), FAR where nothing is drawn: there
    the map is set to NOWHERE.
    """
    flat = source.colour.reshape(-1), source.alpha.reshape(-1), source.weights.reshape(-1)
    _lay_over(*flat, source.kind, map_x, map_y, depth, plate, frame, top, left)


# Places are counted without a sign: otherwise each access is checked for a negative index.
@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _weighed(
    values: NDArray[Any], weights: NDArray[np.int16], place: np.uint64, weight: np.uint64, row: np.uint64
) -> np.int64:
    """The sum of 4 x 4 values from `place` on, each times its weight from `weight` on."""
    total = np.int64(0)
    for _ in range(4):
        total += np.int64(weights[weight]) * np.int64(values[place])
        total += np.int64(weights[weight + _ONE]) * np.int64(values[place + _ONE])
        total += np.int64(weights[weight + _TWO]) * np.int64(values[place + _TWO])
        total += np.int64(weights[weight + _THREE]) * np.int64(values[place + _THREE])
        weight, place = weight + _FOUR, place + row
    return total


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _parted(sums: np.int64) -> tuple[np.int64, np.int64, np.int64]:
    """Red, green and blue. Lanes carry signs: each is taken off before the next is read."""
    sums += np.int64(_ROUNDING)
    red = (sums << 43) >> 43
    sums = (sums - red) >> 21
    green = (sums << 43) >> 43
    return red >> _UNIT_BITS, green >> _UNIT_BITS, (sums - green) >> 21 + _UNIT_BITS


@njit(_ARGUMENTS, cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _lay_over(
    colour: NDArray[np.int64],
    alpha: Pixels,
    weights: NDArray[np.int16],
    kind: Pixels,
    map_x: Floats,
    map_y: Floats,
    depth: Floats,
    plate: Pixels,
    frame: Pixels,
    top: int,
    left: int,
) -> None:
    kinds, row = kind.reshape(kind.size), np.uint64(kind.shape[1])
    low, last_x, last_y = np.float32(1), np.float32(kind.shape[1] - 3), np.float32(kind.shape[0] - 3)
    pad, steps, half = np.float32(_PAD), np.float32(_STEPS), np.float32(0.5)
    bits, between = np.uint32(_STEP_BITS), np.uint32(_STEPS - 1)
    for y in range(map_x.shape[0]):
        for x in range(map_x.shape[1]):
            if depth[y, x] >= FAR:
                map_x[y, x], map_y[y, x] = NOWHERE, NOWHERE
                continue
            at_x = np.uint32(min(max(map_x[y, x] + pad, low), last_x) * steps + half)
            at_y = np.uint32(min(max(map_y[y, x] + pad, low), last_y) * steps + half)
            at = np.uint64(at_y >> bits) * row + np.uint64(at_x >> bits)
            if kinds[at] == _CLEAR:
                continue
            first = at - row - _ONE
            weight = np.uint64((((at_y & between) << bits) | (at_x & between)) << np.uint32(4))
            red, green, blue = _parted(_weighed(colour, weights, first, weight, row))
            if kinds[at] == _MIXED:
                covered = (_weighed(alpha, weights, first, weight, row) + _HALF) >> _UNIT_BITS
                clear = 255 - min(max(covered, 0), 255)
                under = plate[top + y, left + x]
                red = max(red, 0) + (under[0] * clear + 127) // 255
                green = max(green, 0) + (under[1] * clear + 127) // 255
                blue = max(blue, 0) + (under[2] * clear + 127) // 255
            frame[top + y, left + x, 0] = min(max(red, 0), 255)
            frame[top + y, left + x, 1] = min(max(green, 0), 255)
            frame[top + y, left + x, 2] = min(max(blue, 0), 255)
