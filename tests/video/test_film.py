import resource
import struct
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.reformatter import ColorRange

from morgana.errors import ErrorCode, InputError
from morgana.video.colour import Tags
from morgana.video.film import Limits, inspect
from tests.video.filming import Sound, cover_only, film, greys, scene, skip_first
from tests.video.making import tone, wav


def code(path: Path, limits: Limits | None = None) -> ErrorCode:
    with pytest.raises(InputError) as caught:
        inspect(path, limits or Limits())
    assert "." in caught.value.message
    return caught.value.code


def test_what_is_in_a_film(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(30), sound=Sound(layout="stereo", rate=44_100, seconds=1.0))
    found = inspect(path)
    assert (found.size, found.codec, found.pixel_format, found.bits) == ((96, 160), "h264", "yuv420p", 8)
    assert np.allclose(found.times, np.arange(30) / 30, atol=1e-4)
    assert found.duration == pytest.approx(1.0, abs=1e-4)
    assert found.fps == pytest.approx(30, abs=0.01)
    assert not found.variable
    assert found.hdr is None
    assert found.colour == Tags(1, 1, 1, ColorRange.MPEG)
    assert found.sound is not None
    assert (found.sound.codec, found.sound.rate, found.sound.channels) == ("aac", 44_100, 2)
    assert (found.sound.start, found.sound.duration) == pytest.approx((0.0, 1.0), abs=1e-3)


@pytest.mark.parametrize(("rotation", "size"), [(90, (160, 96)), (180, (96, 160)), (270, (160, 96))])
def test_the_size_is_the_displayed_one(tmp_path: Path, rotation: int, size: tuple[int, int]) -> None:
    assert inspect(film(tmp_path / "a.mov", greys(3), rotation=rotation)).size == size


def test_pixels_that_are_not_square_count_as_wide_as_they_are_shown(tmp_path: Path) -> None:
    assert inspect(film(tmp_path / "a.mp4", greys(3), aspect=Fraction(4, 3))).size == (128, 160)


def test_odd_sides_become_even(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(3, (97, 161)), pix_fmt="yuv444p")
    assert inspect(path).size == (98, 162)


def test_frames_of_different_lengths_keep_their_times(tmp_path: Path) -> None:
    times = [0, 3, 4, 10, 11, 30]
    found = inspect(film(tmp_path / "a.mp4", greys(6), times=times))
    assert np.allclose(found.times, np.array(times) / 30, atol=1e-4)
    assert found.variable


def test_frames_that_an_edit_list_leaves_out_are_not_counted(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(30))
    skip_first(path, 10)
    found = inspect(path)
    assert np.allclose(found.times, np.arange(20) / 30, atol=1e-3)


def test_a_single_picture_may_be_shown_for_long(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(1), time_base=Fraction(1, 2))
    raw = bytearray(path.read_bytes())
    scale = struct.unpack_from(">I", raw, raw.index(b"mdhd") + 16)[0]
    struct.pack_into(">I", raw, raw.index(b"stts") + 16, 7 * scale)
    for name, offset, units in ((b"mvhd", 20, 1000), (b"tkhd", 24, 1000), (b"mdhd", 20, scale)):
        struct.pack_into(">I", raw, raw.index(name) + offset, 7 * units)
    struct.pack_into(">I", raw, raw.index(b"elst") + 12, 7 * 1000)
    path.write_bytes(raw)
    found = inspect(path)
    assert found.times.tolist() == [0.0]
    assert found.duration == pytest.approx(7, abs=0.01)


def test_a_film_in_fragments(tmp_path: Path) -> None:
    flags = "frag_keyframe+empty_moov"
    path = film(tmp_path / "a.mp4", greys(30), movflags=flags, options={"g": "5"}, sound=Sound())
    found = inspect(path)
    assert np.allclose(np.diff(found.times), 1 / 30, atol=1e-4)
    assert len(found.times) == 30
    assert found.duration - found.times[0] == pytest.approx(1, abs=0.001)


def test_sound_that_begins_later_says_so(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mov", greys(30), sound=Sound("pcm_s16le", start=0.4, seconds=0.6))
    found = inspect(path)
    assert found.sound is not None
    assert found.sound.start == pytest.approx(0.4, abs=0.002)
    assert found.sound.duration == pytest.approx(0.6, abs=0.002)


@pytest.mark.parametrize(("transfer", "kind"), [(16, "pq"), (18, "hlg"), (14, None)])
def test_high_dynamic_range_is_told_by_the_transfer(tmp_path: Path, transfer: int, kind: str | None) -> None:
    tags = Tags(9, transfer, 9, ColorRange.MPEG)
    found = inspect(film(tmp_path / "a.mp4", greys(3), pix_fmt="yuv420p10le", tags=tags))
    assert (found.hdr, found.bits, found.colour) == (kind, 10, tags)


def test_tags_in_another_encoding_are_no_reason_to_refuse(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(5))
    raw = path.read_bytes()
    assert b"Lavf" in raw
    path.write_bytes(raw.replace(b"Lavf", b"L\xe9vf"))
    assert len(inspect(path).times) == 5


def test_a_timecode_track_is_no_obstacle(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mov", greys(10), timecode=True)
    assert b"tmcd" in path.read_bytes()
    assert len(inspect(path).times) == 10


def test_a_list_of_files_does_not_open_its_neighbour(tmp_path: Path) -> None:
    film(tmp_path / "neighbour.mp4", greys(3))
    trick = tmp_path / "a.mp4"
    trick.write_text("ffconcat version 1.0\nfile neighbour.mp4\n")
    assert code(trick) == ErrorCode.VIDEO_UNDECODABLE


def test_a_playlist_does_not_open_its_neighbour(tmp_path: Path) -> None:
    film(tmp_path / "neighbour.mp4", greys(3))
    trick = tmp_path / "a.mp4"
    trick.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nneighbour.mp4\n#EXT-X-ENDLIST\n")
    assert code(trick) == ErrorCode.VIDEO_UNDECODABLE


@pytest.mark.parametrize("content", [b"", b"no video", bytes(4096), b"\0\0\0\x18ftypmp42" + bytes(12)])
def test_what_is_no_video_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert code(path) == ErrorCode.VIDEO_UNDECODABLE


def test_sound_alone_is_told_so(tmp_path: Path) -> None:
    assert code(wav(tmp_path / "a.mp4", tone(1.0))) == ErrorCode.VIDEO_UNDECODABLE
    assert code(cover_only(tmp_path / "b.mp4")) == ErrorCode.VIDEO_WITHOUT_PICTURES


def test_a_file_that_is_not_there_is_our_own_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "a.mp4")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_breaks_off_is_noticed(tmp_path: Path, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (30, 160, 96, 3), dtype=np.uint8)
    path = film(tmp_path / "a.mp4", noise, sound=Sound())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert code(path) == ErrorCode.VIDEO_INCOMPLETE


def test_a_file_that_breaks_off_before_its_index_is_noticed(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", scene(30), movflags=None)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert code(path) == ErrorCode.VIDEO_UNDECODABLE


def test_limits(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(60))
    assert code(path, Limits(seconds=1)) == ErrorCode.VIDEO_TOO_LONG
    assert code(path, Limits(pixels=96 * 159)) == ErrorCode.VIDEO_TOO_LARGE
    assert code(path, Limits(frame_rate=24)) == ErrorCode.VIDEO_FRAME_RATE_TOO_HIGH
    assert inspect(path, Limits(seconds=None, frame_rate=None)).duration == pytest.approx(2)


def test_a_tiny_film_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(3, (8, 8)))
    assert code(path) == ErrorCode.VIDEO_TOO_SMALL


def patched(path: Path, box: bytes, offset: int, value: int) -> Path:
    """A copy with another number in it: 32 bits at `offset` from the name of the first such box."""
    raw = bytearray(path.read_bytes())
    struct.pack_into(">I", raw, raw.index(box) + offset, value)
    copy = path.with_name(f"{box.decode()}.mp4")
    copy.write_bytes(raw)
    return copy


@pytest.mark.parametrize("box", [b"moov", b"trak", b"stsd", b"stsz", b"mdat"])
def test_claims_of_gigabytes_are_not_believed(tmp_path: Path, box: bytes) -> None:
    lie = patched(film(tmp_path / "a.mp4", greys(30), sound=Sound()), box, -4, 0xFFFFFFF0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(InputError):
        assert len(inspect(lie).times) <= 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


def test_pictures_larger_than_the_header_says_are_not_decoded(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(3))
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"avc1", raw.index(b"stsd"))
    struct.pack_into(">HH", raw, entry + 28, 32, 32)
    path.write_bytes(raw)
    assert len(inspect(path).times) == 3
    assert code(path, Limits(pixels=2000)) in (ErrorCode.VIDEO_TOO_LARGE, ErrorCode.VIDEO_UNDECODABLE)


def test_a_few_frames_that_last_for_minutes_are_a_long_film(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(5), times=[0, 30, 60, 90, 400 * 30])
    assert code(path) == ErrorCode.VIDEO_TOO_LONG
