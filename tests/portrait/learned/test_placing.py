"""How the canvas comes to lie in a frame: where it belongs, steady, with edges as a photograph has them."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait.learned.canvas import HEIGHT, WIDTH
from morgana.portrait.learned.placing import SOFTNESS, place

Plane = NDArray[np.float32]


def to_frame(scale: float, right: float = 0.0, down: float = 0.0) -> NDArray[np.float64]:
    return np.array([[scale, 0, right], [0, scale, down]])


def placed(plane: Plane, scale: float, right: float = 0.0) -> Plane:
    size = round(WIDTH * scale), round(HEIGHT * scale)
    return place(np.repeat(plane[..., None], 3, axis=2), to_frame(scale, right), *size)[..., 0]


@pytest.mark.parametrize("scale", [0.2, 0.4, 0.67, 1.0, 1.8])
def test_what_is_painted_lies_where_it_belongs(scale: float) -> None:
    disc = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.circle(disc, (70, 50), 20, 1.0, -1, cv2.LINE_AA)
    seen = placed(cv2.GaussianBlur(disc, (0, 0), SOFTNESS), scale, right=0.3)
    rows, columns = np.indices(seen.shape)
    middle = [(seen * axis).sum() / seen.sum() for axis in (columns, rows)]
    assert middle == pytest.approx([70 * scale + 0.3, 50 * scale], abs=0.05)


@pytest.mark.parametrize("scale", [0.4, 0.67])
def test_a_small_picture_does_not_flicker_as_the_head_moves_by_parts_of_a_pixel(scale: float) -> None:
    """Stripes too fine for its pixels come out as grey, wherever these fall, and not as bars."""
    stripes = 0.5 + 0.5 * np.sin(2 * np.pi / (1.3 / scale) * np.arange(WIDTH, dtype=np.float32))
    plane = np.repeat(stripes[None].astype(np.float32), HEIGHT, axis=0)
    for right in (0.0, 0.25, 0.5):
        assert np.std(placed(plane, scale, right)) < 0.3


@pytest.mark.parametrize("scale", [1.0, 1.8])
def test_soft_edges_become_steep_and_get_no_rim(scale: float) -> None:
    step = np.zeros((HEIGHT, WIDTH), np.float32)
    step[:, WIDTH // 2 :] = 1
    soft = cv2.GaussianBlur(step, (0, 0), SOFTNESS)
    seen = placed(soft, scale)
    plain = cv2.resize(soft, seen.shape[::-1], interpolation=cv2.INTER_CUBIC)
    assert np.diff(seen, axis=1).max() > 1.4 * np.diff(plain, axis=1).max()
    assert seen.min() > -0.01
    assert seen.max() < 1.01


def test_a_small_picture_is_as_sharp_as_its_pixels_allow() -> None:
    step = np.zeros((HEIGHT, WIDTH), np.float32)
    step[:, WIDTH // 2 :] = 1
    seen = placed(cv2.GaussianBlur(step, (0, 0), SOFTNESS), 0.4)
    assert np.diff(seen, axis=1).max() > 0.7


@pytest.mark.parametrize("scale", [0.05, 0.01])
def test_the_smallest_mouth_has_its_mean_colour(scale: float) -> None:
    seen = place(np.full((HEIGHT, WIDTH, 3), 0.6, np.float32), to_frame(scale), 3, 2)
    assert seen.shape == (2, 3, 3)
    assert seen == pytest.approx(np.full_like(seen, 0.6), abs=1e-3)


def test_edges_are_steeper_where_the_photo_has_more_detail_than_the_canvas() -> None:
    """By their width in pixels of the canvas."""
    step = np.zeros((HEIGHT, WIDTH), np.float32)
    step[:, WIDTH // 2 :] = 1
    soft = cv2.GaussianBlur(step, (0, 0), SOFTNESS)
    own, twice = (scale * np.diff(placed(soft, scale), axis=1).max() for scale in (1.0, 2.0))
    assert twice > 1.05 * own
