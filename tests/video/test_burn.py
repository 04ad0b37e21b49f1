import resource
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.video.burn import burn, burn_all
from morgana.video.colour import Tags
from morgana.video.decode import read_frames
from morgana.video.film import Film, inspect
from morgana.video.film_writer import Quality
from morgana.video.patch import Draw, Patch
from morgana.video.probe import probe
from morgana.video.sound import film_sound
from tests.video.filming import BT709, CORNERS, Sound, corners, film, greys, scene, skip_first

FINE = Quality(crf=4)


def square(x: int, y: int, size: int = 40, colour: Sequence[int] = (255, 0, 0), alpha: int = 255) -> Patch:
    rgba = np.empty((size, size, 4), np.uint8)
    rgba[..., :3] = np.round(np.array(colour) * alpha / 255)
    rgba[..., 3] = alpha
    return Patch(x, y, rgba)


def constantly(patch: Patch) -> Draw:
    return lambda _: [patch]


def nothing(_time: float) -> list[Patch]:
    return []


def pictures(path: Path) -> NDArray[np.int64]:
    """(n, h, w, 3) RGB as shown."""
    return np.stack([picture for _, picture in read_frames(path)]).astype(int)


def times(path: Path) -> list[float]:
    return [time for time, _ in read_frames(path)]


def luma(path: Path) -> NDArray[np.int64]:
    with av.open(path) as container:
        return np.stack([frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)]).astype(
            int
        )


def packets(path: Path) -> list[bytes]:
    with av.open(path) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_a_patch_is_where_it_was_asked_for(tmp_path: Path) -> None:
    source, output = film(tmp_path / "a.mp4", scene(5)), tmp_path / "out.mp4"
    patch = square(50, 81)
    burn(source, output, lambda _: [patch], quality=FINE)
    for picture in pictures(output):
        assert np.abs(picture[85:117, 54:86] - [255, 0, 0]).max() <= 8
        red = (picture[..., 0] > 220) & (picture[..., 1] < 60)
        rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
        assert abs(rows[0] - 81) <= 1 >= abs(rows[-1] - 120)
        assert abs(columns[0] - 50) <= 1 >= abs(columns[-1] - 89)


def test_outside_the_patch_nothing_changes_but_by_encoding_again(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(12))
    patch = square(52, 84)
    burn(source, tmp_path / "plain.mp4", nothing, quality=FINE)
    burn(source, tmp_path / "out.mp4", lambda _: [patch], quality=FINE)
    plain, found = luma(tmp_path / "plain.mp4"), luma(tmp_path / "out.mp4")
    outside = np.ones(plain.shape[1:], bool)
    outside[80:128, 48:96] = False
    assert np.abs(found - plain)[:, outside].max() <= 3
    assert np.abs(found - plain)[:, outside].mean() < 0.25
    assert np.abs(luma(source) - plain)[:, outside].max() <= 4


def test_a_patch_is_on_exactly_the_frames_of_its_time(tmp_path: Path) -> None:
    """On a film whose frames do not come evenly."""
    ticks = [0, 3, 4, 10, 11, 30, 31, 32]
    source, output = film(tmp_path / "a.mp4", greys(8), times=ticks), tmp_path / "out.mp4"
    patch, asked = square(20, 20), list[float]()

    def draw(time: float) -> list[Patch]:
        asked.append(time)
        return [patch] if 0.3 <= time < 1.0 else []

    burn(source, output, draw, quality=FINE)
    assert asked == pytest.approx([tick / 30 for tick in ticks], abs=1e-4)
    assert times(output) == pytest.approx(asked, abs=1e-6)
    assert [picture[40, 40, 1] < 20 for picture in pictures(output)] == [10 <= tick < 30 for tick in ticks]
    assert inspect(output).duration == pytest.approx(inspect(source).duration, abs=1e-4)


def test_patches_lie_one_over_the_other_and_keep_their_opacity(tmp_path: Path) -> None:
    source, output = film(tmp_path / "a.mp4", greys(3)), tmp_path / "out.mp4"
    patches = [square(10, 10, 60, (0, 0, 255)), square(30, 30, 60, (255, 255, 255), alpha=128)]
    twice = square(40, 110, 40, (255, 255, 255), alpha=128)
    burn(source, output, lambda _: [*patches, twice, twice], quality=FINE)
    picture = pictures(output)[1]
    assert np.abs(picture[130, 60] - round(255 - (255 - 43) * (127 / 255) ** 2)).max() <= 3
    assert np.abs(picture[20, 20] - [0, 0, 255]).max() <= 6
    assert np.abs(picture[50, 50] - [128, 128, 255]).max() <= 6
    assert np.abs(picture[80, 80] - round(43 + (255 - 43) * 128 / 255)).max() <= 3


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_film_comes_out_upright(tmp_path: Path, rotation: int, mirrored: bool) -> None:  # noqa: FBT001
    stored = np.rot90(corners(), rotation // 90)
    if mirrored:
        stored = corners()[:, ::-1] if rotation == 0 else stored
    source = film(tmp_path / "a.mov", [stored] * 3, rotation=rotation, mirrored=mirrored and rotation == 0)
    output = tmp_path / "out.mp4"
    burn(source, output, lambda _: [square(0, 0, 20, (255, 255, 255))], quality=FINE)
    picture = pictures(output)[1]
    assert picture.shape == (160, 96, 3)
    assert picture[5:15, 5:15].min() > 245
    for (row, column), colour in CORNERS.items():
        assert np.abs(picture[50 + 60 * row, 24 + 48 * column] - colour).max() <= 6
    with av.open(output) as container:
        assert next(container.decode(video=0)).rotation == 0


def test_turning_does_not_change_colours_that_have_no_tag(tmp_path: Path) -> None:
    """A player takes 400 rows for BT.601 and 800 for BT.709, unless it is told."""
    untagged = Tags(2, 2, 2, ColorRange.UNSPECIFIED)
    stored = np.rot90(corners((400, 800)))
    source = film(tmp_path / "a.mov", [stored] * 2, rotation=90, tags=untagged)
    output = tmp_path / "out.mp4"
    burn(source, output, lambda _: [square(0, 0, 40)], quality=FINE)
    before, after = pictures(source)[1], pictures(output)[1]
    assert before.shape == after.shape == (800, 400, 3)
    assert np.abs(after[10:30, 10:30] - [255, 0, 0]).max() <= 6
    for place in ((300, 100), (300, 300), (600, 100), (600, 300)):
        assert np.abs(after[place] - before[place]).max() <= 3


@pytest.mark.parametrize("size", [(97, 161), (96, 161), (97, 160)])
def test_odd_sides_get_one_row_or_column_more(tmp_path: Path, size: tuple[int, int]) -> None:
    source = film(tmp_path / "a.mp4", scene(3, size), pix_fmt="yuv444p", options={"crf": "1"})
    output = tmp_path / "out.mp4"
    burn(source, output, nothing, quality=FINE)
    before, after = pictures(source), pictures(output)
    assert after.shape[1:3] == (size[1] + size[1] % 2, size[0] + size[0] % 2)
    assert np.abs(after[:, : size[1], : size[0]] - before).mean() < 1.5
    assert np.abs(after[:, -1] - after[:, -2]).mean() < 2


def test_wide_pixels_become_square(tmp_path: Path) -> None:
    source, output = film(tmp_path / "a.mp4", [corners()] * 3, aspect=Fraction(4, 3)), tmp_path / "out.mp4"
    burn(source, output, lambda _: [square(108, 140, 20, (255, 255, 255))], quality=FINE)
    picture = pictures(output)[1]
    assert picture.shape == (160, 128, 3)
    assert picture[144:156, 112:124].min() > 245
    assert np.abs(picture[20, 20] - CORNERS[0, 0]).max() <= 6


@pytest.mark.parametrize(
    "tags",
    [
        BT709,
        Tags(6, 6, 6, ColorRange.MPEG),
        Tags(5, 6, 5, ColorRange.JPEG),
        Tags(1, 1, 1, ColorRange.JPEG),
        Tags(2, 2, 2, ColorRange.UNSPECIFIED),
    ],
)
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le", "yuv444p"])
def test_colours_stay_with_their_tags(tmp_path: Path, tags: Tags, pix_fmt: str) -> None:
    source = film(tmp_path / "a.mp4", [corners()] * 4, tags=tags, pix_fmt=pix_fmt)
    output = tmp_path / "out.mp4"
    burn(source, output, lambda _: [square(4, 4)], quality=FINE)
    found = inspect(output)
    assert found.colour == tags
    assert found.bits == 8
    assert probe(output).profile == "High"
    before, after = pictures(source)[2], pictures(output)[2]
    assert np.abs(after[10:40, 10:40] - [255, 0, 0]).max() <= 8
    for row, column in CORNERS:
        place = (60 + 60 * row, 24 + 48 * column)
        assert np.abs(after[place] - before[place]).max() <= 3


@pytest.mark.parametrize("transfer", [16, 18])
def test_high_dynamic_range_becomes_ordinary(tmp_path: Path, transfer: int) -> None:
    tags = Tags(9, transfer, 9, ColorRange.MPEG)
    source = film(tmp_path / "a.mp4", greys(40), tags=tags, pix_fmt="yuv420p10le", rotation=90)
    output = tmp_path / "out.mp4"
    burn(source, output, lambda _: [square(4, 4)], quality=FINE)
    found = inspect(output)
    assert (found.colour, found.bits, found.size) == (BT709, 8, (160, 96))
    shown = pictures(output)
    assert np.abs(shown[:, 10:40, 10:40] - [255, 0, 0]).max() <= 8
    levels = shown[:, 80, 100]
    assert np.ptp(levels, axis=1).max() <= 2  # grey stays grey
    assert (np.diff(levels[:, 1]) >= 0).all()
    assert levels[-1, 1] - levels[0, 1] > 50


def same_sound(source: Path, output: Path) -> None:
    """The same samples at the same time, but for what AAC does to them."""
    before, after = inspect(source).sound, inspect(output).sound
    assert before is not None
    assert after is not None
    assert (after.rate, after.channels) == (before.rate, before.channels)
    first, second = (film_sound(path, 48_000).samples for path in (source, output))
    lead = round((after.start - before.start) * 48_000)
    spectrum = np.fft.rfft(second, 1 << 18) * np.conj(np.fft.rfft(first, 1 << 18))
    shift = int(np.argmax(np.fft.irfft(spectrum)))
    shift -= (1 << 18) * (shift > 1 << 17)
    assert abs(lead + shift) <= 48  # a millisecond, to which MP4's empty edits are rounded
    aligned = second[max(shift, 0) : max(shift, 0) + len(first)]
    assert np.corrcoef(first[: len(aligned)], aligned)[0, 1] > 0.98


@pytest.mark.parametrize(
    "sound",
    [
        Sound("aac"),
        Sound("aac", "5.1"),
        Sound("libmp3lame", "stereo", 44_100),
        Sound("ac3", "stereo"),
        Sound("alac", "stereo"),
        Sound("libopus", "stereo"),
        Sound("aac", start=0.5, seconds=0.5),
    ],
    ids=lambda sound: f"{sound.codec}-{sound.layout}-{sound.start}",
)
def test_sound_that_mp4_has_a_place_for_is_not_touched(tmp_path: Path, sound: Sound) -> None:
    source, output = film(tmp_path / "a.mp4", greys(30), sound=sound), tmp_path / "out.mp4"
    burn(source, output, nothing)
    assert packets(output) == packets(source)
    assert inspect(output).sound == inspect(source).sound
    same_sound(source, output)


@pytest.mark.parametrize(
    "sound",
    [
        Sound("pcm_s16le"),
        Sound("pcm_s24le", "stereo", 44_100),
        Sound("pcm_s16be", "5.1"),
        Sound("pcm_f32le", start=0.4, seconds=0.6),
    ],
    ids=lambda sound: f"{sound.codec}-{sound.layout}-{sound.start}",
)
def test_other_sound_becomes_aac_and_stays_in_its_place(tmp_path: Path, sound: Sound) -> None:
    source, output = film(tmp_path / "a.mov", greys(30), sound=sound), tmp_path / "out.mp4"
    burn(source, output, nothing)
    found = probe(output).audio
    assert found is not None
    assert found.codec == "aac"
    same_sound(source, output)


def test_a_film_without_sound_stays_so(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    assert burn(film(tmp_path / "a.mp4", greys(3)), output, nothing).sound is None
    assert probe(output).audio is None


def test_what_an_edit_list_leaves_out_stays_out(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", greys(30), sound=Sound())
    skip_first(source, 10)
    output = tmp_path / "out.mp4"
    burn(source, output, nothing, quality=FINE)
    assert times(output) == pytest.approx([index / 30 for index in range(20)], abs=1e-3)
    for index, picture in enumerate(pictures(output)):
        assert abs(picture.mean() - (40 + 3 * (index + 10))) <= 2
    assert packets(output) == packets(source)


def test_pictures_that_begin_later_still_do(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", greys(20), times=range(15, 35), sound=Sound(seconds=1.2))
    output = tmp_path / "out.mp4"
    burn(source, output, nothing)
    assert times(output)[0] == pytest.approx(0.5, abs=1e-3)
    assert times(output) == pytest.approx(times(source), abs=1e-4)
    assert inspect(output).sound == inspect(source).sound


def test_a_film_in_fragments_comes_out_whole(tmp_path: Path) -> None:
    flags = "frag_keyframe+empty_moov"
    source = film(tmp_path / "a.mp4", greys(30), movflags=flags, options={"g": "5"}, sound=Sound())
    output = tmp_path / "out.mp4"
    burn(source, output, nothing)
    assert times(output) == pytest.approx(times(source), abs=1e-4)
    assert packets(output) == packets(source)
    assert inspect(output).duration == pytest.approx(inspect(source).duration, abs=0.001)


def test_a_timecode_track_is_left_out(tmp_path: Path) -> None:
    source, output = film(tmp_path / "a.mov", greys(10), timecode=True), tmp_path / "out.mp4"
    burn(source, output, nothing)
    with av.open(output) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert len(list(container.decode(video=0))) == 10


def test_the_index_comes_first_and_players_can_jump(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    burn(film(tmp_path / "a.mp4", greys(65)), output, nothing)
    raw = output.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    with av.open(output) as container:
        keys = [packet.pts for packet in container.demux(video=0) if packet.is_keyframe and packet.size]
    assert len(keys) == 2


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    shares: list[float] = []
    burn(film(tmp_path / "a.mp4", greys(10)), tmp_path / "out.mp4", nothing, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 5


def test_several_outputs_come_from_one_reading(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(10), sound=Sound())
    colours = [(255, 0, 0), (0, 0, 255), (255, 255, 255)]
    outputs = [(tmp_path / f"{i}.mp4", constantly(square(60, 60, 40, c))) for i, c in enumerate(colours)]
    _, errors = burn_all(source, [*outputs, (tmp_path / "plain.mp4", nothing)], quality=FINE)
    assert errors == [None] * 4
    for (path, _), colour in zip(outputs, colours, strict=True):
        shown = pictures(path)
        assert np.abs(shown[:, 70:90, 70:90] - colour).max() <= 8
        assert packets(path) == packets(source)
    plain = pictures(tmp_path / "plain.mp4")
    assert np.abs(plain - pictures(source)).mean() < 1.5  # no output's patch is in another


def test_one_output_that_fails_does_not_spoil_the_others(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", greys(10), sound=Sound())

    def broken(time: float) -> list[Patch]:
        if time > 0.2:
            raise RuntimeError("no more paint")
        return []

    outputs = [
        (tmp_path / "one.mp4", nothing),
        (tmp_path / "two.mp4", broken),
        (tmp_path / "missing" / "three.mp4", nothing),
    ]
    _, errors = burn_all(source, outputs)
    assert errors[0] is None
    assert isinstance(errors[1], RuntimeError)
    assert isinstance(errors[2], FileNotFoundError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "one.mp4"]
    assert len(inspect(tmp_path / "one.mp4").times) == 10


def test_a_failure_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"the old one")

    def broken(_time: float) -> list[Patch]:
        raise RuntimeError("no paint")

    with pytest.raises(RuntimeError, match="no paint"):
        burn(film(tmp_path / "a.mp4", greys(3)), output, broken)
    assert output.read_bytes() == b"the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "out.mp4"]


def test_a_film_that_cannot_be_used_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_text("no film")
    with pytest.raises(InputError):
        burn(source, tmp_path / "out.mp4", nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_pictures_that_cannot_be_decoded_are_noticed(tmp_path: Path) -> None:
    """The index is whole, but half of the pictures are not pictures."""
    noise = np.random.default_rng(0).integers(0, 255, (30, 160, 96, 3), dtype=np.uint8)
    source = film(tmp_path / "a.mp4", noise, options={"g": "1"})
    with av.open(source) as container:
        places = [(packet.pos or 0, packet.size) for packet in container.demux(video=0) if packet.size]
    raw = bytearray(source.read_bytes())
    for position, size in places[10:]:
        raw[position : position + size] = bytes(size)
    source.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        burn(source, tmp_path / "out.mp4", nothing)
    assert caught.value.code == ErrorCode.VIDEO_INCOMPLETE
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    def burnt(count: int) -> Film:
        source = film(
            tmp_path / f"{count}.mp4", greys(1, (480, 640)) * count, options={"preset": "ultrafast"}
        )
        return burn(source, tmp_path / "out.mp4", lambda time: [square(int(60 * time), 5, 200)])

    burnt(120)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    burnt(480)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # of 220 MB of pictures


def test_damaged_sound_that_no_container_takes_is_told_so(tmp_path: Path) -> None:
    """It is copied, so that nothing but the container that is written looks at it."""
    path = film(tmp_path / "a.mp4", greys(12), sound=Sound(seconds=0.4))
    with av.open(path) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.pos]
    raw = bytearray(path.read_bytes())
    for place, size in packets:
        raw[place : place + size] = b"\xff" * size
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        burn(path, tmp_path / "out.mp4", lambda _time: ())
    assert caught.value.code is ErrorCode.VIDEO_INCOMPLETE
    assert [left.name for left in tmp_path.iterdir()] == ["a.mp4"]
