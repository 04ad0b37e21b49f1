"""Sound files of every odd kind, made on the fly."""

import io
import struct
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

FloatArray = NDArray[np.float32]

PCM, FLOAT, A_LAW, MU_LAW = 1, 3, 6, 7


def tone(seconds: float, rate: int = 16_000, frequency: float = 440.0, amplitude: float = 0.3) -> FloatArray:
    time = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def chirps(seconds: float, rate: int) -> FloatArray:
    """A sound that is like itself at no other time: for measuring delays."""
    time = np.arange(round(seconds * rate)) / rate
    sweep = np.sin(2 * np.pi * (200 * time + 900 * time**2)) * (0.5 + 0.5 * np.sin(2 * np.pi * 1.7 * time))
    return (0.4 * sweep).astype(np.float32)


def wav(path: Path, samples: FloatArray, rate: int = 16_000, bits: int = 16, kind: int = PCM) -> Path:
    """Write (n,) or (channels, n) samples."""
    channels = np.atleast_2d(samples)
    data = _encode(channels.T.ravel(), bits, kind)
    count = len(channels)
    header = struct.pack("<HHIIHH", kind, count, rate, rate * count * bits // 8, count * bits // 8, bits)
    body = (
        b"WAVEfmt " + struct.pack("<I", len(header)) + header + b"data" + struct.pack("<I", len(data)) + data
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def _encode(samples: FloatArray, bits: int, kind: int) -> bytes:
    if kind == FLOAT:
        return bytes(samples.astype(f"<f{bits // 8}"))
    if kind in (A_LAW, MU_LAW):
        return _encode_with("pcm_alaw" if kind == A_LAW else "pcm_mulaw", samples)
    whole = np.round(samples.astype(np.float64) * (2 ** (bits - 1) - 1)).astype(np.int64)
    if bits == 8:
        return bytes((whole + 128).astype(np.uint8))
    return bytes(np.ascontiguousarray(whole.astype("<i8").view(np.uint8).reshape(-1, 8)[:, : bits // 8]))


def _encode_with(codec: str, samples: FloatArray) -> bytes:
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.format, context.layout = 8_000, "s16", "mono"
    frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], "s16", "mono")
    frame.sample_rate = 8_000
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def mp3(
    path: Path,
    samples: FloatArray,
    rate: int = 44_100,
    *,
    cover: bool = False,
    options: dict[str, str] | None = None,
) -> Path:
    """Write (n,) samples; cover: with ID3 tags and a JPEG picture, as music players leave them."""
    with av.open(path, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, options=options)
        stream.codec_context.layout = "mono"
        if cover:
            container.metadata.update({"title": "A title", "artist": "Somebody"})
            picture = container.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 320, 320, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
        if cover:
            art = av.Packet(_jpeg())
            art.stream = picture
            container.mux(art)
        frame = av.AudioFrame.from_ndarray(samples[None], "fltp", "mono")
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 320), (200, 30, 30)).save(buffer, "JPEG")
    return buffer.getvalue()
