"""A few small pictures of a film, spread over it, at a price that does not grow with its length."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from morgana.video.colour import SDR, matrix_of
from morgana.video.film import DEFAULT_LIMITS, Film, Limits, Opened, opened, read
from morgana.video.orientation import displayed_size
from morgana.video.upright import encoded_tags, preparation

COUNT = 16  # pictures at most
LONGER_SIDE = 480  # pixels at most
_ENOUGH = 6  # places that a film can be entered at: then none but the frames there are decoded
_DECODED = 60  # frames of 1080x1920 at most, or as many pixels in frames of another size
_REFERENCE = 1080 * 1920
_SLACK_S = 0.0005  # containers round times


@dataclass(frozen=True, slots=True)
class Glance:
    """One picture. time: seconds at which it is shown. rgb: (h, w, 3) uint8 sRGB, as a viewer sees it."""

    time: float
    rgb: NDArray[np.uint8]


def glances(
    source: Path,
    film: Film,
    *,
    start: float | None = None,
    end: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Glance]:
    """Up to 16 pictures of what `inspect` found, upright, SDR, at most 480 pixels a side, in order of time.

    start, end: seconds between which they lie. In long films that can be entered at few places only, they lie
    near those. At least one, if any frame is shown then. Raises InputError as `inspect` does.
    """
    first = float(film.times[0]) if start is None else start
    times = film.times[(film.times >= first) & (film.times < (np.inf if end is None else end))]
    wanted = times[np.linspace(0, len(times) - 1, min(COUNT, len(times))).round().astype(int)]
    if not len(wanted):
        return []
    small = _small(film)
    prepare, reformatter = preparation(small), VideoReformatter()
    with opened(source, limits) as reel:
        reel.video.thread_type = "AUTO"
        if len(times) > _DECODED:  # in a shorter film, even those that no other is predicted from are few
            reel.video.codec_context.skip_frame = "NONREF"
        shown = _frames(replace(reel, sound=None), [float(time) for time in wanted], film)
        return [Glance(frame.time, _rgb(prepare(frame), small, reformatter)) for frame in shown]


def _small(film: Film) -> Film:
    """The film as if it were small: what is prepared of it is scaled down first."""
    scale = min(1.0, LONGER_SIDE / max(film.stored))
    width, height = (max(2, round(side * scale / 2) * 2) for side in film.stored)
    colour = replace(film.colour, matrix=matrix_of(film.colour, film.stored[1]))
    size = displayed_size((width, height), film.orientation)
    return replace(film, stored=(width, height), size=size, colour=colour)


def _rgb(frame: av.VideoFrame, film: Film, reformatter: VideoReformatter) -> NDArray[np.uint8]:
    tags = encoded_tags(film)
    converted = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=tags.matrix if tags is not SDR else Colorspace.ITU709,
        src_color_range=ColorRange.JPEG if tags.full_range else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.ascontiguousarray(converted.to_ndarray())


def _frames(reel: Opened, wanted: list[float], film: Film) -> Iterator[av.VideoFrame]:
    """The frames at the times wanted, each once, or the last ones that may be decoded before them."""
    width, height = film.stored
    each = max(1, int(_DECODED * _REFERENCE / (width * height)) // len(wanted))
    entries = _entries(reel)
    group_of = np.searchsorted(entries, np.array(wanted) + _SLACK_S, "right")
    if len(np.unique(group_of)) >= _ENOUGH:
        each = 1
    for group in np.unique(group_of):
        times = [time for time, one in zip(wanted, group_of, strict=True) if one == group]
        reel.container.seek(int((times[0] + _SLACK_S) / _tick(reel)), stream=reel.video)
        yield from _from_here(reel, times, each * len(times), wanted[0])


def _entries(reel: Opened) -> NDArray[np.float64]:
    """When the frames are decoded that a film can be entered at, in seconds."""
    ticks = [entry.timestamp for entry in reel.video.index_entries if entry.is_keyframe]
    return np.sort(np.array(ticks, np.float64)) * _tick(reel)


def _tick(reel: Opened) -> float:
    return float(reel.video.time_base or 1)


def _from_here(reel: Opened, times: list[float], budget: int, first: float) -> Iterator[av.VideoFrame]:
    """The first frame at or after each of `times`; of those not reached, the last one that was."""
    left = list(times)
    latest: av.VideoFrame | None = None
    for count, frame in enumerate(read(reel), 1):
        if not isinstance(frame, av.VideoFrame):
            continue
        if frame.time > times[-1] + _SLACK_S:
            break
        latest = frame
        if left and frame.time >= left[0] - _SLACK_S:
            left = [time for time in left if time > frame.time + _SLACK_S]
            yield frame
            latest = None
        if not left or count >= budget:
            break
    if left and latest is not None and latest.time >= first - _SLACK_S:
        yield latest
