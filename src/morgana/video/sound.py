"""Uploaded audio -> samples: a WAV or MP3 file, opened as the untrusted thing it is, read piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.polyglots import is_polyglot
from morgana.video.probe import OPEN_OPTIONS, OPEN_SECONDS

FloatArray: TypeAlias = NDArray[np.float32]

DEFAULT_LIMIT_S = 180.0
MINIMUM_S = 0.3
SILENCE_DBFS = (
    -50.0
)  # speech that a microphone really heard is 10 dB or more above this in its loudest moment
LIMIT_SLACK_S = 0.1  # an MP3 encoder pads up to two frames: "180 seconds" may decode to a little more

# The protocol and the demuxers are named so that no playlist or text file can make us open another file.
_SOUND_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": "wav,w64,mp3"}
_CODEC_PREFIXES = ("pcm_", "adpcm_", "mp3", "mp2", "gsm_ms", "aac")
_FILM_CODEC_PREFIXES = (*_CODEC_PREFIXES, "ac3", "eac3", "alac", "flac", "opus", "libopus", "amr")
_MINIMUM_RATE, _MAXIMUM_RATE = 4_000, 768_000
_MAXIMUM_CHANNELS = 64
_LEVEL_WINDOW_S = 0.05
_SIDE_GAIN = 0.5**0.5  # centre and surround into left and right, ITU-R BS.775
_ORDERS = {  # WAVE_FORMAT_EXTENSIBLE order, for files that give a number of channels and no layout
    1: ("FC",),
    2: ("FL", "FR"),
    3: ("FL", "FR", "FC"),
    4: ("FL", "FR", "BL", "BR"),
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    7: ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound. samples: (n,) float32, -1 to 1, at `rate` samples a second."""

    samples: FloatArray
    rate: int

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate

    @property
    def level(self) -> float:
        """RMS of the loudest 50 ms in dBFS, constant offset removed; -inf for nothing at all."""
        return _level(self.samples, self.rate)


def read_sound(path: Path, rate: int = 16_000, limit: float = DEFAULT_LIMIT_S) -> Sound:
    """The whole file as mono at `rate`.

    Raises InputError: AUDIO_UNDECODABLE, AUDIO_TOO_LONG (over `limit` seconds; decoding stops there),
    AUDIO_TOO_SHORT (under 0.3 s), AUDIO_SILENT (the loudest 50 ms is under -50 dBFS).
    """
    pieces = [piece[0] for piece in stream_sound(path, rate, channels=1, limit=limit)]
    sound = Sound(np.concatenate(pieces), rate)
    if sound.duration < MINIMUM_S:
        raise InputError(
            ErrorCode.AUDIO_TOO_SHORT,
            f"The audio lasts {sound.duration:.2f} s. Send at least {MINIMUM_S:g} s of speech.",
        )
    if sound.level < SILENCE_DBFS:
        raise InputError(
            ErrorCode.AUDIO_SILENT,
            "The audio is silent or nearly so. Check the recording level and send audio with a voice in it.",
        )
    return sound


def stream_sound(
    path: Path, rate: int, channels: int, limit: float | None = DEFAULT_LIMIT_S
) -> Iterator[FloatArray]:
    """The file in pieces of (channels, n) float32, -1 to 1, at `rate`; channels is 1 or 2.

    Memory does not grow with the length. The timeline is the decoded samples one after the other: what a
    header claims about duration is not believed. Damaged parts are skipped, unless they are most of the file.
    Raises InputError: AUDIO_UNDECODABLE, AUDIO_TOO_LONG.
    """
    count = 0
    for piece in _resample(_decode(path), rate, channels):
        count += piece.shape[1]
        if limit is not None and count > (limit + LIMIT_SLACK_S) * rate:
            raise InputError(
                ErrorCode.AUDIO_TOO_LONG,
                f"The audio is longer than {limit:g} s. Cut it, or send it in parts of at most {limit:g} s.",
            )
        yield piece
    if not count:
        raise _undecodable()


def film_sound(path: Path, rate: int = 16_000) -> Sound:
    """The whole sound track of an MP4 or MOV file as mono at `rate`. Raises InputError: AUDIO_UNDECODABLE."""
    try:
        decoded = _decode(path, OPEN_OPTIONS, _FILM_CODEC_PREFIXES)
        pieces = [piece[0] for piece in _resample(decoded, rate, 1)]
    except InputError as error:
        raise _silent_film() from error
    if not pieces:
        raise _silent_film()
    return Sound(np.concatenate(pieces), rate)


def source_channels(path: Path) -> int:
    """How many channels the first piece of the file has. Raises InputError: AUDIO_UNDECODABLE."""
    for samples, _, _ in _decode(path):
        return len(samples)
    raise _undecodable()


def _check_single(path: Path) -> None:
    if is_polyglot(path):
        raise InputError(
            ErrorCode.AUDIO_UNDECODABLE,
            "The audio file is an archive or a document as well. Export the audio again, by itself.",
        )


def _undecodable() -> InputError:
    return InputError(
        ErrorCode.AUDIO_UNDECODABLE,
        "The audio could not be read. Send a complete WAV or MP3 file; "
        "convert other formats first, renaming the file is not enough.",
    )


def _silent_film() -> InputError:
    return InputError(
        ErrorCode.AUDIO_UNDECODABLE,
        "The video's sound could not be read. Export the video again with AAC sound.",
    )


def _decode(
    path: Path, options: dict[str, str] = _SOUND_OPTIONS, codecs: tuple[str, ...] = _CODEC_PREFIXES
) -> Iterator[tuple[FloatArray, tuple[str, ...], int]]:
    """Pieces of ((channels, n) samples, names of the channels, sample rate), as the file has them."""
    _check_single(path)
    good = bad = 0
    try:
        with av.open(path, options=options, metadata_errors="replace", timeout=OPEN_SECONDS) as container:
            streams = container.streams.audio
            if not streams or not _acceptable(streams[0].codec_context, codecs):
                raise _undecodable()
            for packet in container.demux(streams[0]):
                try:
                    for frame in packet.decode():
                        good += 1
                        yield _to_float(frame), _channel_names(frame.layout), frame.sample_rate
                except FFmpegError:
                    bad += 1
    except FileNotFoundError:  # ours to explain, not the sender's
        raise
    except FFmpegError:  # a damaged end: keep what came before it
        bad += 1
    if bad > good:  # bytes that only look like sound here and there
        raise _undecodable()


def _acceptable(codec: av.AudioCodecContext | None, codecs: tuple[str, ...]) -> bool:
    return (
        codec is not None  # which it is where FFmpeg has no decoder
        and codec.name.startswith(codecs)
        and _MINIMUM_RATE <= codec.sample_rate <= _MAXIMUM_RATE
        and 1 <= codec.layout.nb_channels <= _MAXIMUM_CHANNELS
    )


def _to_float(frame: av.AudioFrame) -> FloatArray:
    """(channels, n) float32; whatever is not a number becomes silence and peaks over 1 are clipped."""
    raw = frame.to_ndarray()
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    samples = raw.astype(np.float32)
    if np.issubdtype(raw.dtype, np.floating):
        return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
    half = float(2 ** (8 * raw.dtype.itemsize - 1))
    return (samples - half if raw.dtype == np.uint8 else samples) / half


def _channel_names(layout: av.AudioLayout) -> tuple[str, ...]:
    names = tuple(channel.name for channel in layout.channels)
    return names if "NONE" not in names else _ORDERS.get(len(names), ("FC",) * len(names))


def _mix_matrix(names: tuple[str, ...], channels: int) -> FloatArray:
    """(channels, len(names)) gains into stereo or mono; each row adds up to 1, so the mix cannot clip."""
    left = np.array([_gain(name, "L") for name in names], np.float32)
    right = np.array([_gain(name, "R") for name in names], np.float32)
    rows = np.stack([left, right] if channels == 2 else [left + right])
    if not rows.any(axis=1).all():  # nothing we know the place of
        rows = np.ones_like(rows)
    mixed: FloatArray = rows / rows.sum(axis=1, keepdims=True)
    return mixed


def _gain(name: str, side: str) -> float:
    if name == "LFE" or name.startswith("LFE"):
        return 0.0
    if name in ("FL", "FR", "DL", "DR"):
        return 1.0 if name.endswith(side) else 0.0
    if name.endswith("C") or not name.endswith(("L", "R")):
        return _SIDE_GAIN
    return _SIDE_GAIN if name.endswith(side) else 0.0


def _resample(
    pieces: Iterator[tuple[FloatArray, tuple[str, ...], int]], rate: int, channels: int
) -> Iterator[FloatArray]:
    """Mix to `channels` and convert to `rate`; a file may change its own rate on the way."""
    resampler: av.AudioResampler | None = None
    current = 0
    for samples, names, source_rate in pieces:
        mixed = _mix_matrix(names, channels) @ samples
        if resampler is None or source_rate != current:
            if resampler is not None:
                yield from _converted(resampler, None)
            resampler = av.AudioResampler("fltp", _layout(channels), rate)
            current = source_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mixed), "fltp", _layout(channels))
        frame.sample_rate = source_rate
        yield from _converted(resampler, frame)
    if resampler is not None:
        yield from _converted(resampler, None)


def _converted(resampler: av.AudioResampler, frame: av.AudioFrame | None) -> Iterator[FloatArray]:
    for converted in resampler.resample(frame):
        if converted.samples:
            yield converted.to_ndarray().astype(np.float32, copy=False)


def _layout(channels: int) -> str:
    return {1: "mono", 2: "stereo"}[channels]


def _level(samples: FloatArray, rate: int) -> float:
    window = min(round(_LEVEL_WINDOW_S * rate), len(samples))
    if not window:
        return -np.inf
    blocks = samples[: len(samples) // window * window].reshape(-1, window)
    power = float(blocks.var(axis=1, dtype=np.float64).max())
    return 10 * np.log10(power) if power > 0 else -np.inf
