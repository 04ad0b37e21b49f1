"""A patch -> what it does to Y, Cb and Cr -> a frame with the patch in it, and nothing else in it changed."""

from dataclasses import dataclass

import av
import numpy as np
from numba import njit
from numpy.typing import NDArray

from morgana.video.patch import Patch

UintArray = NDArray[np.uint16]
_ROUNDING = 128  # half of the 256 that weights are counted in


@dataclass(frozen=True, slots=True)
class Layer:
    """For one plane: from (top, left) on, value = (value * keep + add) / 256, both (h, w) uint16."""

    top: int
    left: int
    keep: UintArray
    add: UintArray


@dataclass(frozen=True, slots=True)
class Sprite:
    """A patch in the numbers of one video: what it does to Y, Cb and Cr."""

    layers: tuple[Layer, Layer, Layer]


def convert(
    patch: Patch, size: tuple[int, int], matrix: NDArray[np.float64], offset: NDArray[np.float64]
) -> Sprite | None:
    """The part of a patch that lies inside a frame of `size` (width, height, even); None where none does.

    matrix, offset: as `colour.from_rgb` gives them. Cb and Cr have half the resolution and are sited as H.264
    has them by default, between two rows and on the even columns: they are filtered 1-1 down, 1-2-1 across.
    """
    width, height = size
    left, top = max(patch.x, 0), max(patch.y, 0)
    inside = _owned(
        patch.rgba[top - patch.y : max(height - patch.y, 0), left - patch.x : max(width - patch.x, 0)]
    )
    y0, y1, x0, x1 = _bounds(inside)
    if y0 == y1:
        return None
    inside, left, top = _owned(inside[y0:y1, x0:x1]), left + x0, top + y0
    bottom, right = top + inside.shape[0], left + inside.shape[1]
    rows = (matrix * 256 / 255).astype(np.float32)
    base = (offset * 256 / 255).astype(np.float32)
    luma_keep, luma_add = _luma(inside, rows[0], base[0])
    shape = ((bottom - 1) // 2 + 1 - top // 2, min(right // 2 + 1, width // 2) - left // 2)
    keep, cb, cr = _chroma(inside, top % 2, left, shape, rows[1:], base[1])
    half = (top // 2, left // 2)
    return Sprite((Layer(top, left, luma_keep, luma_add), Layer(*half, keep, cb), Layer(*half, keep, cr)))


def blend(frame: av.VideoFrame, sprite: Sprite) -> None:
    """Lay a sprite over a writable frame of yuv420p."""
    for plane, layer in zip(buffers(frame), sprite.layers, strict=True):
        _blend(plane, layer.top, layer.left, layer.keep, layer.add)


def planes(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """Y, Cb and Cr as (h, w) uint8; writing into them writes into the frame."""
    return [
        rows[: plane.height, : plane.width] for rows, plane in zip(buffers(frame), frame.planes, strict=True)
    ]


def buffers(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    """The planes with all that is in memory: wider than the picture, perhaps, and contiguous."""
    return [np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size) for plane in frame.planes]


def _owned(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Contiguous and writable, always: numba compiles a function once for each kind of array."""
    return np.array(rgba, order="C")


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _bounds(rgba: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """(top, bottom, left, right) of what is not fully transparent; all 0 where everything is."""
    height, width = rgba.shape[:2]
    top, bottom, left, right = height, 0, width, 0
    for y in range(height):
        for x in range(width):
            if rgba[y, x, 3]:
                top, bottom = min(top, y), y + 1
                left = min(left, x)
                break
        for x in range(width - 1, max(left, right) - 1, -1):
            if rgba[y, x, 3]:
                right = max(right, x + 1)
                break
    return (0, 0, 0, 0) if bottom == 0 else (top, bottom, left, right)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _weights(alpha: float, value: float) -> tuple[int, int]:
    """(keep, add) so that no 8-bit value can leave 16 bits on the way."""
    keep = 256 - int(alpha * np.float32(256 / 255) + np.float32(0.5))
    add = int(value + np.float32(0.5))
    return keep, min(max(add, 0) + _ROUNDING, 65535 - 255 * keep)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _luma(rgba: NDArray[np.uint8], row: NDArray[np.float32], base: float) -> tuple[UintArray, UintArray]:
    height, width = rgba.shape[:2]
    keep, add = np.empty((height, width), np.uint16), np.empty((height, width), np.uint16)
    for y in range(height):
        for x in range(width):
            alpha = np.float32(rgba[y, x, 3])
            value = row[0] * min(np.float32(rgba[y, x, 0]), alpha)
            value += row[1] * min(np.float32(rgba[y, x, 1]), alpha)
            value += row[2] * min(np.float32(rgba[y, x, 2]), alpha)
            keep[y, x], add[y, x] = _weights(alpha, value + base * alpha)
    return keep, add


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _chroma(
    rgba: NDArray[np.uint8],
    odd_top: int,
    left: int,
    shape: tuple[int, int],
    rows: NDArray[np.float32],
    base: float,
) -> tuple[UintArray, UintArray, UintArray]:
    height, width = rgba.shape[:2]
    keep, cb, cr = np.empty(shape, np.uint16), np.empty(shape, np.uint16), np.empty(shape, np.uint16)
    sums = np.empty((width + 4, 4), np.float32)
    for v in range(shape[0]):
        sums[:] = 0
        for y in (2 * v - odd_top, 2 * v - odd_top + 1):
            if 0 <= y < height:
                for x in range(width):
                    alpha = np.float32(rgba[y, x, 3])
                    for channel in range(3):
                        sums[x + 2, channel] += min(np.float32(rgba[y, x, channel]), alpha)
                    sums[x + 2, 3] += alpha
        if left == 0:  # beyond the edge of the frame it goes on as at the edge
            sums[1] = sums[2]
        for u in range(shape[1]):
            x = 2 * u - left % 2 + 2
            red = (sums[x - 1, 0] + 2 * sums[x, 0] + sums[x + 1, 0]) * np.float32(0.125)
            green = (sums[x - 1, 1] + 2 * sums[x, 1] + sums[x + 1, 1]) * np.float32(0.125)
            blue = (sums[x - 1, 2] + 2 * sums[x, 2] + sums[x + 1, 2]) * np.float32(0.125)
            alpha = (sums[x - 1, 3] + 2 * sums[x, 3] + sums[x + 1, 3]) * np.float32(0.125)
            blueness = rows[0, 0] * red + rows[0, 1] * green + rows[0, 2] * blue + base * alpha
            redness = rows[1, 0] * red + rows[1, 1] * green + rows[1, 2] * blue + base * alpha
            keep[v, u], cb[v, u] = _weights(alpha, blueness)
            _, cr[v, u] = _weights(alpha, redness)
    return keep, cb, cr


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _blend(plane: NDArray[np.uint8], top: int, left: int, keep: UintArray, add: UintArray) -> None:
    height, width = keep.shape
    for y in range(height):
        row = plane[top + y, left : left + width]
        for x in range(width):
            row[x] = np.uint16(np.uint16(np.uint16(row[x]) * keep[y, x]) + add[y, x]) >> np.uint16(8)
