"""The eyeball: its iris moves, its white stays white."""

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait.mesh.eyeball import LARGEST_SHIFT, build_eyeball, iris_shift, paint_eyeball
from morgana.portrait.mesh.holes import Box

UNIT = 100.0
IRIS = np.array([[60.0, 40], [67, 40], [60, 33], [53, 40], [60, 47]])
OUTLINE = np.array([[40.0, 40], [50, 33], [60, 31], [70, 33], [80, 40], [70, 47], [60, 49], [50, 47]])
STILL = np.array([[1.0, 0, 0], [0, 1, 0]])


def drawn_eye() -> NDArray[np.uint8]:
    """A brown iris on white, in skin."""
    rgb = np.full((80, 120, 3), (210, 160, 130), np.uint8)
    y, x = np.mgrid[:80, :120]
    rgb[(np.abs(x - 60) < 20) & (np.abs(y - 40) < 8)] = (235, 235, 235)
    rgb[np.hypot(x - 60, y - 40) < 7] = (60, 40, 30)
    return rgb


def iris_centre(image: NDArray[np.float32]) -> NDArray[np.float64]:
    dark = np.argwhere(image.mean(axis=2) < 120)
    return np.asarray(dark.mean(axis=0)[::-1])


def test_an_unturned_eye_is_the_photo() -> None:
    rgb = drawn_eye()
    eye = build_eyeball(rgb, OUTLINE, IRIS, UNIT)
    painted = paint_eyeball(eye, Box(52, 36, 17, 9), STILL, np.zeros(2))
    assert np.abs(painted - rgb[36:45, 52:69]).max() < 3


@pytest.mark.parametrize("shift", [(5.0, 0.0), (-5.0, 0.0), (0.0, 2.0)])
def test_the_iris_moves_whole_and_leaves_white_behind(shift: tuple[float, float]) -> None:
    eye = build_eyeball(drawn_eye(), OUTLINE, IRIS, UNIT)
    box = Box(40, 30, 40, 20)
    rest = iris_centre(paint_eyeball(eye, box, STILL, np.zeros(2)))
    moved = iris_centre(paint_eyeball(eye, box, STILL, np.array(shift)))
    assert np.allclose(moved - rest, shift, atol=0.8)


def test_what_the_lids_covered_continues_the_eye_not_the_skin() -> None:
    eye = build_eyeball(drawn_eye(), OUTLINE, IRIS, UNIT)
    above = paint_eyeball(eye, Box(70, 29, 4, 2), STILL, np.zeros(2))
    assert np.ptp(above.mean(axis=(0, 1))) < 40  # skin differs by 80 between its channels


def test_the_shift_grows_with_the_gaze_up_to_a_limit() -> None:
    axes = np.eye(3)
    assert iris_shift(np.array([10.0, 0]), axes, UNIT)[0] == pytest.approx(3.3, abs=0.1)
    assert iris_shift(np.array([0.0, 10]), axes, UNIT)[1] < 0
    assert np.hypot(*iris_shift(np.array([80.0, 40]), axes, UNIT)) == pytest.approx(LARGEST_SHIFT * UNIT)
