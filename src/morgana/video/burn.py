"""A film and what to draw over it -> the film with that in its pictures, and its sound as it was."""

import math
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import av

from morgana.progress import Progress, ignore
from morgana.video.film import (
    DEFAULT_LIMITS,
    Film,
    Limits,
    Opened,
    Sound,
    check_decoded,
    incomplete,
    inspect,
    opened,
    read,
)
from morgana.video.film_writer import FilmWriter, Quality
from morgana.video.patch import Draw
from morgana.video.provenance import SourceType, mark_of
from morgana.video.soundtrack import is_copied
from morgana.video.upright import preparation

_MAXIMUM_THREADS = 8  # of one encoder

_REFUSED = (av.error.InvalidDataError, av.error.ArgumentError)  # by the container that is being written


def burn(
    source: Path,
    output: Path,
    draw: Draw,
    *,
    limits: Limits = DEFAULT_LIMITS,
    quality: Quality = Quality(),  # noqa: B008
    progress: Progress = ignore,
) -> Film:
    """Write `source`, an MP4 or MOV, to `output` with the patches of `draw` over each frame.

    `draw` is called once for each frame, in order, with the time in seconds at which the frame is shown. The
    output is H.264 High, yuv420p, upright, with the same frame times, colours (HDR becomes BT.709) and sound
    (copied where MP4 has a place for it). A film that is marked as generated (see `provenance`) stays so.
    The output appears only when it is complete; memory does not grow with the length. Returns what `inspect`
    says of the source. Raises InputError as `inspect` does, and whatever `draw` raises.
    """
    film, (error,) = burn_all(source, [(output, draw)], limits=limits, quality=quality, progress=progress)
    if error is not None:
        raise error
    return film


def burn_all(
    source: Path,
    outputs: Sequence[tuple[Path, Draw]],
    *,
    limits: Limits = DEFAULT_LIMITS,
    quality: Quality = Quality(),  # noqa: B008
    progress: Progress = ignore,
) -> tuple[Film, list[Exception | None]]:
    """As `burn`, several outputs from one decoding.

    Returns the film and, for each output, None or what made it fail; the others are not spoilt by it. Raises
    InputError as `inspect` does: then there is no output at all.
    """
    film = inspect(source, limits)
    with opened(source, limits) as reel:
        mark = mark_of(source, reel.container.metadata)
        cores = os.cpu_count() or 1
        threads = min(max(cores // max(len(outputs), 1), 1), _MAXIMUM_THREADS)
        tracks = [_Track(output, draw, film, reel, quality, mark, threads) for output, draw in outputs]
        try:
            with ThreadPoolExecutor(max(min(len(tracks), cores), 1)) as pool:
                _run(film, reel, tracks, pool, progress)
                list(pool.map(_Track.finish, tracks))
        finally:
            for track in tracks:
                track.abandon()
    progress(1.0)
    return film, [track.error for track in tracks]


class _Track:
    """One output: what goes wrong in it is kept and ends it, and it alone."""

    def __init__(
        self,
        output: Path,
        draw: Draw,
        film: Film,
        reel: Opened,
        quality: Quality,
        mark: SourceType | None,
        threads: int,
    ) -> None:
        self.error: Exception | None = None
        self._draw = draw
        self._copies_sound = is_copied(film.sound)
        self._writer: FilmWriter | None = None
        try:
            self._writer = FilmWriter(output, film, reel, quality, mark, threads)
        except Exception as error:
            self.error = error

    def write(self, item: "av.VideoFrame | Sound") -> None:
        if self._writer is None:
            return
        try:
            if isinstance(item, av.VideoFrame):
                self._writer.write(item, self._draw(item.time))
            else:
                self._writer.write_sound(item)
        except Exception as error:
            self._fail(error)

    def finish(self) -> None:
        if self._writer is None:
            return
        try:
            self._writer.finish()
        except Exception as error:
            self._fail(error)
        self._writer = None

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def _fail(self, error: Exception) -> None:
        self.error = error
        if self._copies_sound and isinstance(error, _REFUSED):  # packets that nobody had to decode before
            self.error = incomplete()
            self.error.__cause__ = error
        self.abandon()


def _run(
    film: Film, reel: Opened, tracks: Sequence[_Track], pool: ThreadPoolExecutor, progress: Progress
) -> None:
    """Everything through every track, until the film ends or no track is left.

    The tracks work side by side, and on one picture while the next is decoded.
    """
    prepare = preparation(film)
    count, last = 0, -math.inf
    writing: list[Future[None]] = []
    for item in read(reel, decode_sound=not is_copied(film.sound)):
        if isinstance(item, av.VideoFrame):
            count += 1
            if item.time <= last:
                continue
            last = item.time
            item = prepare(item)
            progress(min(count / (len(film.times) + 1), 1.0))
        wait(writing)
        if all(track.error for track in tracks):
            return
        writing = [pool.submit(track.write, item) for track in tracks]
    wait(writing)
    check_decoded(film, count)
