"""Films of every odd kind, made on the fly."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from morgana.video.colour import Tags
from tests.video.making import chirps

Picture = NDArray[np.uint8]

BT709 = Tags(1, 1, 1, ColorRange.MPEG)
CORNERS = {  # what `corners` shows: (row, column) of a quarter and its colour
    (0, 0): (200, 40, 40),
    (0, 1): (40, 180, 40),
    (1, 0): (40, 60, 200),
    (1, 1): (190, 190, 190),
}
ENCODING = {
    "libx264": {"crf": "8", "preset": "veryfast", "bf": "2"},
    "libx265": {"x265-params": "bframes=0"},  # with B-frames it gives a film of one picture a random time
}


@dataclass(frozen=True)
class Sound:
    """A chirp in every channel, encoded with `codec`; start: seconds."""

    codec: str = "aac"
    layout: str = "mono"
    rate: int = 48_000
    seconds: float = 1.0
    start: float = 0.0


def film(
    path: Path,
    pictures: Iterable[Picture],
    *,
    times: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 30),
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    tags: Tags = BT709,
    rotation: int = 0,
    mirrored: bool = False,
    aspect: Fraction | None = None,
    sound: Sound | None = None,
    timecode: bool = False,
    options: dict[str, str] | None = None,
    movflags: str | None = "+faststart",
) -> Path:
    """Write (h, w, 3) uint8 RGB pictures; `times` in units of `time_base`, else one after the other.

    The container is named by the suffix. rotation: degrees clockwise that a player has to turn them by.
    """
    pictures = list(pictures)
    times = range(len(pictures)) if times is None else times
    kind = path.suffix.lstrip(".")
    layout = {"movflags": movflags} if movflags else {}
    with av.open(path, "w", format=kind, options=layout) as container:
        chosen = {**ENCODING.get(codec, {}), **(options or {})}
        video = container.add_stream(codec, rate=round(1 / time_base), options=chosen)
        assert isinstance(video, av.VideoStream)
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt = pix_fmt
        context = video.codec_context
        context.time_base = time_base
        if aspect:
            context.sample_aspect_ratio = aspect
        context.color_primaries, context.color_trc = tags.primaries, tags.transfer
        context.colorspace, context.color_range = tags.matrix, tags.range
        if rotation or mirrored:
            video.set_display_rotation(-rotation, hflip=mirrored)
        if timecode:
            video.metadata["timecode"] = "01:00:00:00"
        track = _add_sound(container, sound) if sound else None
        for picture, time in zip(pictures, times, strict=True):
            frame = _frame(picture, pix_fmt, tags)
            frame.pts, frame.time_base = time, time_base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if track is not None and sound is not None:
            _write_sound(container, track, sound)
    return path


def _frame(picture: Picture, pix_fmt: str, tags: Tags) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(
        format=pix_fmt,
        dst_colorspace=tags.matrix if tags.matrix in (1, 5, 6, 9) else Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.JPEG if tags.range == ColorRange.JPEG else ColorRange.MPEG,
    )
    frame.color_primaries, frame.color_trc = tags.primaries, tags.transfer
    return frame


def _add_sound(container: av.container.OutputContainer, sound: Sound) -> av.AudioStream:
    stream = container.add_stream(sound.codec, rate=sound.rate)
    assert isinstance(stream, av.AudioStream)
    stream.codec_context.layout = sound.layout
    return stream


def _write_sound(container: av.container.OutputContainer, stream: av.AudioStream, sound: Sound) -> None:
    samples = chirps(sound.seconds, sound.rate)
    channels = stream.codec_context.layout.nb_channels
    frame = av.AudioFrame.from_ndarray(np.tile(samples, (channels, 1)), "fltp", sound.layout)
    frame.sample_rate = sound.rate
    frame.pts, frame.time_base = round(sound.start * sound.rate), Fraction(1, sound.rate)
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def greys(count: int, size: tuple[int, int] = (96, 160)) -> list[Picture]:
    """Picture i has brightness 40 + 3i: every frame tells its number."""
    return [np.full((size[1], size[0], 3), 40 + 3 * index, np.uint8) for index in range(count)]


def corners(size: tuple[int, int] = (96, 160)) -> Picture:
    """Four quarters in four colours: a picture that is different any way it is turned."""
    width, height = size
    picture = np.empty((height, width, 3), np.uint8)
    for (row, column), colour in CORNERS.items():
        rows = slice(height // 2, None) if row else slice(0, height // 2)
        picture[rows, slice(width // 2, None) if column else slice(0, width // 2)] = colour
    return picture


def scene(count: int, size: tuple[int, int] = (192, 320)) -> list[Picture]:
    """Something soft and coloured that moves."""
    x, y = np.meshgrid(np.linspace(0, 3, size[0]), np.linspace(0, 5, size[1]))
    return [
        np.stack(
            [110 + 60 * np.sin(x + 0.1 * i), 120 + 50 * np.cos(y - 0.1 * i), 100 + 40 * np.sin(x + y)],
            axis=-1,
        ).astype(np.uint8)
        for i in range(count)
    ]


def cover_only(path: Path) -> Path:
    """A sound file in MP4 with a cover picture."""
    with av.open(path, "w", format="mp4") as container:
        track = _add_sound(container, Sound())
        picture = container.add_stream("mjpeg", rate=1)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuvj420p"
        picture.disposition = Disposition.attached_pic
        container.mux(picture.encode(av.VideoFrame(64, 64, "yuvj420p")))
        container.mux(picture.encode(None))
        _write_sound(container, track, Sound())
    return path


def skip_first(path: Path, frames: int, fps: int = 30) -> None:
    """Change the edit list of the picture track so that a player leaves out its first frames."""
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"elst") + 12  # after the name, version, flags and the number of entries
    length, start = struct.unpack_from(">Ii", raw, entry)
    scale = struct.unpack_from(">I", raw, raw.index(b"mdhd") + 16)[0]
    struct.pack_into(">Ii", raw, entry, length - 1000 * frames // fps, start + scale * frames // fps)
    path.write_bytes(raw)
