"""Blurring, scaling and turning, against the same done slowly and exactly."""

import cv2
import numpy as np
import pytest
import skia
from numpy.typing import NDArray

from morgana.text.geometry import Box
from morgana.text.resampling import TAIL, blurred, warped


def shape(height: int, width: int) -> NDArray[np.uint8]:
    """A ring and a bar, with hard edges."""
    picture = np.zeros((height, width), np.uint8)
    cv2.circle(picture, (width // 3, height // 2), height // 4, 255, 9)
    picture[height // 3 : height // 2, width // 2 :] = 255
    return picture


def exactly(picture: NDArray[np.uint8], deviation: float, margin: int) -> NDArray[np.float32]:
    spread = np.pad(picture.astype(np.float32), margin)
    reach = 2 * round(5 * deviation) + 1
    return np.asarray(cv2.GaussianBlur(spread, (reach, reach), deviation), np.float32)


@pytest.mark.parametrize("deviation", [0.7, 3.0, 5.0, 6.5, 10.0, 15.0, 20.0, 33.0])
@pytest.mark.parametrize("size", [(120, 200), (97, 151)])
def test_a_blur_is_gaussian_and_stays_in_its_place(deviation: float, size: tuple[int, int]) -> None:
    picture, margin = shape(*size), round(TAIL * deviation)
    small, matrix = blurred(picture, deviation)
    box = Box(-margin, -margin, size[1] + margin, size[0] + margin)
    off = np.abs(warped(small, matrix, box) - exactly(picture, deviation, margin))
    assert off.max() < 5
    assert off.mean() < 1


def test_no_blur_changes_nothing() -> None:
    picture = shape(60, 80)
    same, matrix = blurred(picture, 0.0)
    assert np.array_equal(warped(same, matrix, Box(0, 0, 80, 60)), picture)


def test_a_wide_blur_is_made_small() -> None:
    wide, _ = blurred(shape(400, 400), 32.0)
    assert wide.size < 400 * 400 / 16


def test_whole_pixels_and_quarter_turns_are_exact() -> None:
    picture = np.dstack([shape(60, 80)] * 4)
    moved = warped(picture, skia.Matrix.Translate(7, -3), Box(0, 0, 90, 60))
    assert np.array_equal(moved[:57, 7:87], picture[3:])
    assert not moved[57:].any()
    turned = warped(picture, skia.Matrix.RotateDeg(90), Box(-60, 0, 0, 80))
    assert np.array_equal(turned, np.rot90(picture, -1))


def test_what_is_twice_as_large_has_its_edges_twice_as_far() -> None:
    picture = np.zeros((40, 40), np.uint8)
    picture[10:20, 10:30] = 255
    large = warped(picture, skia.Matrix.Scale(2, 2), Box(0, 0, 80, 80))
    rows, columns = np.nonzero(large > 127)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (20, 40, 20, 60)


@pytest.mark.parametrize("scale", [(0.23, 0.23), (0.1, 1.0), (1.0, 0.3), (-0.2, 0.2)])
def test_no_pixel_is_skipped_where_a_picture_gets_small(scale: tuple[float, float]) -> None:
    columns = np.arange(256) % 4 == 0
    comb = np.where(columns | columns[:, None], 255, 0).astype(np.uint8)
    comb[:, 2::4] = 0 if scale[0] == 1.0 else comb[:, 2::4]
    small = warped(comb, skia.Matrix.Scale(*scale), Box(-400, 0, 400, 400))
    assert small.sum() == pytest.approx(comb.sum() * abs(scale[0] * scale[1]), rel=0.05)
