"""Frames and a sound file -> an MP4 that every player shows with the same colours."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from numpy.typing import NDArray

from morgana.progress import Progress, ignore
from morgana.video.provenance import SourceType, append_xmp, mp4_tags
from morgana.video.sound import source_channels, stream_sound

Picture: TypeAlias = NDArray[np.uint8]
_SoundPackets: TypeAlias = "tuple[list[av.Packet[av.AudioStream]], Fraction]"  # and how far the sound is read

AUDIO_RATE = 48_000
_AUDIO_BIT_RATES = {1: 128_000, 2: 192_000}
_KEYFRAME_INTERVAL_S = 2
_X264 = {  # 10 CPU-ms a frame at 720x1280; a second of lookahead keeps a still background still
    "preset": "veryfast",
    "crf": "17",
    "profile": "high",
    "x264-params": "rc-lookahead=25:aq-mode=3",
}
_THREADS = 2


def write_mp4(
    output: Path,
    frames: Iterable[Picture],
    *,
    fps: int,
    size: tuple[int, int],
    total: int,
    audio: Path | None = None,
    mark: SourceType | None = None,
    progress: Progress = ignore,
) -> int:
    """Encode frames, each (height, width, 3) uint8 RGB (sRGB), and return how many there were.

    size: (width, height), both even. total: the number of frames to expect, for `progress`.
    audio: a WAV or MP3 file; all of it is written, from time 0, as AAC at 48 kHz, mono or stereo.
    mark: what the file says of its origin, nothing if None.
    The video is H.264 High, yuv420p, BT.709 in limited range, and lasts exactly frames / fps seconds.
    `output` appears only when it is complete; memory does not grow with the length.
    Raises InputError (see `stream_sound`); ValueError for frames of another size, or for none at all.
    """
    partial = output.with_name(f".{output.name}.partial")
    try:
        with av.open(partial, "w", format="mp4", options={"movflags": "+faststart"}) as container:
            container.metadata.update(mp4_tags(mark) if mark else {})
            video = _Video(container, fps, size)
            sound = _audio_packets(container, audio) if audio else None
            for picture in frames:
                container.mux(video.encode(picture))
                if sound is not None:
                    _mux_until(container, sound, Fraction(video.count, fps))
                progress(min(video.count / total, 1.0))
            container.mux(video.finish())
            for packets, _ in sound or ():
                container.mux(packets)
        if mark:
            append_xmp(partial, mark)
        partial.replace(output)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return video.count


class _Video:
    """The video stream being written: converts, numbers and encodes pictures."""

    def __init__(self, container: av.container.OutputContainer, fps: int, size: tuple[int, int]) -> None:
        width, height = size
        if width % 2 or height % 2:
            raise ValueError(f"{width}x{height}: yuv420p needs even sides")
        self.count = 0
        self._shape = (height, width, 3)
        self._time_base = Fraction(1, fps)
        self._reformatter = VideoReformatter()
        self._stream = container.add_stream("libx264", rate=fps, options=_X264)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.thread_type, context.thread_count = "FRAME", _THREADS
        context.gop_size = _KEYFRAME_INTERVAL_S * fps
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG

    def encode(self, picture: Picture) -> "list[av.Packet[av.VideoStream]]":
        if picture.shape != self._shape or picture.dtype != np.uint8:
            raise ValueError(f"a frame is {picture.shape} {picture.dtype}, not {self._shape} uint8")
        frame = self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(picture)),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        frame.pts, frame.time_base = self.count, self._time_base
        self.count += 1
        return self._stream.encode(frame)

    def finish(self) -> "list[av.Packet[av.VideoStream]]":
        if not self.count:
            raise ValueError("no frames to encode")
        return self._stream.encode(None)


def _audio_packets(container: av.container.OutputContainer, path: Path) -> Iterator[_SoundPackets]:
    """AAC packets and the time up to which the sound has been read."""
    channels = min(source_channels(path), 2)
    stream = container.add_stream("aac", rate=AUDIO_RATE)
    layout = {1: "mono", 2: "stereo"}[channels]
    stream.codec_context.layout = layout
    stream.codec_context.bit_rate = _AUDIO_BIT_RATES[channels]
    return _encode_sound(stream, path, channels, layout)


def _encode_sound(stream: av.AudioStream, path: Path, channels: int, layout: str) -> Iterator[_SoundPackets]:
    count = 0
    for samples in stream_sound(path, AUDIO_RATE, channels, limit=None):
        frame = av.AudioFrame.from_ndarray(samples, "fltp", layout)
        frame.sample_rate = AUDIO_RATE
        frame.pts, frame.time_base = count, Fraction(1, AUDIO_RATE)
        count += samples.shape[1]
        yield stream.encode(frame), Fraction(count, AUDIO_RATE)
    yield stream.encode(None), Fraction(count, AUDIO_RATE)


def _mux_until(
    container: av.container.OutputContainer,
    sound: Iterator[_SoundPackets],
    time: Fraction,
) -> None:
    """Write sound up to `time`, so that a player finds it next to the pictures it belongs to."""
    for packets, reached in sound:
        container.mux(packets)
        if reached >= time:
            return
