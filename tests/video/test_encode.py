import itertools
import resource
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.errors import InputError
from morgana.video.decode import read_frames
from morgana.video.encode import write_mp4
from morgana.video.probe import Colour, probe
from morgana.video.sound import film_sound, read_sound, stream_sound
from tests.video.making import chirps, mp3, tone, wav

Picture = NDArray[np.uint8]

PATCHES = [
    (255, 255, 255),
    (0, 0, 0),
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (128, 128, 128),
    (222, 180, 150),  # skins
    (92, 58, 44),
    (20, 40, 60),
]


def patches() -> Picture:
    picture = np.zeros((64, 64 * len(PATCHES), 3), np.uint8)
    for index, colour in enumerate(PATCHES):
        picture[:, 64 * index : 64 * (index + 1)] = colour
    return picture


def grey(count: int, size: tuple[int, int] = (64, 96)) -> Iterator[Picture]:
    """Frame i has brightness 2i: every frame tells its number."""
    for index in range(count):
        yield np.full((size[1], size[0], 3), 2 * index, np.uint8)


def boxes(path: Path) -> list[str]:
    raw, position, found = path.read_bytes(), 0, []
    while position < len(raw):
        size, kind = struct.unpack_from(">I4s", raw, position)
        found.append(kind.decode())
        position += size
    return found


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    sound = wav(tmp_path / "a.wav", tone(2.0))
    assert write_mp4(output, grey(50), fps=25, size=(64, 96), total=50, audio=sound) == 50
    info = probe(output)
    assert (info.size, info.fps, info.frames, info.duration) == ((64, 96), Fraction(25), 50, 2.0)
    assert (info.codec, info.profile, info.pixel_format) == ("h264", "High", "yuv420p")
    assert info.colour == Colour(primaries=1, transfer=1, matrix=1, full_range=False)
    assert info.audio is not None
    assert (info.audio.codec, info.audio.rate, info.audio.channels) == ("aac", 48_000, 1)
    assert info.audio.duration == pytest.approx(2.0, abs=0.001)
    assert boxes(output)[:2] == ["ftyp", "moov"]  # faststart: a player can begin before it has the end


def test_colours_come_back(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    picture = patches()
    write_mp4(output, [picture] * 5, fps=25, size=(picture.shape[1], 64), total=5)
    *_, (_, decoded) = read_frames(output)
    for index, colour in enumerate(PATCHES):
        assert np.abs(decoded[32, 64 * index + 32].astype(int) - colour).max() <= 2, colour


def test_the_stored_numbers_follow_bt_709(tmp_path: Path) -> None:
    """The round trip alone would not notice the same wrong matrix in both directions."""
    output = tmp_path / "out.mp4"
    picture = patches()
    write_mp4(output, [picture] * 5, fps=25, size=(picture.shape[1], 64), total=5)
    with av.open(output) as container:
        planes = next(container.decode(video=0)).to_ndarray()
    luma = planes[32, 32::64][: len(PATCHES)]
    rgb = np.array(PATCHES) / 255
    expected = 16 + 219 * (rgb @ [0.2126, 0.7152, 0.0722])  # ITU-R BT.709
    assert np.abs(luma - expected).max() < 1.5


def test_every_frame_is_there_once_and_in_its_place(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    write_mp4(output, grey(120), fps=30, size=(64, 96), total=120)
    frames = list(read_frames(output))
    assert len(frames) == 120
    for index, (time, picture) in enumerate(frames):
        assert time == pytest.approx(index / 30, abs=1e-4)
        assert abs(picture.mean() - 2 * index) <= 1.0


def test_a_player_can_jump_to_every_second_second(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    write_mp4(output, grey(125), fps=25, size=(64, 96), total=125)
    with av.open(output) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    keys = [float((packet.pts or 0) * packet.time_base) for packet in packets if packet.is_keyframe]
    assert keys == [0.0, 2.0, 4.0]


def test_what_stands_still_in_the_frames_stands_still_in_the_video(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    generator = np.random.default_rng(0)
    still = generator.integers(60, 200, (128, 128, 3), dtype=np.uint8)

    def frames() -> Iterator[Picture]:
        for index in range(40):
            picture = still.copy()
            picture[8:40, 8 + index : 40 + index] = 255
            yield picture

    write_mp4(output, frames(), fps=25, size=(128, 128), total=40)
    decoded = [picture[96:].astype(int) for _, picture in read_frames(output)]
    changes = [np.abs(after - before).mean() for before, after in itertools.pairwise(decoded)]
    assert max(changes) < 1.0


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_the_sound_is_where_it_was(tmp_path: Path, channels: int, rate: int) -> None:
    source = wav(tmp_path / "a.wav", np.tile(chirps(1.5, rate), (channels, 1)), rate, 24)
    output = tmp_path / "out.mp4"
    write_mp4(output, grey(38), fps=25, size=(64, 96), total=38, audio=source)
    assert delay(source, output) == 0


def test_the_sound_of_an_mp3_is_where_it_was(tmp_path: Path) -> None:
    source = mp3(tmp_path / "a.mp3", chirps(1.5, 44_100), cover=True)
    output = tmp_path / "out.mp4"
    write_mp4(output, grey(38), fps=25, size=(64, 96), total=38, audio=source)
    assert delay(source, output) == 0


def test_the_sound_track_can_be_read_back(tmp_path: Path) -> None:
    source = wav(tmp_path / "a.wav", chirps(1.5, 48_000), 48_000)
    output = tmp_path / "out.mp4"
    write_mp4(output, grey(38), fps=25, size=(64, 96), total=38, audio=source)
    expected, found = read_sound(source).samples, film_sound(output).samples
    assert np.corrcoef(expected, found[: len(expected)])[0, 1] > 0.99


def test_a_film_without_sound_has_no_sound_track(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    write_mp4(output, grey(5), fps=25, size=(64, 96), total=5)
    with pytest.raises(InputError):
        film_sound(output)


def delay(source: Path, output: Path) -> int:
    """Samples at 48 kHz by which the MP4's sound comes after the source's, by cross-correlation."""
    original = np.concatenate(list(stream_sound(source, 48_000, channels=1)), axis=1)[0]
    with av.open(output) as container:
        assert container.streams.audio[0].start_time == 0
        decoded = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)[0]
    assert 0 <= len(decoded) - len(original) < 1024  # the last AAC frame is filled up
    spectrum = np.fft.rfft(decoded, 1 << 18) * np.conj(np.fft.rfft(original, 1 << 18))
    found = int(np.argmax(np.fft.irfft(spectrum)))
    return found if found < 1 << 17 else found - (1 << 18)


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_neither_sound_nor_pictures_are_cut_to_the_other(tmp_path: Path, seconds: float) -> None:
    output = tmp_path / "out.mp4"
    source = wav(tmp_path / "a.wav", tone(seconds))
    write_mp4(output, grey(50), fps=25, size=(64, 96), total=50, audio=source)
    info = probe(output)
    assert (info.frames, info.duration) == (50, 2.0)
    assert info.audio is not None
    assert info.audio.duration == pytest.approx(seconds, abs=0.001)


def test_sound_and_pictures_lie_side_by_side(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    source = wav(tmp_path / "a.wav", tone(10.0))
    generator = np.random.default_rng(0)
    frames = (generator.integers(0, 255, (96, 64, 3), dtype=np.uint8) for _ in range(250))
    write_mp4(output, frames, fps=25, size=(64, 96), total=250, audio=source)
    times: dict[str, float] = {"video": 0.0, "audio": 0.0}
    furthest = 0.0
    with av.open(output) as container:
        places = [
            (packet.pos or 0, packet.stream.type, float((packet.pts or 0) * packet.time_base))
            for packet in container.demux()
            if packet.size
        ]
        for _, kind, time in sorted(places):
            times[kind] = time
            furthest = max(furthest, abs(times["video"] - times["audio"]))
    assert furthest < 1.0


def test_the_same_frames_give_the_same_file(tmp_path: Path) -> None:
    source = wav(tmp_path / "a.wav", tone(1.0))
    for name in ("one.mp4", "two.mp4"):
        write_mp4(tmp_path / name, grey(25), fps=25, size=(64, 96), total=25, audio=source)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    shares: list[float] = []
    write_mp4(tmp_path / "o.mp4", grey(10), fps=25, size=(64, 96), total=10, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_failure_half_way_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"the old one")

    def broken() -> Iterator[Picture]:
        yield from grey(60)
        raise RuntimeError("the renderer fell over")

    with pytest.raises(RuntimeError, match="fell over"):
        write_mp4(output, broken(), fps=25, size=(64, 96), total=100)
    assert output.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_sound_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_text("no sound")
    with pytest.raises(InputError):
        write_mp4(tmp_path / "out.mp4", grey(5), fps=25, size=(64, 96), total=5, audio=source)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        (np.zeros((96, 64, 3), np.uint8), (63, 96)),
        (np.zeros((64, 96, 3), np.uint8), (64, 96)),
        (np.zeros((96, 64, 4), np.uint8), (64, 96)),
        (np.zeros((96, 64, 3), np.float32), (64, 96)),
    ],
)
def test_frames_that_do_not_fit_are_refused(tmp_path: Path, frame: Picture, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"even sides|a frame is"):
        write_mp4(tmp_path / "out.mp4", [frame], fps=25, size=size, total=1)


def test_no_frames_are_no_video(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no frames"):
        write_mp4(tmp_path / "out.mp4", [], fps=25, size=(64, 96), total=0)
    assert not list(tmp_path.iterdir())


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    sounds = {seconds: wav(tmp_path / f"{seconds}.wav", tone(seconds)) for seconds in (4, 120)}
    picture = np.zeros((96, 64, 3), np.uint8)

    def resident_near_the_end_of(seconds: int) -> int:
        count = seconds * 25
        seen: list[int] = []

        def frames() -> Iterator[Picture]:
            for index in range(count):
                if index == count - 2:
                    pages = int(Path("/proc/self/statm").read_text().split()[1])
                    seen.append(pages * resource.getpagesize())
                yield picture

        output = tmp_path / "o.mp4"
        write_mp4(output, frames(), fps=25, size=(64, 96), total=count, audio=sounds[seconds])
        return seen[0]

    short = resident_near_the_end_of(4)
    assert resident_near_the_end_of(120) - short < 10_000_000  # the sound alone is 23 MB at 48 kHz
