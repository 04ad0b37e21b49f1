"""A few pictures of a film."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from av.video.reformatter import ColorRange

from morgana.video import glance
from morgana.video.colour import Tags
from morgana.video.film import Opened, inspect
from morgana.video.glance import COUNT, LONGER_SIDE, Glance, glances
from tests.video.filming import CORNERS, corners, film, greys

STILL = {"g": "12", "bf": "2"}


def seen(path: Path, start: float | None = None, end: float | None = None) -> list[Glance]:
    return glances(path, inspect(path), start=start, end=end)


def number(one: Glance) -> float:
    """Which picture of `greys` it is."""
    return (float(one.rgb.mean()) - 40) / 3


def test_glances_are_spread_over_the_film_and_are_the_frames_of_their_times(tmp_path: Path) -> None:
    found = seen(film(tmp_path / "a.mp4", greys(64)))
    times = [one.time for one in found]
    assert len(found) == COUNT
    assert times == sorted(set(times))
    assert times[0] == 0
    assert times[-1] == pytest.approx(63 / 30, abs=0.001)
    assert max(np.diff(times)) < 0.25
    for one in found:
        assert number(one) == pytest.approx(one.time * 30, abs=0.8)


def test_a_short_film_is_seen_whole(tmp_path: Path) -> None:
    assert [round(number(one)) for one in seen(film(tmp_path / "a.mp4", greys(5)))] == [0, 1, 2, 3, 4]


def test_glances_lie_in_the_span(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(60), options=STILL)
    for start, end in ((0.5, 1.0), (0.0, 0.1), (1.9, 3.0), (29 / 30, 30 / 30)):
        found = seen(path, start=start, end=end)
        assert found
        assert all(start - 0.001 <= one.time < end for one in found)
        assert all(number(one) == pytest.approx(one.time * 30, abs=0.8) for one in found)
    assert seen(path, start=2.5, end=3.0) == []


@pytest.mark.parametrize(
    ("frames", "keyframes", "most", "widest"),
    [
        (290, 600, 290, 0.7),  # all that there is to go through
        (600, 600, 300, 10.5),  # as far as it may go: there is no second place to enter at
        (900, 250, 300, 8.0),
        (900, 30, 17, 2.6),  # those at which it can be entered are near enough
    ],
)
def test_no_more_is_gone_through_than_a_few_hundred_frames_and_every_part_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: int, keyframes: int, most: int, widest: float
) -> None:
    gone = 0

    def counting(reel: Opened) -> Iterator[object]:
        nonlocal gone
        for packet in reel.container.demux(reel.video):
            gone += 1
            yield from packet.decode()

    monkeypatch.setattr(glance, "read", counting)
    options = {"g": str(keyframes), "sc_threshold": "0"}
    found = seen(film(tmp_path / "a.mp4", (greys(50) * 18)[:frames], options=options))
    times = [one.time for one in found]
    assert len(found) == COUNT
    assert times == sorted(set(times))
    assert times[0] == 0
    assert max(np.diff([*times, frames / 30])) < widest
    assert gone <= most + 12 * COUNT  # decoders hold some back, to put them in order
    for one in found:
        assert number(one) == pytest.approx(one.time * 30 % 50, abs=1)


def test_what_comes_late_in_a_film_that_can_be_entered_at_its_start_alone_is_seen(tmp_path: Path) -> None:
    pictures = [np.full((160, 96, 3), 40, np.uint8) for _ in range(290)]
    for picture in pictures[250:]:
        picture[40:80, 20:60] = 230
    found = seen(film(tmp_path / "a.mp4", pictures, options={"g": "600", "sc_threshold": "0"}))
    bright = [one.time for one in found if one.rgb[45:75, 25:55].mean() > 200]
    assert len(bright) >= 2
    assert min(bright) >= 250 / 30 - 0.001
    assert max(one.rgb[45:75, 25:55].mean() for one in found if one.time < 8.3) < 60


def test_a_span_far_from_where_the_film_can_be_entered_is_seen_whole(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", greys(50) * 12, options={"g": "600", "sc_threshold": "0"})
    times = [one.time for one in seen(path, start=15.0, end=19.0)]
    assert len(times) == COUNT
    assert times[0] == pytest.approx(15.0, abs=0.15)
    assert times[-1] == pytest.approx(19.0, abs=0.2)
    assert max(np.diff(times)) < 0.5
    for end in (
        17.5,
        17.5 + 1 / 30,
        17.5 + 2 / 30,
    ):  # frames that others are predicted from, and such as are not
        assert all(15.0 - 0.001 <= one.time < end for one in seen(path, start=15.0, end=end))


def test_many_places_to_enter_at_are_enough(tmp_path: Path) -> None:
    found = seen(film(tmp_path / "a.mp4", greys(64) * 3, options=STILL))
    assert len(found) >= 12
    assert found[-1].time > 6.0


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_glances_are_upright_and_small(tmp_path: Path, rotation: int) -> None:
    stored = np.rot90(corners((600, 1000)), rotation // 90)
    (one, *_) = seen(film(tmp_path / "a.mp4", [stored] * 2, rotation=rotation))
    assert one.rgb.shape == (LONGER_SIDE, 288, 3)
    for (row, column), colour in CORNERS.items():
        part = one.rgb[40 + 240 * row : 200 + 240 * row, 20 + 144 * column : 120 + 144 * column]
        assert np.abs(part.mean(axis=(0, 1)) - colour).max() < 6


@pytest.mark.parametrize("tags", [Tags(2, 2, 2, 1), Tags(1, 1, 1, ColorRange.JPEG), Tags(6, 6, 6, 1)])
def test_colours_are_those_that_a_viewer_sees(tmp_path: Path, tags: Tags) -> None:
    pix_fmt = "yuvj420p" if tags.range == ColorRange.JPEG else "yuv420p"
    size = (640, 1000) if tags.matrix == 2 else (96, 160)
    (one,) = seen(film(tmp_path / "a.mp4", [corners(size)], tags=tags, pix_fmt=pix_fmt))
    height, width = one.rgb.shape[:2]
    for (row, column), colour in CORNERS.items():
        part = one.rgb[height * (1 + 2 * row) // 4, width * (1 + 2 * column) // 4]
        assert np.abs(part.astype(int) - colour).max() < 6


def test_high_dynamic_range_is_seen_as_it_is_burnt(tmp_path: Path) -> None:
    tags = Tags(9, 16, 9, ColorRange.MPEG)
    path = film(
        tmp_path / "a.mp4",
        [np.full((160, 96, 3), 148, np.uint8)],
        codec="libx265",
        pix_fmt="yuv420p10le",
        tags=tags,
    )
    (one,) = seen(path)
    # PQ 58 % is the reference white of ITU-R BT.2408, 203 cd/m2.
    assert one.rgb.mean() > 200
