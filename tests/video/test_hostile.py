"""Uploads that try to have another file opened: each works on a reader that asks no questions."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import av
import pytest
from av.error import FFmpegError

from morgana.errors import ErrorCode, InputError
from morgana.video.boxes import ReferringError, claimed_samples
from morgana.video.decode import read_frames
from morgana.video.film import inspect
from morgana.video.probe import probe
from morgana.video.sound import film_sound, read_sound, source_channels
from tests.video.filming import Sound, film, greys
from tests.video.making import tone, wav
from tests.watching import Watch, watched


class Secret(NamedTuple):
    """What belongs to another owner, and whether anybody looks at it."""

    film: Path
    sound: Path
    watch: Watch
    listener: Watch


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Secret]:
    folder = tmp_path / "other"
    folder.mkdir()
    pictures = film(folder / "secret.mp4", greys(5), sound=Sound(seconds=0.5))
    sound = wav(folder / "secret.wav", tone(1.0))
    with watched(pictures) as watch, watched(sound) as listener:
        yield Secret(pictures, sound, watch, listener)


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """A folder for the upload."""
    (tmp_path / "upload").mkdir()
    return tmp_path / "upload"


Craft = Callable[[Path, Path], dict[str, str]]


def _concat(target: Path, upload: Path) -> dict[str, str]:
    upload.write_text(f"ffconcat version 1.0\nfile '{target}'\n")
    return {"format": "concat", "safe": "0"}


def _hls(target: Path, upload: Path) -> dict[str, str]:
    upload.write_text(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXT-X-MEDIA-SEQUENCE:0\n"
        f"#EXTINF:1.0,\nfile://{target}\n#EXT-X-ENDLIST\n"
    )
    return {
        "format": "hls",
        "allowed_extensions": "ALL",
        "extension_picky": "0",
        "allowed_segment_extensions": "ALL",
    }


_FILM_READERS: dict[str, Callable[[Path], object]] = {
    "inspect": inspect,
    "film_sound": film_sound,
}
_SOUND_READERS: dict[str, Callable[[Path], object]] = {
    "read_sound": read_sound,
    "source_channels": source_channels,
}
_OWN_READERS: dict[str, Callable[[Path], object]] = {
    "probe": probe,
    "read_frames": lambda path: list(read_frames(path)),
}


def _opened_without_questions(path: Path, options: dict[str, str]) -> None:
    """As a reader that leaves the choice to FFmpeg does; how far it gets is of no interest."""
    try:
        form = options.pop("format", None)
        with av.open(path, format=form, options=options) as container:
            next(container.demux(), None)
    except (FFmpegError, ValueError):
        pass


@pytest.mark.parametrize("craft", [_concat, _hls])
@pytest.mark.parametrize("name", ["upload.mp4", "upload.mov"])
@pytest.mark.parametrize("reader", [*_FILM_READERS, *_OWN_READERS])
def test_a_playlist_named_as_a_film_opens_nothing(
    secret: Secret, upload: Path, craft: Craft, name: str, reader: str
) -> None:
    path = upload / name
    options = craft(secret.film, path)
    _opened_without_questions(path, options)
    assert secret.watch.touched()  # it does work on others
    if reader in _FILM_READERS:
        with pytest.raises(InputError) as caught:
            _FILM_READERS[reader](path)
        assert caught.value.code in (ErrorCode.VIDEO_UNDECODABLE, ErrorCode.AUDIO_UNDECODABLE)
        assert "secret" not in caught.value.message
    else:
        with pytest.raises((FFmpegError, ValueError)):
            _OWN_READERS[reader](path)
    assert not secret.watch.touched()


@pytest.mark.parametrize("craft", [_concat, _hls])
@pytest.mark.parametrize("name", ["upload.mp3", "upload.wav"])
@pytest.mark.parametrize("reader", _SOUND_READERS)
def test_a_playlist_named_as_a_sound_opens_nothing(
    secret: Secret, upload: Path, craft: Craft, name: str, reader: str
) -> None:
    path = upload / name
    target, watch = (secret.sound, secret.listener) if craft is _concat else (secret.film, secret.watch)
    options = craft(target, path)
    _opened_without_questions(path, options)
    assert watch.touched()
    with pytest.raises(InputError) as caught:
        _SOUND_READERS[reader](path)
    assert caught.value.code is ErrorCode.AUDIO_UNDECODABLE
    assert "Send a complete WAV or MP3" in caught.value.message
    assert not watch.touched()


@pytest.mark.parametrize(
    "scheme", ["concat:", "concat:other/secret.wav|", "subfile,,start,0,end,9999,,:", "file:"]
)
def test_a_name_is_not_taken_for_an_address(
    secret: Secret, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """Names of uploads are ours; those on a command line are not."""
    monkeypatch.chdir(tmp_path)
    name = f"{scheme}other/secret.wav"
    _opened_without_questions(Path(name), {})
    assert secret.listener.touched()
    with pytest.raises((InputError, FileNotFoundError)):
        read_sound(Path(name))
    assert not secret.listener.touched()


def _alias(target: Path) -> bytes:
    """An `alis` entry with an absolute path (QuickTime File Format, "Data Reference Atoms")."""
    drive, name = b"drive", target.name.encode()
    record = bytes(10) + bytes([len(drive)]) + drive.ljust(27, b"\0") + bytes(12)
    record += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(36)
    path = drive + str(target).replace("/", ":").encode()
    record += struct.pack(">HH", 2, len(path)) + path + bytes(len(path) % 2) + struct.pack(">hH", -1, 0)
    return struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record


def _url(target: Path) -> bytes:
    text = f"file://{target}".encode() + b"\0"
    return struct.pack(">I4sI", 12 + len(text), b"url ", 0) + text


def _referring(path: Path, entry: bytes) -> Path:
    """A film whose data are said to lie elsewhere: its first data reference is replaced by `entry`."""
    film(path, greys(5), movflags=None)  # the index comes last, so that it may grow
    raw = bytearray(path.read_bytes())
    place = raw.index(b"dref") - 4
    old = struct.unpack_from(">I", raw, place)[0]
    new = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        at = raw.index(name) - 4
        struct.pack_into(">I", raw, at, struct.unpack_from(">I", raw, at)[0] + len(new) - old)
    raw[place : place + old] = new
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("entry", [_alias, _url])
@pytest.mark.parametrize("name", ["upload.mov", "upload.mp4"])
def test_a_film_whose_data_are_elsewhere_opens_nothing(
    secret: Secret, upload: Path, entry: Callable[[Path], bytes], name: str
) -> None:
    path = _referring(upload / name, entry(secret.film))
    if entry is _alias:  # FFmpeg follows no URLs
        _opened_without_questions(path, {"enable_drefs": "1", "use_absolute_path": "1"})
        assert secret.watch.touched()
    with pytest.raises(ReferringError):
        claimed_samples(path)
    with pytest.raises(InputError) as caught:
        inspect(path)
    assert caught.value.code is ErrorCode.VIDEO_UNDECODABLE
    assert "self-contained" in caught.value.message
    for reader in (*_FILM_READERS.values(), *_OWN_READERS.values()):
        try:
            reader(path)
        except (InputError, FFmpegError, ValueError):
            continue
    assert not secret.watch.touched()


def test_a_film_that_says_its_data_are_its_own_is_read(tmp_path: Path) -> None:
    own = struct.pack(">I4sI", 12, b"alis", 1)
    assert len(inspect(_referring(tmp_path / "a.mov", own)).times) == 5


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:00,000 --> 00:00:01,000\nof another owner\n",
        "WEBVTT\n\n00:00.000 --> 00:01.000\nof another owner\n",
        "[Script Info]\nScriptType: v4.00+\n[Events]\nDialogue: 0,0:00:00.00,0:00:01.00,,,0,0,0,,secret\n",
        ";FFMETADATA1\ntitle=secret\n",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    ],
)
@pytest.mark.parametrize("name", ["upload.mp4", "upload.mp3"])
def test_a_text_is_neither_film_nor_sound(upload: Path, text: str, name: str) -> None:
    path = upload / name
    path.write_text(text)
    for read in (inspect, read_sound):
        with pytest.raises(InputError, match="could not be read"):
            read(path)
