"""What an MP4 says about itself, read from its header without decoding."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

# So that nothing in a file can make us open another one: no playlist, no other protocol, no film in pieces.
OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2",
    "enable_drefs": "0",
}
# What can be made slow by a header alone, such as 100,000 tags that FFmpeg compares with each other, ends so;
# a whole file of hours is opened within two or three.
OPEN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Colour:
    """Code points of ITU-T H.273; full_range is None where the file does not say."""

    primaries: int
    transfer: int
    matrix: int
    full_range: bool | None


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """duration in seconds, as the player hears it: encoder delay not counted."""

    codec: str
    rate: int
    channels: int
    duration: float


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """size is (width, height) as stored, before any rotation; frames and duration as the header has them."""

    size: tuple[int, int]
    fps: Fraction
    frames: int
    duration: float
    codec: str
    profile: str
    pixel_format: str
    colour: Colour
    audio: AudioInfo | None


def probe(path: Path) -> MediaInfo:
    """Read the header of an MP4 or MOV file. Raises ValueError where there is no video to be found in it."""
    try:
        with av.open(path, options=OPEN_OPTIONS) as container:
            if not container.streams.video:
                raise ValueError(f"{path.name} has no video in it")
            sound = container.streams.audio[0] if container.streams.audio else None
            return _describe(container.streams.video[0], _describe_sound(sound) if sound else None)
    except FFmpegError as error:
        raise ValueError(f"{path.name} is not an MP4 or MOV file that can be read") from error


def _describe(stream: av.VideoStream, audio: AudioInfo | None) -> MediaInfo:
    codec = stream.codec_context
    ranges = {1: False, 2: True}
    colour = Colour(codec.color_primaries, codec.color_trc, codec.colorspace, ranges.get(codec.color_range))
    return MediaInfo(
        size=(codec.width, codec.height),
        fps=stream.average_rate or Fraction(0),
        frames=stream.frames,
        duration=_seconds(stream),
        codec=codec.name,
        profile=str(codec.profile),
        pixel_format=str(codec.pix_fmt),
        colour=colour,
        audio=audio,
    )


def _describe_sound(stream: av.AudioStream) -> AudioInfo:
    codec = stream.codec_context
    return AudioInfo(codec.name, codec.sample_rate, codec.layout.nb_channels, _seconds(stream))


def _seconds(stream: av.VideoStream | av.AudioStream) -> float:
    return float((stream.duration or 0) * (stream.time_base or 0))
