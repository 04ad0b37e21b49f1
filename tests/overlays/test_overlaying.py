"""Films with texts over them, from file to files."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from morgana import Overlay, overlay_video
from morgana.errors import ErrorCode, InputError
from morgana.overlays import look, overlaying
from morgana.overlays.ground import survey
from morgana.overlays.overlaying import Design, design_all
from morgana.video.colour import Tags
from morgana.video.decode import read_frames
from morgana.video.film import Limits, inspect
from morgana.video.glance import glances
from morgana.video.patch import Patch
from tests.overlays.scenes import astronaut, letters, light, noise, plain
from tests.video.filming import Sound, film, greys, scene

SIZE = (216, 384)
HDR = Tags(9, 16, 9, ColorRange.MPEG)


def pictures(path: Path) -> NDArray[np.int64]:
    """(n, h, w, 3) RGB as shown."""
    return np.stack([picture for _, picture in read_frames(path)]).astype(int)


def written(path: Path, source: Path) -> NDArray[np.bool_]:
    """(n,) which frames differ much from those of the source, somewhere."""
    return np.asarray(np.abs(pictures(path) - pictures(source)).max(axis=(1, 2, 3)) > 60)


def made(outcomes: list[Path | InputError]) -> list[Path]:
    assert not [one for one in outcomes if isinstance(one, InputError)]
    return [one for one in outcomes if isinstance(one, Path)]


def test_one_film_for_each_text_with_its_pictures_and_sound(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(20, SIZE), sound=Sound())
    shares: list[float] = []
    outcomes = overlay_video(source, tmp_path, [Overlay("One"), Overlay("Two")], progress=shares.append)
    assert outcomes == [tmp_path / "video0.mp4", tmp_path / "video1.mp4"]
    first, second = map(pictures, made(outcomes))
    assert not np.array_equal(first, second)
    for path in made(outcomes):
        assert written(path, source).all()
        described = inspect(path)
        assert described.size == SIZE
        assert described.sound is not None
        assert len(described.times) == 20
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {one.name for one in tmp_path.iterdir()} == {"a.mp4", "video0.mp4", "video1.mp4"}


def test_a_text_is_shown_from_its_start_up_to_its_end(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(30, SIZE))
    overlays = [
        Overlay("Hi", start=10 / 30, end=20 / 30),
        Overlay("Hi", start=0.34),
        Overlay("Hi", end=5 / 30),
        Overlay("Hi", end=99.0),
    ]
    shown = [
        np.flatnonzero(written(path, source)) for path in made(overlay_video(source, tmp_path, overlays))
    ]
    assert [(one[0], one[-1], len(one)) for one in shown] == [
        (10, 19, 10),
        (11, 29, 19),
        (0, 4, 5),
        (0, 29, 30),
    ]


def test_a_text_is_designed_for_what_is_behind_it_while_it_is_shown(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", [plain(SIZE, 5)] * 15 + [plain(SIZE, 250)] * 15)
    dark, bright = made(overlay_video(source, tmp_path, [Overlay("Hi", end=0.5), Overlay("Hi", start=0.5)]))
    assert pictures(dark)[7].max() > 240
    assert pictures(bright)[22].min() < 60
    folder = tmp_path / "alone"
    folder.mkdir()
    alone = film(tmp_path / "b.mp4", [plain(SIZE, 250)] * 15)
    (same,) = made(overlay_video(alone, folder, [Overlay("Hi")]))
    assert np.abs(pictures(bright)[22] - pictures(same)[7]).mean() < 2


def test_one_bad_text_does_not_spoil_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(design: Design, time: float) -> list[Patch]:
        if design.start == 0.0 and time > 0.2:
            raise RuntimeError("a mistake of ours")
        return [design.patch]

    monkeypatch.setattr(Design, "shown", broken)
    source = film(tmp_path / "a.mp4", scene(15, SIZE))
    overlays = [
        Overlay("Good"),
        Overlay("Bad", font="no such font"),
        Overlay("Late", start=3.0),
        Overlay("Broken", start=0.0),
        Overlay("Good, too"),
    ]
    first, bad, late, broken_one, last = overlay_video(source, tmp_path, overlays)
    assert isinstance(bad, InputError)
    assert isinstance(late, InputError)
    assert isinstance(broken_one, InputError)
    codes = [bad.code, late.code, broken_one.code]
    assert codes == [ErrorCode.FONT_NOT_FOUND, ErrorCode.OVERLAY_NEVER_SHOWN, ErrorCode.INTERNAL_ERROR]
    assert (first, last) == (tmp_path / "video0.mp4", tmp_path / "video4.mp4")
    assert all(written(path, source).all() for path in (tmp_path / "video0.mp4", tmp_path / "video4.mp4"))
    assert {one.name for one in tmp_path.iterdir()} == {"a.mp4", "video0.mp4", "video4.mp4"}


def test_a_mistake_in_designing_one_ends_that_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(name: str) -> object:
        if name == "Anton":
            raise RuntimeError("a mistake of ours")
        return look.find_look(name)

    monkeypatch.setattr(overlaying, "find_look", failing)
    source = film(tmp_path / "a.mp4", scene(5, SIZE))
    bad, good = overlay_video(source, tmp_path, [Overlay("Hi", font="Anton"), Overlay("Hi")])
    assert isinstance(bad, InputError)
    assert bad.code is ErrorCode.INTERNAL_ERROR
    assert good == tmp_path / "video1.mp4"
    assert written(tmp_path / "video1.mp4", source).all()


def test_where_every_text_is_bad_there_is_no_film(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(5, SIZE))
    outcomes = overlay_video(source, tmp_path, [Overlay("Late", start=3.0)])
    assert isinstance(outcomes[0], InputError)
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("kind", ["rotated", "odd", "vfr", "hdr", "one frame", "late"])
def test_films_of_every_kind(tmp_path: Path, kind: str) -> None:
    source, size, times = tmp_path / "a.mp4", SIZE, None
    match kind:
        case "rotated":
            film(source, scene(8, SIZE[::-1]), rotation=90)
        case "odd":
            film(source, scene(8, (215, 383)), pix_fmt="yuv444p")
        case "vfr":
            times = [0, 1, 5, 6, 20, 21, 22, 40]
            film(source, greys(8, SIZE), times=times)
        case "hdr":
            film(source, greys(8, SIZE), codec="libx265", pix_fmt="yuv420p10le", tags=HDR)
        case "one frame":
            film(source, scene(1, SIZE))
        case _:
            film(source, scene(8, SIZE), times=[30 + number for number in range(8)])
    before = inspect(source)
    wished = Overlay("Hello there", position="top", color="#00ff00", background="none", stroke=False)
    (path,) = made(overlay_video(source, tmp_path, [wished]))
    after = inspect(path)
    assert after.size == before.size == size
    assert np.allclose(after.times, before.times, atol=1e-3)
    assert after.hdr is None
    assert after.sound is None
    for seen in pictures(path):
        letters = (seen[..., 1] > 190) & (seen[..., 0] < 90) & (seen[..., 2] < 90)
        rows = np.flatnonzero(letters.any(axis=1))
        assert 0.14 * SIZE[1] - 2 <= rows[0] < 0.2 * SIZE[1]
        assert rows[-1] < 0.4 * SIZE[1]


def test_limits_and_unreadable_films_are_told_before_anything_is_made(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", scene(45, (96, 160)))
    with pytest.raises(InputError) as raised:
        overlay_video(source, tmp_path, [Overlay("Hi")], limits=Limits(seconds=0.5))
    assert raised.value.code is ErrorCode.VIDEO_TOO_LONG
    broken = tmp_path / "b.mp4"
    broken.write_bytes(source.read_bytes()[:500])
    with pytest.raises(InputError) as raised:
        overlay_video(broken, tmp_path, [Overlay("Hi")])
    assert {one.name for one in tmp_path.iterdir()} == {"a.mp4", "b.mp4"}


def test_a_colour_is_the_one_that_is_given_in_the_film(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", [plain(SIZE, 20)] * 3, time_base=Fraction(1, 10))
    (path,) = made(overlay_video(source, tmp_path, [Overlay("MMM", color="#ff6a00", size=90, font="Anton")]))
    near = np.abs(pictures(path)[1] - [0xFF, 0x6A, 0x00]).max(axis=2) < 12
    assert near.sum() > 1500


BACKGROUNDS = {
    "bright": [plain(SIZE, 235)],
    "dark": [plain(SIZE, 25)],
    "grey": [plain(SIZE, 128)],
    "busy": [noise(SIZE, 12, 2)],
    "soft": [noise(SIZE, 80, 4)],
    "changing": [plain(SIZE, level) for level in (20, 90, 160, 240)],
    "person": [astronaut(SIZE)],
}


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_letters_contrast_with_what_is_around_them_in_the_film_that_is_made(
    tmp_path: Path, name: str
) -> None:
    frames = [picture for picture in BACKGROUNDS[name] for _ in range(6)]
    source = film(tmp_path / "a.mp4", frames)
    text = Overlay("Summer sale")
    (path,) = made(overlay_video(source, tmp_path, [text]))
    described = inspect(source)
    seen = glances(source, described)
    (design,) = design_all([text], described, lambda *_: survey(seen, SIZE[0]))
    assert isinstance(design, Design)
    mask = letters(frames[0], design)
    near = cv2.dilate((mask > 0.02).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    near &= ~cv2.dilate((mask > 0.02).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    for picture in pictures(path)[::5]:
        inside, around = float(np.median(light(picture[mask > 0.99]))), light(picture[near])
        contrast = (np.maximum(inside, around) + 0.05) / (np.minimum(inside, around) + 0.05)
        assert np.median(contrast) >= 4.5
        assert np.percentile(contrast, 10) >= 3.0
