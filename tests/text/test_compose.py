from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.text.compose import Placed, compose, grouped, wiped
from morgana.text.geometry import Box
from morgana.text.sprite import plate_sprite, sprite
from morgana.text.style import Plate, Style
from morgana.video.patch import Patch

RED = plate_sprite(Plate("#ff0000", 0, 0), 40, 20, 10)
BLUE = plate_sprite(Plate("#0000ff", 0, 0), 40, 20, 10)


def on_frame(patch: Patch | None, width: int = 200, height: int = 100) -> NDArray[np.uint8]:
    frame = np.zeros((height, width, 4), np.uint8)
    if patch:
        h, w = patch.rgba.shape[:2]
        frame[patch.y : patch.y + h, patch.x : patch.x + w] = patch.rgba
    return frame


def drawn(*placed: Placed) -> NDArray[np.uint8]:
    return on_frame(compose(200, 100, placed))


def box(frame: NDArray[np.uint8], above: int = 127) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(frame[..., 3] > above)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_sprite_lies_where_it_is_placed_pixel_for_pixel() -> None:
    word = sprite("Word", Style("Pacifico"), 40)
    frame = drawn(Placed(word, 50, 60))
    height, width = word.rgba.shape[:2]
    top, left = 60 + word.top, 50 + word.left
    assert np.array_equal(frame[top : top + height, left : left + width], word.rgba)


def test_between_pixels_it_stays_as_sharp() -> None:
    word = sprite("Word", Style("Pacifico"), 40)
    assert np.array_equal(drawn(Placed(word, 50.3, 59.6)), drawn(Placed(word, 50, 60)))


def test_the_last_lies_on_top() -> None:
    frame = drawn(Placed(RED, 50, 50), Placed(BLUE, 60, 50))
    assert frame[60, 55].tolist() == [255, 0, 0, 255]
    assert frame[60, 75].tolist() == [0, 0, 255, 255]


def test_the_same_places_give_the_same_object() -> None:
    first = compose(200, 100, [Placed(RED, 50, 50)])
    assert compose(200, 100, [Placed(RED, 50, 50)]) is first
    assert compose(200, 100, [Placed(RED, 51, 50)]) is not first


def test_a_patch_is_as_small_as_what_is_on_it() -> None:
    patch = compose(200, 100, [Placed(RED, 50, 50)])
    assert patch is not None
    assert patch.rgba.size <= 44 * 24 * 4


def test_scaling_and_turning_are_about_the_pivot() -> None:
    assert box(drawn(Placed(RED, 50, 40, scale_x=2, scale_y=2, pivot=(20, 10)))) == (30, 30, 110, 70)
    assert box(drawn(Placed(RED, 50, 40, rotation=90, pivot=(20, 10)))) == (60, 30, 80, 70)
    assert box(drawn(Placed(RED, 50, 40, scale_x=0.5))) == (50, 40, 70, 60)


def test_opacity_is_alpha() -> None:
    assert drawn(Placed(RED, 50, 50, opacity=0.5))[60, 70].tolist() == pytest.approx([128, 0, 0, 128], abs=1)


def test_a_blur_spreads_without_being_cut() -> None:
    frame = drawn(Placed(RED, 80, 40, blur=5))
    assert frame[50, 76, 3] > 10
    sharp = drawn(Placed(RED, 80, 40))
    assert frame[..., 3].sum() == pytest.approx(sharp[..., 3].sum(), rel=0.02)


def test_only_the_clip_is_shown() -> None:
    assert box(drawn(Placed(RED, 50, 50, clip=Box(10, 5, 30, 40)))) == (60, 55, 80, 70)


def test_a_wipe_shows_a_word_from_where_it_is_read() -> None:
    left = sprite("oooo", Style("Anton"), 60)
    right = sprite("סססס", Style("Heebo"), 60)
    for share in (0.25, 0.5, 0.75):
        start, _, end, _ = box(drawn(wiped(Placed(left, 20, 70), share)))
        assert start < 24
        assert end == pytest.approx(20 + left.advance * share, abs=5)
        start, _, end, _ = box(drawn(wiped(Placed(right, 20, 70), share)))
        assert end > 20 + right.advance - 6
        assert start == pytest.approx(20 + right.advance * (1 - share), abs=7)


def test_a_whole_wipe_shows_all_and_none_shows_nothing() -> None:
    word = Placed(sprite("fjord", Style("Pacifico"), 50), 40, 70)
    assert np.array_equal(drawn(wiped(word, 1.0)), drawn(word))
    assert compose(200, 100, [wiped(word, 0.0)]) is None


def test_what_lies_outside_of_the_frame_is_not_drawn() -> None:
    patch = compose(200, 100, [Placed(RED, 180, 90)])
    assert patch is not None
    assert (patch.x + patch.rgba.shape[1], patch.y + patch.rgba.shape[0]) == (200, 100)
    assert compose(200, 100, [Placed(RED, 300, 50)]) is None
    assert compose(200, 100, [Placed(RED, 50, 50, opacity=0)]) is None
    assert compose(200, 100, []) is None


def test_a_group_looks_as_its_parts_do() -> None:
    parts = [
        Placed(RED, 50.4, 50),
        Placed(BLUE, 60, 55.7),
        Placed(sprite("Word", Style("Pacifico"), 40), 20, 60),
    ]
    group = grouped(parts)
    assert group is not None
    assert np.array_equal(drawn(group), drawn(*parts))


def test_a_group_fades_as_one_picture() -> None:
    group = grouped([Placed(RED, 50, 50), Placed(BLUE, 60, 50)])
    assert group is not None
    pixel = drawn(replace(group, opacity=0.5))[60, 75].tolist()
    assert pixel == pytest.approx([0, 0, 128, 128], abs=1)  # no red through the blue


def test_a_group_turns_as_one_picture() -> None:
    group = grouped([Placed(RED, 50, 40), Placed(BLUE, 90, 40)])
    assert group is not None
    frame = drawn(replace(group, rotation=90, pivot=(90, 50)))
    assert box(frame) == (80, 10, 100, 90)
    assert frame[30, 90].tolist() == [255, 0, 0, 255]
    assert frame[70, 90].tolist() == [0, 0, 255, 255]


def test_a_group_keeps_what_is_outside_of_the_frame_for_when_it_comes_in() -> None:
    group = grouped([Placed(RED, 180, 50)])
    assert group is not None
    assert box(drawn(replace(group, x=-100))) == (80, 50, 120, 70)


def test_the_same_group_is_made_once_and_of_nothing_there_is_none() -> None:
    first, again = (grouped([Placed(RED, 50, 50)]) for _ in range(2))
    assert first is not None
    assert again is not None
    assert again.sprite is first.sprite
    assert grouped([]) is None
    assert grouped([Placed(RED, 50, 50, opacity=0)]) is None


def test_what_is_scaled_to_nothing_is_not_drawn() -> None:
    assert compose(200, 100, [Placed(RED, 50, 50, scale_x=0.0)]) is None
    thin = drawn(Placed(RED, 50, 50, scale_y=0.01), Placed(BLUE, 100, 50, scale_x=0.0))
    assert not thin[..., 2].any()


def test_a_turned_sprite_is_clipped_in_its_own_pixels() -> None:
    turned = drawn(Placed(RED, 60, 50, rotation=90, clip=Box(0, 0, 10, 40)))
    assert box(turned) == (40, 50, 60, 60)
