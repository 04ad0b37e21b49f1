"""Small pictures, sounds and films of our own, to be damaged: `seeds()`."""

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

from morgana.video.sound_encoder import SoundFormat, sound_encoder

KINDS: Final = ("jpeg", "png", "wav", "mp3", "mp4", "mov")
_RATE: Final = 16_000
_SIDE: Final = 256  # pixels; a smaller portrait is refused
_FRAMES, _WIDTH, _HEIGHT = 8, 64, 32
_SOUND_S: Final = 0.4


def seeds(kind: str) -> list[bytes]:
    """Whole files of this kind, each written in another way. They are the same every time."""
    return [make() for make in _MAKERS[kind]]


def _picture() -> Image.Image:
    x, y = np.meshgrid(np.arange(_SIDE), np.arange(_SIDE))
    rgb = np.stack([x, y, (x * y // 64) % 256], axis=-1).astype(np.uint8)
    return Image.fromarray(rgb)


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _progressive() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)  # when it was made
    options = {"progressive": True, "exif": exif, "icc_profile": bytes(profile), "quality": 60}
    return _saved(_picture(), "JPEG", **options)


def _palette() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "made to be damaged " * 20, zip=True)
    return _saved(_picture().quantize(64), "PNG", pnginfo=text, transparency=3)


def _deep() -> bytes:
    ramp = np.arange(_SIDE * _SIDE, dtype=np.uint16).reshape(_SIDE, _SIDE)
    return _saved(Image.fromarray(ramp), "PNG")


def _tone() -> NDArray[np.float32]:
    time = np.arange(round(_SOUND_S * _RATE)) / _RATE
    return (0.4 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


def _spoken(form: SoundFormat) -> bytes:
    made = sound_encoder(form, _RATE, len(_tone()))
    return made.encode(_tone()) + made.finish()


def _written(form: str, codec: str, options: dict[str, str] | None = None, tags: bool = False) -> bytes:  # noqa: FBT001, FBT002
    """A sound file as FFmpeg writes it."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form, options=options or {}) as container:
        container.metadata.update({"title": "Made to be damaged", "artist": "Nobody"} if tags else {})
        stream = container.add_stream(codec, rate=_RATE)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "mono"
        _hear(container, stream)
    return buffer.getvalue()


def _hear(container: av.container.OutputContainer, stream: av.AudioStream) -> None:
    frame = av.AudioFrame.from_ndarray(_tone()[None], "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = _RATE, 0, Fraction(1, _RATE)
    resampler = av.AudioResampler(stream.codec_context.format, "mono", _RATE)
    for piece in resampler.resample(frame):
        container.mux(stream.encode(piece))
    container.mux(stream.encode(None))


def _film(form: str, codec: str, pix_fmt: str, sound: str, movflags: str = "") -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form, options={"movflags": movflags} if movflags else {}) as container:
        container.metadata["title"] = "Made to be damaged"
        # Nothing looked ahead at, or the bytes depend on how threads took turns.
        options = {"preset": "ultrafast", "bf": "2", "rc-lookahead": "0", "threads": "1"}
        options = options if codec == "libx264" else {}
        video = container.add_stream(codec, rate=25, options=options)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = _WIDTH, _HEIGHT, pix_fmt
        heard = container.add_stream(sound, rate=_RATE)
        assert isinstance(heard, av.AudioStream)
        heard.codec_context.layout = "mono"
        for picture in _moving():
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(video.encode(None))
        _hear(container, heard)
    return buffer.getvalue()


def _moving() -> Iterator[NDArray[np.uint8]]:
    for index in range(_FRAMES):
        picture = np.full((_HEIGHT, _WIDTH, 3), 60, np.uint8)
        picture[8:24, 4 * index : 4 * index + 16] = (220, 180, 40)
        yield picture


_MAKERS: Final[dict[str, tuple[Callable[[], bytes], ...]]] = {
    "jpeg": (lambda: _saved(_picture(), "JPEG"), _progressive),
    "png": (lambda: _saved(_picture(), "PNG"), _palette, _deep),
    "wav": (
        partial(_spoken, "wav"),
        partial(_written, "wav", "pcm_f32le"),
        partial(_written, "wav", "adpcm_ms"),
    ),
    "mp3": (
        partial(_spoken, "mp3"),
        partial(_written, "mp3", "mp3", {"id3v2_version": "3"}, tags=True),
    ),
    "mp4": (
        partial(_film, "mp4", "libx264", "yuv420p", "aac"),
        partial(_film, "mp4", "mpeg4", "yuv420p", "mp3", "+frag_keyframe+empty_moov"),
    ),
    "mov": (
        partial(_film, "mov", "libx264", "yuv420p", "pcm_s16le"),
        partial(_film, "mov", "mjpeg", "yuvj422p", "alac"),
        partial(_film, "mov", "qtrle", "rgb24", "pcm_s16le"),
    ),
}
