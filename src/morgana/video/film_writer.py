"""Frames with patches over them, and sound -> an MP4 with the same times as the film they come from."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from morgana.video.blend import Sprite, blend, convert, planes
from morgana.video.colour import from_rgb, matrix_of
from morgana.video.film import Film, Opened, Sound
from morgana.video.patch import Patch
from morgana.video.provenance import SourceType, append_xmp, mp4_tags
from morgana.video.soundtrack import add_sound, copied, is_copied
from morgana.video.upright import encoded_format, encoded_tags

_KEYFRAME_INTERVAL_S = 2
_SHORTEST_INTERVAL = 12  # frames
# Fewer searches than "veryfast" makes, and shorter runs of B-frames: 0.55 to 0.82 of its processor time for
# the same picture in about as many bits (`benchmarks/encoding.py`).
SEARCH = "partitions=i8x8,i4x4:me=dia:bframes=2"
_TICK = Fraction(1, 90_000)
_COARSEST, _FINEST = 1_000, 100_000  # parts of a second; 32 bits of the finest are half a day


@dataclass(frozen=True, slots=True)
class Quality:
    """crf: x264's, 0 to 51, lower is better and larger. preset: x264's, from "ultrafast" to "veryslow"."""

    crf: int = 20
    preset: str = "veryfast"


class FilmWriter:
    """One output being written. It appears under its name when `finish` is through, or not at all."""

    def __init__(
        self,
        output: Path,
        film: Film,
        source: Opened,
        quality: Quality,
        mark: SourceType | None = None,
        threads: int = 1,
    ) -> None:
        self._output = output
        self._partial = output.with_name(f".{output.name}.partial")
        self._mark = mark
        self._size = film.size
        self._tags = encoded_tags(film)
        self._matrix = from_rgb(matrix_of(self._tags, film.size[1]), full_range=self._tags.full_range)
        self._sprites: dict[Patch, Sprite | None] = {}
        self._canvas: av.VideoFrame | None = None
        self._copies_sound = is_copied(film.sound)
        self._container = av.open(self._partial, "w", format="mp4", options=_layout(source))
        self._container.metadata.update(mp4_tags(mark) if mark else {})
        self._durations = _durations(film, source)
        try:
            self._picture = self._container.add_stream("libx264", rate=_rate(film), options=_options(quality))
            self._configure(self._picture.codec_context, film, source, threads)
            self._sound: av.AudioStream | None = None
            if source.sound is not None and film.sound is not None:
                self._sound = add_sound(self._container, source.sound, film.sound)
        except BaseException:
            self.abandon()
            raise

    def write(self, frame: av.VideoFrame, patches: Sequence[Patch]) -> None:
        """Encode a frame that `upright.preparation` made, with patches over it; the frame stays as it is."""
        shown = self._covered(frame, patches)
        shown.pict_type = 0  # or the encoder keeps to the types that the source had
        self._mux(self._picture.encode(shown))

    def write_sound(self, item: Sound) -> None:
        """Write a piece of sound as `film.read` yields it."""
        if self._sound is None:
            return
        if isinstance(item, av.AudioFrame):
            self._container.mux(self._sound.encode(item))
        else:
            self._container.mux(copied(item, self._sound))

    def finish(self) -> None:
        """Write the rest, and give the file its name."""
        self._mux(self._picture.encode(None))
        if self._sound is not None and not self._copies_sound:
            self._container.mux(self._sound.encode(None))
        self._container.close()
        if self._mark:
            append_xmp(self._partial, self._mark)
        self._partial.replace(self._output)

    def abandon(self) -> None:
        """Leave nothing behind; does nothing after `finish`."""
        with suppress(av.error.FFmpegError):  # what cannot be written is not wanted either
            self._container.close()
        self._partial.unlink(missing_ok=True)

    def _configure(self, context: av.VideoCodecContext, film: Film, source: Opened, threads: int) -> None:
        context.width, context.height = film.size
        context.time_base = source.video.time_base or _TICK
        context.pix_fmt = encoded_format(film)
        context.thread_type = "FRAME"  # or x264 cuts frames into slices
        context.thread_count = threads
        context.gop_size = max(round(_KEYFRAME_INTERVAL_S * film.fps), _SHORTEST_INTERVAL)
        context.color_primaries, context.color_trc = self._tags.primaries, self._tags.transfer
        context.colorspace, context.color_range = self._tags.matrix, self._tags.range

    def _covered(self, frame: av.VideoFrame, patches: Sequence[Patch]) -> av.VideoFrame:
        sprites = {patch: self._sprite(patch) for patch in patches}
        self._sprites = sprites  # kept for as long as the same patches come again
        visible = [sprite for sprite in map(sprites.get, patches) if sprite is not None]
        if not visible:
            return frame
        canvas = self._copied(frame)
        for sprite in visible:
            blend(canvas, sprite)
        return canvas

    def _sprite(self, patch: Patch) -> Sprite | None:
        return self._sprites[patch] if patch in self._sprites else convert(patch, self._size, *self._matrix)

    def _copied(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame, in memory of our own: the decoder still predicts other frames from its own."""
        if self._canvas is None:
            self._canvas = av.VideoFrame(*self._size, frame.format.name)
        self._canvas.make_writable()
        for source, target in zip(planes(frame), planes(self._canvas), strict=True):
            np.copyto(target, source)
        self._canvas.pts, self._canvas.time_base = frame.pts, frame.time_base
        return self._canvas

    def _mux(self, packets: "Sequence[av.Packet[av.VideoStream]]") -> None:
        for packet in packets:
            packet.duration = self._durations.get(packet.pts or 0, packet.duration)
            self._container.mux(packet)


def _durations(film: Film, source: Opened) -> dict[int, int]:
    """How long the frame of each time is shown, both in the units of the source; the encoder only guesses."""
    ticks = np.rint(np.append(film.times, film.duration) / float(source.video.time_base or _TICK))
    return dict(zip(ticks[:-1].astype(int).tolist(), np.diff(ticks).astype(int).tolist(), strict=True))


def _layout(source: Opened) -> dict[str, str]:
    """Of the file: its index first, and edit lists as fine as the times of the frames."""
    scale = (source.video.time_base or _TICK).denominator
    return {"movflags": "+faststart", "movie_timescale": str(min(max(scale, _COARSEST), _FINEST))}


def _rate(film: Film) -> Fraction:
    return Fraction(film.fps).limit_denominator(1001)


def _options(quality: Quality) -> dict[str, str]:
    return {
        "preset": quality.preset,
        "crf": str(quality.crf),
        "profile": "high",
        "x264-params": SEARCH,
    }
