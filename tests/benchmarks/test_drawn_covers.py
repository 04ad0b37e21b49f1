"""What is drawn before a face hides what it is said to hide, and nothing far from it."""

import numpy as np
import pytest
from drawn_covers import DRAWERS, LIPS, before, hidden, scene
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm

RNG = np.random.default_rng(0)


@pytest.fixture
def marks() -> NDArray[np.float64]:
    """A face whose eyes are 60 pixels apart, lips about (128, 160)."""
    made = RNG.uniform((120, 152), (136, 168), (478, 2))
    made[[lm.RIGHT_IRIS[0], lm.LEFT_IRIS[0]]] = (98, 90), (158, 90)
    angle = np.linspace(0, 2 * np.pi, len(LIPS), endpoint=False)
    made[LIPS] = np.column_stack([128 + 24 * np.cos(angle), 160 + 9 * np.sin(angle)])
    return made


@pytest.mark.parametrize("name", [name for name in DRAWERS if not name.endswith("mask")])
def test_a_cover_hides_the_lips_it_is_held_before_alone(name: str, marks: NDArray[np.float64]) -> None:
    rgb = np.full((256, 256, 3), 150, np.uint8)
    place = scene(rgb, marks, RNG)
    over = DRAWERS[name](place, 0.0, 0.0, RNG)
    assert hidden(over, place) > 0.25
    aside = DRAWERS[name](place, 0.0, 1.6, RNG)
    assert hidden(aside, place) == 0
    shown = before(rgb, over, place, RNG)
    assert (shown[:40, :40] == rgb[:40, :40]).all()
    assert np.abs(shown[150:170, 118:138].astype(int) - 150).max() > 20
