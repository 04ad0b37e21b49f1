"""Which numbers a colour has in a video: matrix and range, by the code points of ITU-T H.273."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

Hdr: TypeAlias = Literal["pq", "hlg"]

UNSPECIFIED = 2
HD_HEIGHT = 720  # untagged video from here up is taken for BT.709, below for BT.601, as players do
_RGB = 0
_LUMA_WEIGHTS = {  # of red and blue: H.273, table 4
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
_HDR: dict[int, Hdr] = {16: "pq", 18: "hlg"}  # H.273, table 3


@dataclass(frozen=True, slots=True)
class Tags:
    """What a frame says about its colours; range is a `ColorRange`."""

    primaries: int
    transfer: int
    matrix: int
    range: int

    @property
    def full_range(self) -> bool:
        return self.range == ColorRange.JPEG

    @property
    def hdr(self) -> Hdr | None:
        """What kind of high dynamic range, if any."""
        return _HDR.get(self.transfer)


SDR = Tags(ColorPrimaries.BT709, ColorTrc.BT709, Colorspace.ITU709, ColorRange.MPEG)


def tags_of(frame: av.VideoFrame) -> Tags:
    return Tags(frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range)


def matrix_of(tags: Tags, height: int) -> int:
    """The matrix by which a player shows a picture of this height, whether the tags name it or not."""
    if tags.matrix in _LUMA_WEIGHTS:
        return tags.matrix
    return Colorspace.ITU709 if height >= HD_HEIGHT or tags.matrix == _RGB else Colorspace.ITU601


def from_rgb(matrix: int, *, full_range: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(3, 3) rows Y, Cb, Cr for R'G'B' of 0 to 1, and (3,) what to add: numbers of 8 bits (H.273, 8.3)."""
    red, blue = _LUMA_WEIGHTS[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    cb = (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - blue))
    cr = (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - red))
    scale = np.array([255.0, 255.0, 255.0] if full_range else [219.0, 224.0, 224.0])
    return np.stack([luma, cb, cr]) * scale[:, None], np.array([0.0 if full_range else 16.0, 128.0, 128.0])
