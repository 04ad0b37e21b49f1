"""How a frame is turned for display, and turning it: upright, with square pixels and even sides."""

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import cv2
import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

_MATRIX = struct.Struct("=9i")
_WIDEST = 4  # times as wide as high, or the other way round: no camera has pixels outside that
_UNSEEN = 0.02  # rounding by other programs; scaling for that would only blur


@dataclass(frozen=True, slots=True)
class Orientation:
    """Rows and columns exchanged first, then mirrored left to right and top to bottom."""

    transposed: bool = False
    mirrored: bool = False
    upside_down: bool = False

    @property
    def upright(self) -> bool:
        """Whether there is nothing to do."""
        return self == UPRIGHT


UPRIGHT = Orientation()


def orientation_of(frame: av.VideoFrame) -> Orientation:
    """From the display matrix (ISO/IEC 14496-12, 6.2.2), to the nearest quarter turn."""
    sides = cast("SideDataContainer", frame.side_data)  # PyAV's own annotation is too narrow
    data = next((data for data in sides if data.type == Type.DISPLAYMATRIX), None)
    if data is None:
        return UPRIGHT
    a, b, _, c, d, *_ = _MATRIX.unpack(bytes(data)[: _MATRIX.size])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(mirrored=a < 0, upside_down=d < 0)
    return Orientation(transposed=True, mirrored=c < 0, upside_down=b < 0)


def displayed_size(stored: tuple[int, int], orientation: Orientation) -> tuple[int, int]:
    """(width, height) once a frame is turned upright and its sides are made even."""
    width, height = stored[::-1] if orientation.transposed else stored
    return width + width % 2, height + height % 2


def square_size(frame: av.VideoFrame, aspect: Fraction | None) -> tuple[int, int]:
    """(width, height) as stored, but with square pixels. aspect: width to height of a pixel."""
    if not aspect or abs(aspect - 1) < _UNSEEN or not 1 / _WIDEST <= aspect <= _WIDEST:
        return frame.width, frame.height
    return max(2, round(frame.width * aspect / 2) * 2), frame.height


def turn(source: Plane, target: Plane, orientation: Orientation) -> None:
    """Fill `target` with `source` turned; where it has a row or a column more, the last one is repeated."""
    turned = cv2.transpose(source) if orientation.transposed else source
    if orientation.mirrored or orientation.upside_down:
        both = orientation.mirrored and orientation.upside_down
        turned = cv2.flip(turned, -1 if both else int(orientation.mirrored))
    height, width = turned.shape
    target[:height, :width] = turned
    target[height:, :width] = turned[-1:]
    target[:, width:] = target[:, width - 1 : width]
