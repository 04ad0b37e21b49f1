"""Decoded frames of any kind -> what is encoded again: yuv420p of 8 bits, SDR, upright, with even sides."""

from collections.abc import Callable
from dataclasses import replace

import av
from av.video.reformatter import ColorRange, VideoReformatter

from morgana.video.blend import planes
from morgana.video.colour import SDR, Tags, matrix_of
from morgana.video.film import Film
from morgana.video.orientation import turn
from morgana.video.tone import DEPTH_FORMAT, to_sdr

_PLAIN = ("yuv420p", "yuvj420p")


def encoded_tags(film: Film) -> Tags:
    """The colours of the frames as `preparation` makes them: the film's own, unless it is HDR or RGB.

    Players take untagged colours for what is usual at their height; where turning changes that, they get a
    tag.
    """
    if film.hdr or _is_rgb(film):
        return SDR
    before, after = (matrix_of(film.colour, height) for height in (film.stored[1], film.size[1]))
    return film.colour if before == after else replace(film.colour, matrix=before)


def encoded_format(film: Film) -> str:
    """The pixel format of the frames as `preparation` makes them."""
    return film.pixel_format if film.pixel_format in _PLAIN and not film.hdr else "yuv420p"


def preparation(film: Film) -> Callable[[av.VideoFrame], av.VideoFrame]:
    """A function that makes each frame ready; one that is ready already is returned as it is.

    The colours stay as they are: the same matrix and range. HDR is tone-mapped (see `tone`), and RGB becomes
    BT.709.
    """
    reformatter = VideoReformatter()

    def prepare(frame: av.VideoFrame) -> av.VideoFrame:
        ready = _flattened(frame, film, reformatter)
        if film.hdr:
            flat = av.VideoFrame(*film.stored, "yuv420p")
            to_sdr(ready, film.hdr, film.colour, flat)
            ready = flat
        if (ready.width, ready.height) != film.size or not film.orientation.upright:
            ready = _turned(ready, film)
        ready.pts, ready.time_base = frame.pts, frame.time_base
        return ready

    return prepare


def _is_rgb(film: Film) -> bool:
    return av.VideoFormat(film.pixel_format).is_rgb


def _flattened(frame: av.VideoFrame, film: Film, reformatter: VideoReformatter) -> av.VideoFrame:
    """At 4:2:0 and with square pixels, in as many bits as are needed next."""
    wanted = DEPTH_FORMAT if film.hdr else encoded_format(film)
    if (frame.format.name, frame.width, frame.height) == (wanted, *film.stored):
        return frame
    matrix = matrix_of(film.colour, film.stored[1])
    source_range = ColorRange.JPEG if film.colour.full_range or _is_rgb(film) else ColorRange.MPEG
    return reformatter.reformat(
        frame,
        *film.stored,
        format=wanted,
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=source_range,
        dst_color_range=ColorRange.JPEG if film.colour.full_range and not _is_rgb(film) else ColorRange.MPEG,
    )


def _turned(frame: av.VideoFrame, film: Film) -> av.VideoFrame:
    target = av.VideoFrame(*film.size, frame.format.name)
    for source, plane in zip(planes(frame), planes(target), strict=True):
        turn(source, plane, film.orientation)
    return target
