"""How much of a film is left in another: PSNR and SSIM of its frames, where nothing was drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.text.geometry import Box

Plane = NDArray[np.uint8]
Values = NDArray[np.float32]

_DEVIATION = 1.5  # pixels; constants as in Wang, Bovik, Sheikh, Simoncelli 2004, "Image quality assessment"
_STABLE = ((0.01 * 255) ** 2, (0.03 * 255) ** 2)


@dataclass(frozen=True, slots=True)
class Likeness:
    """psnr: dB, of the mean square error of all frames. ssim: mean of all frames, 1 for the same."""

    psnr: float
    ssim: float


def likeness(source: Path, output: Path, left_out: Sequence[Box], every: int = 1) -> Likeness:
    """How alike the brightness of two films is outside of boxes (in pixels), in every so manieth frame."""
    square, alike, count = 0.0, 0.0, 0
    inside: NDArray[np.bool_] | None = None
    for index, (one, other) in enumerate(zip(brightness(source), brightness(output), strict=True)):
        if index % every:
            continue
        if inside is None:
            inside = outside(one.shape, left_out)
        square += float(np.mean((one.astype(np.float32) - other)[inside] ** 2))
        alike += float(np.mean(ssim(one, other)[inside]))
        count += 1
    return Likeness(psnr(square / count), alike / count)


def brightness(film: Path) -> Iterator[Plane]:
    """The Y plane of each frame, (h, w)."""
    with av.open(film) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            yield rows[: plane.height, : plane.width]


def outside(shape: tuple[int, ...], left_out: Sequence[Box]) -> NDArray[np.bool_]:
    """(h, w): what lies in none of the boxes."""
    kept = np.ones(shape, np.bool_)
    for box in left_out:
        kept[max(int(box.top), 0) : int(box.bottom), max(int(box.left), 0) : int(box.right)] = False
    return kept


def psnr(mean_square: float) -> float:
    """In dB, for values up to 255."""
    return float(10 * np.log10(255**2 / max(mean_square, 1e-10)))


def ssim(one: Plane, other: Plane) -> Values:
    """(h, w): the structural similarity about each pixel."""
    x, y = one.astype(np.float32), other.astype(np.float32)
    mean_x, mean_y = _blurred(x), _blurred(y)
    spread_x, spread_y = _blurred(x * x) - mean_x**2, _blurred(y * y) - mean_y**2
    together = _blurred(x * y) - mean_x * mean_y
    above = (2 * mean_x * mean_y + _STABLE[0]) * (2 * together + _STABLE[1])
    below = (mean_x**2 + mean_y**2 + _STABLE[0]) * (spread_x + spread_y + _STABLE[1])
    return np.asarray(above / below, np.float32)


def _blurred(values: Values) -> Values:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), _DEVIATION), np.float32)
