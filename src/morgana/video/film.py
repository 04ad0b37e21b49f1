"""An uploaded MP4 or MOV, opened as the untrusted thing it is: what is in it, and its frames and sound."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.error import FFmpegError
from av.stream import Disposition
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.polyglots import is_polyglot
from morgana.video.boxes import MalformedError, ReferringError, claimed_samples
from morgana.video.colour import Hdr, Tags, tags_of
from morgana.video.orientation import Orientation, displayed_size, orientation_of, square_size
from morgana.video.probe import OPEN_OPTIONS, OPEN_SECONDS

AnyPacket: TypeAlias = "av.Packet[av.stream.Stream]"
Sound: TypeAlias = "av.AudioFrame | AnyPacket"

_VIDEO_CODECS = (
    *("h264", "hevc", "av1", "vp9", "mpeg4", "h263"),
    *("mjpeg", "prores", "dnxhd", "cfhd", "qtrle", "png"),
)
_SOUND_CODECS = (
    *("aac", "mp3", "mp2", "ac3", "eac3", "alac", "flac", "opus"),
    *("pcm_", "adpcm_", "amr"),
)
_MAXIMUM_STREAMS = 32
_MAXIMUM_SAMPLES = 3_000_000  # eight hours of pictures and sound; FFmpeg spends 70 bytes on each
_MINIMUM_SIDE = 16  # pixels: one block of H.264
_ATTACHED = Disposition.attached_pic | Disposition.timed_thumbnails
_END_SLACK_S = 0.5  # a header may promise a little more than the frames amount to
_LOST_SHARE, _LOST_FRAMES = 0.05, 3  # a few frames that cannot be decoded are no reason to refuse
_VARIES_S = 0.0015  # containers round times to a millisecond or finer
_UNKNOWN_FRAME_S = 1 / 30  # of a film of one frame that does not say how long it is shown


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken at most; None where there is no limit. pixels: width times height."""

    seconds: float | None = 300.0
    pixels: int = 4096 * 3072
    frame_rate: float | None = 120.0


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class FilmSound:
    """The first sound track. start, duration: seconds on the clock of the frames, as a player hears it."""

    codec: str
    rate: int
    channels: int
    start: float
    duration: float


@dataclass(frozen=True, slots=True)
class Film:
    """What is in a film.

    size: (width, height) as displayed: turned upright, with square pixels, made even. stored: with square
    pixels, but not yet turned.
    times: (n,) seconds at which each frame is shown, ascending. duration: seconds to the end of the last one.
    bits: of a colour component. colour: what the frames are tagged with.
    """

    size: tuple[int, int]
    stored: tuple[int, int]
    times: NDArray[np.float64] = field(repr=False)
    duration: float
    codec: str
    pixel_format: str
    bits: int
    colour: Tags
    orientation: Orientation
    sound: FilmSound | None

    @property
    def fps(self) -> float:
        """Frames a second on average."""
        return len(self.times) / (self.duration - float(self.times[0]))

    @property
    def variable(self) -> bool:
        """Whether frames are shown for different lengths of time."""
        steps = np.diff(self.times)
        return bool(len(steps)) and float(np.ptp(steps)) > _VARIES_S

    @property
    def hdr(self) -> Hdr | None:
        """Which kind of high dynamic range, if any."""
        return self.colour.hdr


@dataclass(frozen=True, slots=True)
class Opened:
    """A film open for reading: its container, its first picture stream and its first sound stream."""

    container: av.container.InputContainer
    video: av.VideoStream
    sound: av.AudioStream | None


def inspect(path: Path, limits: Limits = DEFAULT_LIMITS) -> Film:
    """What is in an MP4 or MOV file, from its index and its first frame.

    Raises InputError: VIDEO_UNDECODABLE, VIDEO_INCOMPLETE, VIDEO_WITHOUT_PICTURES, VIDEO_TOO_LARGE,
    VIDEO_TOO_SMALL, VIDEO_TOO_LONG, VIDEO_FRAME_RATE_TOO_HIGH, AUDIO_UNDECODABLE.
    """
    with opened(path, limits) as film:
        times, end, sound = _read_index(film, limits)
    with opened(path, limits) as film:
        frame = _first_frame(film)
        stored = square_size(frame, film.video.sample_aspect_ratio)
        orientation = orientation_of(frame)
        return Film(
            size=displayed_size(stored, orientation),
            stored=stored,
            times=times,
            duration=end,
            codec=_codec(film.video),
            pixel_format=frame.format.name,
            bits=max(component.bits for component in frame.format.components),
            colour=tags_of(frame),
            orientation=orientation,
            sound=sound,
        )


@contextmanager
def opened(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Opened]:
    """The file, open. Raises InputError as `inspect` does, as far as the header tells."""
    _check_claims(path)
    options = {**OPEN_OPTIONS, "max_pixels": str(limits.pixels)}
    try:
        container = av.open(path, options=options, metadata_errors="replace", timeout=OPEN_SECONDS)
    except FileNotFoundError:  # ours to explain, not the sender's
        raise
    except (FFmpegError, ValueError) as error:
        raise _undecodable() from error
    with container:
        yield _choose(container, limits)


def read(film: Opened, *, decode_sound: bool = False) -> "Iterator[av.VideoFrame | Sound]":
    """Frames in the order they are shown, and the sound where the file has it between the pictures.

    The sound comes as packets or, where asked for, as frames. What cannot be decoded is left out.
    Raises InputError: VIDEO_INCOMPLETE.
    """
    heard: int | None = None
    for packet in _packets(film):
        if packet.stream is film.video or decode_sound:
            yield from _decoded(packet)
        elif packet.dts is not None and (heard is None or packet.dts > heard):
            heard = packet.dts
            yield packet


def check_decoded(film: Film, count: int) -> None:
    """Raises InputError VIDEO_INCOMPLETE where fewer frames could be decoded than the file promises."""
    lost = len(film.times) - count
    if count == 0 or lost > max(_LOST_FRAMES, _LOST_SHARE * len(film.times)):
        raise incomplete()


def _check_claims(path: Path) -> None:
    if is_polyglot(path):
        raise InputError(
            ErrorCode.VIDEO_UNDECODABLE,
            "The video file is an archive or a document as well. Export the video again, by itself.",
        )
    try:
        claimed = claimed_samples(path)
    except ReferringError as error:
        raise InputError(
            ErrorCode.VIDEO_UNDECODABLE,
            "The video's pictures or sound are in another file. Export it again as one self-contained file.",
        ) from error
    except MalformedError as error:
        raise _undecodable() from error
    if claimed > _MAXIMUM_SAMPLES:
        raise _undecodable()


def _choose(container: av.container.InputContainer, limits: Limits) -> Opened:
    if len(container.streams) > _MAXIMUM_STREAMS:
        raise _undecodable()
    pictures = [stream for stream in container.streams.video if not stream.disposition & _ATTACHED]
    if not pictures:
        raise InputError(
            ErrorCode.VIDEO_WITHOUT_PICTURES,
            "The file has no moving pictures in it. Send a video, not a sound file or a still picture.",
        )
    video = pictures[0]
    if video.codec_context is None or _codec(video) not in _VIDEO_CODECS:
        raise _undecodable()
    _check_size(video.codec_context.width, video.codec_context.height, limits)
    video.codec_context.options = {"max_pixels": str(limits.pixels)}
    sound = container.streams.audio[0] if container.streams.audio else None
    if sound is not None and not _acceptable(sound):
        raise InputError(
            ErrorCode.AUDIO_UNDECODABLE,
            "The video's sound is in a format that cannot be read. Export the video again with AAC sound.",
        )
    return Opened(container, video, sound)


def _acceptable(sound: av.AudioStream) -> bool:
    context = sound.codec_context
    return context is not None and _codec(sound).startswith(_SOUND_CODECS) and context.sample_rate > 0


def _packets(film: Opened) -> Iterator[AnyPacket]:
    """The packets of both streams; a file that breaks off is an InputError and not an end."""
    streams = [film.video] if film.sound is None else [film.video, film.sound]
    packets = film.container.demux(streams)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError as error:
            raise incomplete() from error
        if packet is None:
            return
        if packet.is_corrupt:
            raise incomplete()
        yield packet


def _decoded(packet: AnyPacket) -> Iterator[av.VideoFrame | av.AudioFrame]:
    try:
        frames = packet.decode()
    except FFmpegError:
        return
    for frame in frames:
        if isinstance(frame, av.VideoFrame | av.AudioFrame) and frame.pts is not None:
            yield frame


def _first_frame(film: Opened) -> av.VideoFrame:
    frame = next((item for item in read(film) if isinstance(item, av.VideoFrame)), None)
    if frame is None:
        raise _undecodable()
    return frame


def _read_index(film: Opened, limits: Limits) -> tuple[NDArray[np.float64], float, FilmSound | None]:
    """When each frame is shown, when the last one ends, and the sound: from the packets alone."""
    promised = _seconds(film.video, film.video.duration)
    _check_length(promised, limits)
    times: list[float] = []
    pictured = heard = 0.0
    for packet in _packets(film):
        if packet.pts is None or packet.is_discard:
            continue
        start = float(packet.pts * packet.time_base)
        finish = start + float((packet.duration or 0) * packet.time_base)
        if packet.stream is film.video:
            times.append(start)
            pictured = max(pictured, finish)
            _check_length(start - times[0], limits)
        else:
            heard = max(heard, finish)
    if not times:
        raise _undecodable()
    shown = np.sort(times)
    first, last = float(shown[0]), float(shown[-1])
    if pictured - first < promised - _END_SLACK_S:
        raise incomplete()
    step = (last - first) / (len(shown) - 1) if last > first else _UNKNOWN_FRAME_S
    end = first + promised if first + promised > last else last + step
    _check_rate(len(shown) / (end - first), limits)
    return shown, end, _describe_sound(film.sound, heard)


def _describe_sound(stream: av.AudioStream | None, end: float) -> FilmSound | None:
    if stream is None or not end:
        return None
    context = stream.codec_context
    start = _seconds(stream, stream.start_time)
    return FilmSound(_codec(stream), context.sample_rate, context.layout.nb_channels, start, end - start)


def _codec(stream: av.VideoStream | av.AudioStream) -> str:
    """What the stream is in, whichever decoder there is for it."""
    return stream.codec_context.codec.canonical_name


def _seconds(stream: av.VideoStream | av.AudioStream, ticks: int | None) -> float:
    return float((ticks or 0) * (stream.time_base or 0))


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise InputError(
            ErrorCode.VIDEO_TOO_LARGE,
            f"The video is {width}x{height} pixels; at most {limits.pixels / 1e6:.1f} megapixels can be "
            "processed. Export it at 1080x1920 or 2160x3840.",
        )
    if min(width, height) < _MINIMUM_SIDE:
        raise InputError(
            ErrorCode.VIDEO_TOO_SMALL,
            f"The video is {width}x{height} pixels. Send one of at least {_MINIMUM_SIDE} pixels a side.",
        )


def _check_length(seconds: float, limits: Limits) -> None:
    if limits.seconds is not None and seconds > limits.seconds + _END_SLACK_S:
        raise InputError(
            ErrorCode.VIDEO_TOO_LONG,
            f"The video is longer than {limits.seconds:g} s. Cut it, or send it in parts of at most "
            f"{limits.seconds:g} s.",
        )


def _check_rate(rate: float, limits: Limits) -> None:
    if limits.frame_rate is not None and rate > limits.frame_rate * 1.01:
        raise InputError(
            ErrorCode.VIDEO_FRAME_RATE_TOO_HIGH,
            f"The video has {rate:.0f} frames a second; at most {limits.frame_rate:g} can be processed. "
            "Export it at 30 or 60.",
        )


def _undecodable() -> InputError:
    return InputError(
        ErrorCode.VIDEO_UNDECODABLE,
        "The video could not be read. Send a complete MP4 or MOV file, best with H.264 or HEVC pictures; "
        "convert other formats first, renaming the file is not enough.",
    )


def incomplete() -> InputError:
    """What to say of a film that is damaged."""
    return InputError(
        ErrorCode.VIDEO_INCOMPLETE,
        "The video file is damaged or breaks off before its end. Upload the whole file again, or export it "
        "again from where it was made.",
    )
