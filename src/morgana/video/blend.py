"""A patch -> what it does to Y, Cb and Cr -> a frame with the patch in it, and nothing else in it changed."""

from dataclasses import dataclass

import av
import numpy as np
from numba import njit
from numpy.typing import NDArray

from morgana.video.patch import Patch

UintArray = NDArray[np.uint16]
_WORTH_CROPPING = 0.8  # of the area: below that the copy pays
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
    if (y1 - y0) * (x1 - x0) < _WORTH_CROPPING * inside.shape[0] * inside.shape[1]:
        inside, left, top = _owned(inside[y0:y1, x0:x1]), left + x0, top + y0
    bottom, right = top + inside.shape[0], left + inside.shape[1]
    factors = np.rint(np.column_stack([matrix, offset]) * 65536 / 255).astype(np.int32)
    pixels = inside.view("<u4")[..., 0]
    luma_keep, luma_add = _luma(pixels, factors[0])
    shape = ((bottom - 1) // 2 + 1 - top // 2, min(right // 2 + 1, width // 2) - left // 2)
    keep, cb, cr = _chroma(pixels, top % 2, left, shape, factors[1:])
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


# The kinds of arrays are named, so that importing compiles: what is called is then defined before.
_PIXELS, _FACTORS, _PLANE = "uint32[:, ::1]", "int32[::1]", "uint16[:, ::1]"


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _parts(pixel: np.uint32) -> tuple[np.int32, np.int32, np.int32, np.int32]:
    """Alpha, red, green and blue; no colour is brighter than its alpha allows."""
    alpha = np.int32(pixel >> np.uint32(24))
    red = min(np.int32(pixel & np.uint32(255)), alpha)
    green = min(np.int32((pixel >> np.uint32(8)) & np.uint32(255)), alpha)
    blue = min(np.int32((pixel >> np.uint32(16)) & np.uint32(255)), alpha)
    return alpha, red, green, blue


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _fitting(add: np.int32, keep: np.int32) -> np.int32:
    """`add` with rounding in it, so that no 8-bit value times `keep` can leave 16 bits."""
    return min(max(add, np.int32(0)) + np.int32(_ROUNDING), np.int32(65535) - np.int32(255) * keep)


@njit("(uint8[:, :, ::1],)", cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@njit(f"({_PIXELS}, {_FACTORS})", cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _luma(pixels: NDArray[np.uint32], factors: NDArray[np.int32]) -> tuple[UintArray, UintArray]:
    """What to do to Y. pixels: (h, w), red lowest; factors: of red, green, blue and alpha, times 65536."""
    height, width = pixels.shape
    red_factor, green_factor, blue_factor, alpha_factor = factors
    keep, add = np.empty((height, width), np.uint16), np.empty((height, width), np.uint16)
    for y in range(height):
        for x in range(width):
            alpha, red, green, blue = _parts(pixels[y, x])
            value = red_factor * red + green_factor * green + blue_factor * blue + alpha_factor * alpha
            kept = np.int32(256) - ((alpha * np.int32(257) + np.int32(128)) >> np.int32(8))
            keep[y, x] = kept
            add[y, x] = _fitting((value + np.int32(128)) >> np.int32(8), kept)
    return keep, add


@njit(f"({_PIXELS}, int64, int64, UniTuple(int64, 2), int32[:, ::1])", cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _chroma(
    pixels: NDArray[np.uint32], odd_top: int, left: int, shape: tuple[int, int], factors: NDArray[np.int32]
) -> tuple[UintArray, UintArray, UintArray]:
    """What to do to Cb and Cr, (h, w) `shape` each. factors: (2, 4), as for `_luma`."""
    height, width = pixels.shape
    keep, cb, cr = np.empty(shape, np.uint16), np.empty(shape, np.uint16), np.empty(shape, np.uint16)
    sums = np.empty((4, width + 4), np.int32)
    for v in range(shape[0]):
        sums[:] = 0
        for y in range(max(2 * v - odd_top, 0), min(2 * v - odd_top + 2, height)):
            for x in range(width):
                alpha, red, green, blue = _parts(pixels[y, x])
                sums[0, x + 2] += red
                sums[1, x + 2] += green
                sums[2, x + 2] += blue
                sums[3, x + 2] += alpha
        if left == 0:  # beyond the edge of the frame it goes on as at the edge
            sums[:, 1] = sums[:, 2]
        for u in range(shape[1]):
            x = 2 * u - left % 2 + 2
            blueness = redness = alpha = np.int32(0)
            for part in range(4):
                alpha = sums[part, x - 1] + np.int32(2) * sums[part, x] + sums[part, x + 1]  # the last stays
                blueness += factors[0, part] * alpha
                redness += factors[1, part] * alpha
            kept = np.int32(256) - ((alpha * np.int32(257) + np.int32(1024)) >> np.int32(11))
            keep[v, u] = kept
            cb[v, u] = _fitting((blueness + np.int32(1024)) >> np.int32(11), kept)
            cr[v, u] = _fitting((redness + np.int32(1024)) >> np.int32(11), kept)
    return keep, cb, cr


@njit(f"(uint8[:, ::1], int64, int64, {_PLANE}, {_PLANE})", cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _blend(plane: NDArray[np.uint8], top: int, left: int, keep: UintArray, add: UintArray) -> None:
    height, width = keep.shape
    for y in range(height):
        row = plane[top + y, left : left + width]
        for x in range(width):
            row[x] = np.uint16(np.uint16(np.uint16(row[x]) * keep[y, x]) + add[y, x]) >> np.uint16(8)
