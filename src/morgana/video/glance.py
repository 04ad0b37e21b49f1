"""A few small pictures of a film, spread over it, at a price that does not grow with its length."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from morgana.video.colour import SDR, matrix_of
from morgana.video.film import DEFAULT_LIMITS, Film, Limits, Opened, opened, read
from morgana.video.orientation import displayed_size
from morgana.video.upright import encoded_tags, preparation

Times: TypeAlias = NDArray[np.float64]

COUNT = 16  # pictures at most
LONGER_SIDE = 480  # pixels at most
_PASSED = 300  # frames that are gone through for them, from where the film can be entered on
_ENOUGH = 8  # places where the film can be entered: then nothing is gone through
_FEW = 60  # in a film of no more frames, even those that no other is predicted from are decoded
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
    longer_side: int = LONGER_SIDE,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Glance]:
    """Up to 16 pictures of what `inspect` found, upright, SDR, in order of time.

    longer_side: of each picture, pixels at most.

    start, end: seconds between which they lie, evenly. Where the film can be entered at 8 places or more
    between them, they lie there; where more than 300 frames would have to be gone through, each lies as near
    to its time as those 300 reach from where the film can be entered. At least one, if any frame is shown
    then. Raises InputError as `inspect` does.
    """
    first = float(film.times[0]) if start is None else start
    times = film.times[(film.times >= first) & (film.times < (np.inf if end is None else end))]
    wanted = times[np.linspace(0, len(times) - 1, min(COUNT, len(times))).round().astype(int)]
    if not len(wanted):
        return []
    small = _small(film, longer_side)
    prepare, reformatter = preparation(small), VideoReformatter()
    with opened(source, limits) as reel:
        groups = _planned(wanted, _entries(reel, float(film.times[0])), film.times)
        if max(map(len, groups)) > 1:  # threads decode ahead, in vain where one picture is wanted
            reel.video.thread_type = "AUTO"
        context = reel.video.codec_context
        if len(times) > _FEW:
            context.skip_frame = "NONREF"
            context.options = {**context.options, "skip_loop_filter": "all"}  # unseen once they are small
        pictures = replace(reel, sound=None)
        shown = (frame for group in groups for frame in _from_here(pictures, group, wanted[0]))
        return [Glance(frame.time, _rgb(prepare(frame), small, reformatter)) for frame in shown]


def _small(film: Film, longer_side: int) -> Film:
    """The film as if it were small: what is prepared of it is scaled down first."""
    scale = min(1.0, longer_side / max(film.stored))
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


def _planned(wanted: Times, entries: Times, times: Times) -> list[Times]:
    """The times to be seen within what may be gone through, those after the same entry together.

    wanted: ascending. entries: where the film can be entered. times: of all its frames.
    """
    places = np.searchsorted(entries, wanted + _SLACK_S, "right")
    groups = [wanted[places == place] for place in np.unique(places)]
    begun = [float(entries[place - 1]) if place else float(times[0]) for place in np.unique(places)]
    apart = (wanted[-1] - wanted[0]) / COUNT
    planned = {}
    left = _PASSED
    needs = [_passed(times, entry, group[-1]) for entry, group in zip(begun, groups, strict=True)]
    for done, index in enumerate(np.argsort(needs, kind="stable")):
        group, entry = groups[index], max(begun[index], float(wanted[0]))
        share = left // (len(groups) - done)
        if len(groups) >= _ENOUGH or (len(group) == 1 and group[0] - entry <= apart):
            group = np.array([entry])  # near enough, and nothing else is decoded for it
        elif needs[index] > share:
            at = int(np.searchsorted(times, entry - _SLACK_S))
            reached = times[at : at + max(share, 1)]
            reached = reached[reached <= group[-1]]
            spread = np.linspace(0 if len(group) > 1 else len(reached) - 1, len(reached) - 1, len(group))
            group = np.unique(reached[spread.round().astype(int)])
        left = max(0, left - _passed(times, entry, group[-1]))
        planned[index] = group
    return [planned[index] for index in sorted(planned)]


def _passed(times: Times, entry: float, last: float) -> int:
    """How many frames are gone through from `entry` up to the one at `last`."""
    return int(np.sum((times >= entry - _SLACK_S) & (times <= last + _SLACK_S)))


def _entries(reel: Opened, first: float) -> Times:
    """When the frames are shown that a film can be entered at, the first of which is shown at `first`."""
    ticks = [entry.timestamp for entry in reel.video.index_entries if entry.is_keyframe]
    decoded = np.sort(np.array(ticks, np.float64)) * _tick(reel)
    # The index says when they are decoded; all are shown as much later as the first one is.
    return decoded + max(0.0, first - decoded[0]) if len(decoded) else decoded


def _tick(reel: Opened) -> float:
    return float(reel.video.time_base or 1)


def _from_here(reel: Opened, times: Times, first: float) -> Iterator[av.VideoFrame]:
    """The first frame at or after each of `times`; the one before the last of them, if none is.

    first: the earliest time that may be shown.
    """
    reel.container.seek(int((times[0] + _SLACK_S) / _tick(reel)), stream=reel.video)
    left = times
    latest: av.VideoFrame | None = None
    for frame in read(reel):
        if not isinstance(frame, av.VideoFrame):
            continue
        if frame.time > times[-1] + _SLACK_S:
            break
        latest = frame
        if frame.time >= left[0] - _SLACK_S:
            left = left[left > frame.time + _SLACK_S]
            yield frame
            latest = None
        if not len(left):
            return
    if latest is not None and latest.time >= first - _SLACK_S:
        yield latest
