"""An MP4 -> its pictures, one at a time, in the colours and the orientation a player shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from morgana.video.probe import OPEN_OPTIONS

Picture: TypeAlias = NDArray[np.uint8]

_UNSPECIFIED = 2
_HD_HEIGHT = 720  # untagged video from here up is taken for BT.709, below for BT.601, as players do
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def read_frames(path: Path) -> Iterator[tuple[float, Picture]]:
    """(time in seconds, (height, width, 3) uint8 RGB) of every frame of the first video stream, in order.

    The display matrix is applied in quarter turns. Memory does not grow with the length.
    """
    reformatter = VideoReformatter()
    with av.open(path, options=OPEN_OPTIONS) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_type = "AUTO"
        for frame in container.decode(stream):
            rgb = reformatter.reformat(
                frame,
                format="rgb24",
                src_colorspace=_matrix(frame),
                src_color_range=ColorRange.JPEG if frame.color_range == ColorRange.JPEG else ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
                interpolation=_EXACT,
            )
            yield frame.time, np.ascontiguousarray(np.rot90(rgb.to_ndarray(), frame.rotation // 90))


def _matrix(frame: av.VideoFrame) -> int:
    if frame.colorspace != _UNSPECIFIED:
        return frame.colorspace
    return Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
