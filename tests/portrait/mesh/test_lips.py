"""Lips: closing is exact, opening is as far as asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from morgana.portrait.mesh.lips import Lips, fit_weights, jaw_turn, move_lips
from morgana.portrait.performance import Action

HINGE = np.array([0.0, -0.95, 1.05])


def mouth(gap: float) -> Lips:
    """A mouth of mean width whose inner lips stand `gap` apart in the photo."""
    across = np.linspace(-1, 1, 11)
    openness = 1 - np.abs(across) ** 2.4
    rings = np.arange(4)[:, None] * 0.05
    x = np.broadcast_to(across * 0.35, (4, 11))
    upper = np.stack([x, -rings * openness - gap / 2 * openness, np.zeros((4, 11))], axis=2)
    lower = np.stack([x, rings * openness + gap / 2 * openness, np.zeros((4, 11))], axis=2)
    return Lips(upper, lower, openness, across)


def weights(**actions: float) -> NDArray[np.float64]:
    w = np.zeros(len(Action))
    for name, value in actions.items():
        w[Action[name]] = value
    return w


def inner_gap(lips: Lips, w: NDArray[np.float64]) -> NDArray[np.float64]:
    upper, lower = move_lips(lips, w, HINGE)
    return np.asarray((lips.lower + lower)[0] - (lips.upper + upper)[0])


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=len(Action), max_size=len(Action)), st.sampled_from([0.0, 0.2]))
def test_closed_is_closed_whatever_else_the_face_does(values: list[float], gap: float) -> None:
    w = np.array(values)
    w[Action.MOUTH_CLOSE] = 1
    assert np.abs(inner_gap(mouth(gap), w)).max() < 1e-9


def test_the_photos_own_opening_is_taken_away() -> None:
    assert np.abs(inner_gap(mouth(0.25), weights())).max() < 1e-9


def test_the_jaw_parts_the_lips_by_its_drop() -> None:
    assert inner_gap(mouth(0.0), weights(JAW_OPEN=0.5))[5, 1] == pytest.approx(0.225, abs=0.02)


def test_the_gap_grows_with_the_jaw_and_shrinks_with_closing() -> None:
    gaps = [inner_gap(mouth(0.0), weights(JAW_OPEN=j))[5, 1] for j in (0.1, 0.3, 0.6, 1.0)]
    assert gaps == sorted(gaps)
    half = inner_gap(mouth(0.0), weights(JAW_OPEN=0.6, MOUTH_CLOSE=0.5))[5, 1]
    assert half == pytest.approx(gaps[2] / 2, rel=0.02)


def test_for_f_the_lower_lip_rises_to_the_upper_teeth() -> None:
    assert inner_gap(mouth(0.0), weights(JAW_OPEN=0.4, MOUTH_ROLL_LOWER=1))[5, 1] < 0.08


def test_the_corners_stay_joined() -> None:
    gap = inner_gap(mouth(0.1), weights(JAW_OPEN=0.7, MOUTH_FUNNEL=0.5, MOUTH_SMILE_LEFT=0.6))
    assert np.abs(gap[[0, -1]]).max() < 1e-9


def test_a_small_mouth_opens_less() -> None:
    small = mouth(0.0)
    small = Lips(small.upper * 0.8, small.lower * 0.8, small.openness, small.across)
    asked = weights(JAW_OPEN=0.5, MOUTH_PUCKER=0.5)
    fitted = fit_weights(small, asked)
    assert fitted[Action.JAW_OPEN] == pytest.approx(0.4)
    assert fitted[Action.MOUTH_PUCKER] == 0.5


def test_the_jaw_turns_down_and_back_about_its_hinge() -> None:
    moved = jaw_turn(np.array([0.0, 0.0, 0.0]), 1.0, HINGE)
    assert moved[1] == pytest.approx(0.45)
    assert moved[2] > 0
    assert np.allclose(jaw_turn(HINGE, 1.0, HINGE), 0)
