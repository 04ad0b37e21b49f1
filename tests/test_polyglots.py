"""Files that are a picture, sound or film and something else as well."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from morgana.errors import ErrorCode, InputError
from morgana.polyglots import is_polyglot
from morgana.portrait.image import load_image
from morgana.video.film import inspect
from morgana.video.sound import read_sound
from tests.video.filming import film, greys
from tests.video.making import mp3, tone, wav


def _zip(path: Path, comment: bytes = b"") -> bytes:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("payload.txt", "of another program")
        archive.comment = comment
    assert zipfile.ZipFile(path).namelist() == ["payload.txt"]
    return path.read_bytes()


def _jpeg(path: Path, comment: bytes = b"") -> Path:
    Image.new("RGB", (300, 300), (120, 90, 60)).save(path, "JPEG", comment=comment)
    return path


def _png(path: Path) -> Path:
    Image.new("RGB", (300, 300), (120, 90, 60)).save(path, "PNG")
    return path


MAKERS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], object], ErrorCode]] = {
    "a.jpg": (_jpeg, load_image, ErrorCode.IMAGE_UNDECODABLE),
    "a.png": (_png, load_image, ErrorCode.IMAGE_UNDECODABLE),
    "a.mp4": (lambda path: film(path, greys(5)), inspect, ErrorCode.VIDEO_UNDECODABLE),
    "a.mov": (lambda path: film(path, greys(5)), inspect, ErrorCode.VIDEO_UNDECODABLE),
    "a.wav": (lambda path: wav(path, tone(1.0)), read_sound, ErrorCode.AUDIO_UNDECODABLE),
    "a.mp3": (lambda path: mp3(path, tone(1.0, 44_100)), read_sound, ErrorCode.AUDIO_UNDECODABLE),
}


def _refused(name: str, path: Path) -> None:
    _, read, code = MAKERS[name]
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.code is code
    assert "an archive or a document as well. Export" in caught.value.message


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("comment", [b"", b"c" * 60_000])
def test_a_file_with_a_zip_at_its_end_is_refused(tmp_path: Path, name: str, comment: bytes) -> None:
    make, read, _ = MAKERS[name]
    path = make(tmp_path / name)
    read(path)
    assert not is_polyglot(path)
    _zip(path, comment)
    _refused(name, path)


@pytest.mark.parametrize("name", MAKERS)
def test_an_empty_zip_is_a_zip_too(tmp_path: Path, name: str) -> None:
    path = MAKERS[name][0](tmp_path / name)
    path.write_bytes(path.read_bytes() + b"PK\5\6" + bytes(18))
    assert zipfile.is_zipfile(path)
    _refused(name, path)


def test_a_zip_of_the_large_kind_is_a_zip_too(tmp_path: Path) -> None:
    """Its usual end says only that the directory is described elsewhere."""
    path = _jpeg(tmp_path / "a.jpg")
    raw = bytearray(_zip(path))
    end = raw.rindex(b"PK\5\6")
    count, length, begin = struct.unpack_from("<8xHxxII", raw, end)
    other = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, begin)
    leading = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    struct.pack_into("<HHII", raw, end + 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    path.write_bytes(raw[:end] + other + leading + raw[end:])
    assert zipfile.ZipFile(path).namelist() == ["payload.txt"]
    _refused("a.jpg", path)


def test_a_zip_whose_end_says_only_where_its_directory_begins_is_refused(tmp_path: Path) -> None:
    """As some programs mend it: its length is wrong, its place is right."""
    path = _jpeg(tmp_path / "a.jpg")
    raw = bytearray(_zip(path))
    end = raw.rindex(b"PK\5\6")
    begin = struct.unpack_from("<I", raw, end + 16)[0]
    assert raw.startswith(b"PK\1\2", begin)
    struct.pack_into("<I", raw, end + 12, 7)
    path.write_bytes(raw)
    _refused("a.jpg", path)


def test_a_film_that_is_the_image_of_a_disc_is_refused(tmp_path: Path) -> None:
    inner = film(tmp_path / "inner.mp4", greys(5)).read_bytes()
    head = struct.pack(">I4s", 34_816, b"free").ljust(32_768, b"\0") + b"\1CD001\1"
    path = tmp_path / "a.mp4"
    path.write_bytes(head.ljust(34_816, b"\0") + inner)
    _refused("a.mp4", path)


def test_a_picture_that_begins_a_document_is_refused(tmp_path: Path) -> None:
    path = _jpeg(tmp_path / "a.jpg", comment=b"\n%PDF-1.7\n1 0 obj\n<< >>\nendobj\n")
    _refused("a.jpg", path)


@pytest.mark.parametrize("padding", [0, 3 * 2**20, 20 * 2**20])  # 7-Zip looks within 8 MiB, others everywhere
@pytest.mark.parametrize("signature", [b"Rar!\x1a\x07\x01\0", b"7z\xbc\xaf\x27\x1c\0\4", b"MSCF\0\0\0\0"])
def test_other_archives_behind_the_picture_are_refused(
    tmp_path: Path, signature: bytes, padding: int
) -> None:
    path = _png(tmp_path / "a.png")
    path.write_bytes(path.read_bytes() + bytes(padding) + signature + bytes(100))
    _refused("a.png", path)


def test_a_film_that_is_a_tar_is_refused(tmp_path: Path) -> None:
    """The name of the first entry is a box that every player leaves out."""
    inner = film(tmp_path / "inner.mp4", greys(5)).read_bytes()
    entry = tarfile.TarInfo("placeholder")
    entry.size = len(inner)
    head = bytearray(entry.tobuf(tarfile.USTAR_FORMAT))
    head[:100] = (struct.pack(">I4s", 512, b"free") + b"name").ljust(100, b"\0")
    head[148:156] = b" " * 8
    head[148:156] = f"{sum(head):06o}\0 ".encode()
    path = tmp_path / "a.mp4"
    path.write_bytes(bytes(head) + inner + bytes(-len(inner) % 512 + 1024))
    with tarfile.open(path) as archive:
        assert len(archive.getmembers()) == 1
    _refused("a.mp4", path)


def test_bytes_that_only_look_like_an_archive_are_no_reason(tmp_path: Path) -> None:
    """As in compressed pictures, by chance."""
    path = _png(tmp_path / "a.png")
    raw = path.read_bytes()
    chunk = b"tEXt" + b"k\0" + b"PK\5\6" * 1000 + b"PK\1\2%PDF"
    text = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", __import__("zlib").crc32(chunk))
    path.write_bytes(raw[:-12] + text + raw[-12:])
    assert not zipfile.is_zipfile(path) or not is_polyglot(path)
    assert load_image(path).source == (300, 300)


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n(/etc/passwd) (r) file\n",
        b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 'msl:/etc/passwd'\npop graphic-context\n",
        b'/* XPM */\nstatic char *a[] = {"300 300 1 1", "a c #000000"};',
        b"GIF89a" + struct.pack("<HH", 300, 300) + bytes(100),
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
@pytest.mark.parametrize("name", ["upload.png", "upload.jpg"])
def test_what_is_no_picture_of_ours_is_refused_whatever_its_name(
    tmp_path: Path, content: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_image(path)
    assert caught.value.code is ErrorCode.IMAGE_UNDECODABLE
    assert "JPEG or PNG" in caught.value.message


@pytest.mark.parametrize("form", ["TIFF", "BMP", "WEBP", "GIF", "PPM", "ICO", "EPS", "PDF"])
def test_other_formats_that_could_be_read_are_not(tmp_path: Path, form: str) -> None:
    """Each is read by code of its own, which has errors of its own."""
    buffer = io.BytesIO()
    Image.new("RGB", (300, 300), (120, 90, 60)).save(buffer, form)
    path = tmp_path / "upload.png"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(InputError):
        load_image(path)


@pytest.mark.parametrize("before", [256 * 1024 - 3, 3 * 256 * 1024 - 1, 33 * 1024 * 1024 - 2])
def test_an_archive_is_found_wherever_it_begins(tmp_path: Path, before: int) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(
        _jpeg(tmp_path / "b.jpg").read_bytes().ljust(before, b"\0") + b"7z\xbc\xaf\x27\x1c" + bytes(100)
    )
    assert is_polyglot(path)
