import struct
from pathlib import Path

import av
import pytest

from morgana.errors import ErrorCode, InputError
from morgana.video.boxes import MalformedError, claimed_samples
from morgana.video.film import inspect
from tests.video.filming import Sound, film, greys


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def written(path: Path, *content: bytes) -> Path:
    path.write_bytes(b"".join(content))
    return path


def test_the_samples_of_a_film_are_counted(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(30), sound=Sound())
    with av.open(path) as container:
        assert claimed_samples(path) == sum(stream.frames for stream in container.streams)


def test_fragments_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    film(path, greys(30), movflags="frag_keyframe+empty_moov", options={"g": "5"})
    assert claimed_samples(path) == 30


def test_raw_sound_needs_no_index(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mov", greys(30), sound=Sound("pcm_s16le"))
    assert claimed_samples(path) == 30


def test_a_few_bytes_cannot_claim_memory(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(30))
    raw, many = bytearray(path.read_bytes()), 4_000_000
    struct.pack_into(">II", raw, raw.index(b"stsz") + 8, 1, many)
    struct.pack_into(">I", raw, raw.index(b"stsc") + 16, many)
    struct.pack_into(">I", raw, raw.index(b"stts") + 12, many)
    path.write_bytes(raw)
    assert claimed_samples(path) == many
    with pytest.raises(InputError) as caught:
        inspect(path)
    assert caught.value.code == ErrorCode.VIDEO_UNDECODABLE


def test_a_fragment_cannot_either(tmp_path: Path) -> None:
    run = box(b"trun", bytes(4), struct.pack(">I", 4_000_000_000))
    path = written(tmp_path / "a.mp4", box(b"moof", box(b"traf", run)), box(b"moof", box(b"traf", run)))
    assert claimed_samples(path) == 8_000_000_000


def test_pictures_cannot_pass_for_raw_sound(tmp_path: Path) -> None:
    sizes = box(b"stsz", bytes(4), struct.pack(">II", 1, 9_000_000))
    times = box(b"stts", bytes(4), struct.pack(">III", 1, 9_000_000, 1))
    for kind, expected in ((b"vide", 9_000_000), (b"soun", 0)):
        handler = box(b"hdlr", bytes(8), kind, bytes(12))
        media = box(b"mdia", handler, box(b"minf", box(b"stbl", sizes, times)))
        assert claimed_samples(written(tmp_path / "a.mp4", box(b"moov", box(b"trak", media)))) == expected


def test_boxes_in_boxes_end_somewhere(tmp_path: Path) -> None:
    nested = b""
    for _ in range(2000):
        nested = box(b"trak", nested)
    with pytest.raises(MalformedError):
        claimed_samples(written(tmp_path / "a.mp4", nested))
    with pytest.raises(MalformedError):
        claimed_samples(written(tmp_path / "b.mp4", box(b"free") * 300_000))
    with pytest.raises(MalformedError):
        claimed_samples(written(tmp_path / "c.mp4", box(b"moov", box(b"cmov", bytes(20)))))


@pytest.mark.parametrize("size", [0, 1, 2, 7, 0xFFFFFFFF])
def test_sizes_that_lie_do_no_harm(tmp_path: Path, size: int) -> None:
    path = written(tmp_path / "a.mp4", struct.pack(">I4s", size, b"moov"), bytes(40))
    assert claimed_samples(path) == 0
