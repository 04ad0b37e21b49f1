"""Samples -> the bytes of a sound file that grows: each piece can be sent on before the next one is there."""

import struct
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias, cast

import av
import numpy as np
from numpy.typing import NDArray

from morgana.video.provenance import SourceType, comment, id3, riff_chunks

SoundFormat: TypeAlias = Literal["wav", "mp3", "opus", "aac", "flac", "pcm"]

_FULL_SCALE: Final = 32767
_UNKNOWN_BYTES: Final = 0xFFFF_FFFF
_MP3_BIT_RATE: Final = 64_000
_MP3_RATES: Final = (16_000, 24_000)  # of MPEG-2; at these, all frames have the same length in bytes
_MP3_FRAME: Final = 576  # samples
_MP3_DELAY: Final = 1105  # samples: 576 of LAME's, 529 of every decoder's
_AAC_BIT_RATE: Final = 64_000


class SoundEncoder(Protocol):
    """Takes mono samples, -1 to 1, piece by piece; every answer is the next bytes of one file."""

    def encode(self, samples: NDArray[np.float32]) -> bytes: ...
    def finish(self) -> bytes: ...


def sound_encoder(
    sound_format: SoundFormat, rate: int, length: int | None = None, mark: SourceType | None = None
) -> SoundEncoder:
    """An encoder for mono sound of `rate` samples a second (MP3: 16,000 or 24,000).

    wav and pcm: signed 16 bits, little-endian; mp3: 64 kbit/s; opus: 32 kbit/s in Ogg; aac: at most 64 kbit/s
    in ADTS; flac: 16 bits.
    length: samples of the whole sound, where that is known; only a WAV header tells it. mark: what the file
    says of its origin, nothing if None; bare samples cannot. A sound lasts as long
    decoded as it was, except that MP3 and AAC end on a whole frame.
    """
    if sound_format == "pcm":
        return _Pcm()
    if sound_format == "wav":
        return _Headed(wav_header(rate, length, mark), _Pcm())
    if sound_format == "mp3":
        return _Headed(id3(mark) if mark else b"", _Mp3(rate))
    if sound_format == "aac":
        return _Headed(id3(mark) if mark else b"", _Aac(rate))
    tags = {"comment": comment(mark)} if mark else {}
    if sound_format == "opus":
        return _Encoded("ogg", {"page_duration": "200000"}, "libopus", "flt", rate, 32_000, tags=tags)
    return _Encoded("flac", {}, "flac", "s16", rate, tags=tags)


def wav_header(rate: int, length: int | None, mark: SourceType | None = None) -> bytes:
    """The header of 16-bit mono sound of `length` samples; as long for any length.

    Where the length is not known yet, both sizes are the largest there are: FFmpeg writes the same to a pipe,
    and players read on to the end of the stream.
    """
    sound = _UNKNOWN_BYTES if length is None else 2 * length
    chunks = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    chunks += riff_chunks(mark) if mark else b""
    chunks += struct.pack("<4sI", b"data", sound)
    whole = _UNKNOWN_BYTES if length is None else len(b"WAVE" + chunks) + sound
    return struct.pack("<4sI4s", b"RIFF", whole, b"WAVE") + chunks


class _Pcm:
    """The samples themselves."""

    def encode(self, samples: NDArray[np.float32]) -> bytes:
        return _to_int16(samples).astype("<i2").tobytes()

    def finish(self) -> bytes:
        return b""


class _Headed:
    """A header, and then what an encoder makes."""

    def __init__(self, header: bytes, encoder: SoundEncoder) -> None:
        self._header = header
        self._encoder = encoder

    def encode(self, samples: NDArray[np.float32]) -> bytes:
        return self._first() + self._encoder.encode(samples)

    def finish(self) -> bytes:
        return self._first() + self._encoder.finish()

    def _first(self) -> bytes:
        header, self._header = self._header, b""
        return header


class _Sink:
    """A file that PyAV writes to and that cannot be sought in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        written = bytes(self._written)
        self._written.clear()
        return written


class _Encoded:
    """What a codec and a container of FFmpeg's make of the samples."""

    def __init__(
        self,
        container: str,
        options: dict[str, str],
        codec: str,
        sample_format: Literal["s16", "flt", "fltp"],
        rate: int,
        bit_rate: int | None = None,
        codec_options: dict[str, str] | None = None,
        tags: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._sink = _Sink()
        # Exact: the same samples give the same bytes, so Ogg has no random serial number.
        self._container = av.open(
            self._sink,
            "w",
            format=container,
            options={"flush_packets": "1", "fflags": "+bitexact", **options},
        )
        self._container.metadata.update(tags)
        stream = self._container.add_stream(codec, rate=rate, options=codec_options or {})
        self._stream = cast("av.AudioStream", stream)
        self._stream.codec_context.layout = "mono"
        self._stream.codec_context.format = sample_format
        if bit_rate:
            self._stream.codec_context.bit_rate = bit_rate
        self._sample_format = sample_format
        self._rate = rate
        self._count = 0

    def encode(self, samples: NDArray[np.float32]) -> bytes:
        if not len(samples):
            return b""
        values = _to_int16(samples) if self._sample_format == "s16" else np.clip(samples, -1, 1)
        frame = av.AudioFrame.from_ndarray(values.reshape(1, -1), self._sample_format, "mono")
        frame.sample_rate = self._rate
        frame.pts, frame.time_base = self._count, Fraction(1, self._rate)
        self._count += len(samples)
        self._container.mux(self._stream.encode(frame))
        return self._sink.take()

    def finish(self) -> bytes:
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._sink.take()


class _Mp3:
    """MP3 without the encoder's delay, which a header could only tell to a player that believes it.

    LAME and a decoder together are 1105 samples late. Silence makes that two whole frames, which are left
    out; no later frame needs them, since none keeps bits in another (no "reservoir"). Nor does any need one
    that begins after the last sample.
    """

    def __init__(self, rate: int) -> None:
        if rate not in _MP3_RATES:
            raise ValueError(f"no MP3 at {rate} samples a second")
        options = {"id3v2_version": "0", "write_xing": "0"}
        self._encoder = _Encoded(
            "mp3", options, "libmp3lame", "fltp", rate, _MP3_BIT_RATE, {"reservoir": "0"}
        )
        self._frame_bytes = _MP3_FRAME * _MP3_BIT_RATE // 8 // rate
        self._left_out = 2 * self._frame_bytes
        self._sent = self._count = 0
        self._encoder.encode(np.zeros(2 * _MP3_FRAME - _MP3_DELAY, np.float32))

    def encode(self, samples: NDArray[np.float32]) -> bytes:
        self._count += len(samples)
        return self._rest(self._encoder.encode(samples))

    def finish(self) -> bytes:
        rest = self._rest(self._encoder.finish())
        surplus = self._sent - -(-self._count // _MP3_FRAME) * self._frame_bytes
        return rest[: len(rest) - surplus]

    def _rest(self, data: bytes) -> bytes:
        rest = data[self._left_out :]
        self._left_out -= len(data) - len(rest)
        self._sent += len(rest)
        return rest


class _Aac:
    """AAC in ADTS without the encoder's delay, which ADTS cannot tell.

    Each frame of 1024 samples overlaps with the one before it, and the first holds the overlap alone. It is
    left out: nothing is late, and the first 20 ms fade in.
    """

    def __init__(self, rate: int) -> None:
        self._encoder = _Encoded("adts", {}, "aac", "fltp", rate, _AAC_BIT_RATE)
        self._is_first = True

    def encode(self, samples: NDArray[np.float32]) -> bytes:
        return self._rest(self._encoder.encode(samples))

    def finish(self) -> bytes:
        return self._rest(self._encoder.finish())

    def _rest(self, data: bytes) -> bytes:
        if not self._is_first or not data:
            return data
        self._is_first = False
        # ISO/IEC 14496-3, table 1.A.6: aac_frame_length, 13 bits from the 31st on.
        return data[(int.from_bytes(data[3:6], "big") >> 5) & 0x1FFF :]


def _to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    return np.rint(np.clip(samples, -1, 1) * _FULL_SCALE).astype(np.int16)
