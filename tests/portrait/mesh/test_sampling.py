"""Sampling a layer and laying it over another gives what OpenCV's bicubic sampling and blending give."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait.mesh.sampling import FAR, NOWHERE, lay_over, prepare

HEIGHT, WIDTH = 60, 90


def _layer(seed: int = 0) -> NDArray[np.uint8]:
    """Sharp detail, with soft, empty and full parts; no colour is brighter than its alpha."""
    generator = np.random.default_rng(seed)
    alpha = np.clip(np.linspace(-200, 500, WIDTH), 0, 255)[None].repeat(HEIGHT, 0)
    colour = generator.integers(0, 256, (HEIGHT, WIDTH, 3)) * (alpha[..., None] / 255)
    return np.dstack([colour, alpha]).astype(np.uint8)


def _drawn(
    layer: NDArray[np.uint8], map_x: NDArray[np.float32], map_y: NDArray[np.float32], plate: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    frame, depth = plate.copy(), np.zeros(map_x.shape, np.float32)
    lay_over(prepare(layer), map_x.copy(), map_y.copy(), depth, plate, frame, 0, 0)
    return frame


def _expected(
    layer: NDArray[np.uint8], map_x: NDArray[np.float32], map_y: NDArray[np.float32], plate: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """At positions that are rounded to a 32nd of a pixel."""
    x, y = (np.round(32 * positions) / 32 for positions in (map_x, map_y))
    person = cv2.remap(layer, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.int64)
    under = (plate * (255 - person[..., 3:]) + 127) // 255
    return np.asarray(np.minimum(person[..., :3] + under, 255), np.int64)


def _plate() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


@pytest.mark.parametrize(
    ("right", "down", "scale"), [(0, 0, 1), (0.3, -0.7, 1), (-40, 12.4, 1.3), (5, 5, 0.4)]
)
def test_it_is_bicubic_and_goes_on_beyond_the_edge(right: float, down: float, scale: float) -> None:
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    map_x, map_y = scale * x + right, scale * y + down
    layer, plate = _layer(), _plate()
    difference = np.abs(_drawn(layer, map_x, map_y, plate) - _expected(layer, map_x, map_y, plate))
    assert difference.max() <= 2
    assert difference.mean() < 0.1


def test_where_nothing_moves_the_layer_is_as_it_was() -> None:
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    layer = _layer()
    layer[..., 3] = 255
    assert (_drawn(layer, x, y, _plate()) == layer[..., :3]).all()


def test_bright_detail_beside_dark_keeps_its_colour() -> None:
    """The most that weights with and without a sign add up to stays within its part of the integer."""
    layer = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    layer[..., 0] = 255 * (np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2)
    layer[..., 2] = 255 - layer[..., 0]
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    drawn = _drawn(layer, x + np.float32(0.5), y + np.float32(0.25), _plate())
    assert np.abs(drawn - _expected(layer, x + np.float32(0.5), y + np.float32(0.25), _plate())).max() <= 1
    assert (drawn[..., 1] == 255).all()


def test_what_no_triangle_covers_is_left_and_known_to_be_nowhere() -> None:
    plate, depth = _plate(), np.full((10, 20), FAR, np.float32)
    depth[:, :10] = 3
    map_x, map_y = np.full((10, 20), 80, np.float32), np.full((10, 20), 30, np.float32)
    frame = plate.copy()
    lay_over(prepare(_layer()), map_x, map_y, depth, plate, frame, 7, 30)
    changed = (frame != plate).any(axis=2)
    assert changed[7:17, 30:40].all()
    assert changed.sum() == 100
    assert (map_x[:, 10:] == NOWHERE).all()
    assert (map_x[:, :10] == 80).all()
