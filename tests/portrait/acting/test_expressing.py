import numpy as np
import pytest

from morgana.portrait.acting.act import ActingOptions, perform
from morgana.portrait.acting.expressing import express
from morgana.portrait.acting.measuring import closure_share
from morgana.portrait.acting.phrasing import Phrasing, Stress
from morgana.portrait.performance import Action, FloatArray
from morgana.speech.transcript import Span
from tests.portrait.acting.made import phones_at, speech_of, talk


def face(expression: str, intensity: float = 1.0) -> FloatArray:
    return perform(talk(20), ActingOptions(25, expression, intensity)).performance.actions


@pytest.mark.parametrize(
    ("expression", "action"),
    [
        ("happy", Action.MOUTH_SMILE_LEFT),
        ("happy", Action.CHEEK_SQUINT),
        ("serious", Action.BROW_DOWN),
        ("surprised", Action.EYE_WIDE),
        ("surprised", Action.BROW_OUTER_UP_RIGHT),
        ("sad", Action.MOUTH_FROWN_RIGHT),
        ("sad", Action.BROW_INNER_UP),
    ],
)
def test_an_expression_shows_and_grows_with_its_intensity(expression: str, action: Action) -> None:
    none, half, full = (face(expression, amount)[:, action].mean() for amount in (0.0, 0.5, 1.0))
    assert none < half < full
    assert full > face("neutral", 0.5)[:, action].mean() + 0.15


def test_a_smile_gives_way_to_rounded_and_sealed_lips() -> None:
    speech = speech_of(6.0, (*phones_at(1.0, ["UW"] * 6, 0.2), *phones_at(3.5, ["IY"] * 6, 0.2)))
    smile = perform(speech, ActingOptions(25, "happy", 1.0)).performance.actions[:, Action.MOUTH_SMILE_LEFT]
    assert smile[int(1.3 * 25) : int(2.0 * 25)].mean() < 0.6 * smile[int(3.8 * 25) : int(4.5 * 25)].mean()


def test_lips_close_in_every_expression() -> None:
    for expression in ("happy", "serious", "surprised", "sad"):
        acted = perform(talk(20), ActingOptions(25, expression, 1.0))
        assert closure_share(acted.performance, acted.speech) == 0


def test_brows_rise_on_stress_and_on_questions() -> None:
    phrasing = Phrasing(12.0, (Span(0.5, 11.0),), (Stress(3.0, 1.0),), (8.0,))
    actions = np.zeros((300, len(Action)), np.float32)
    express(actions, phrasing, "neutral", 0.5, 25, np.random.default_rng(0))
    brows = actions[:, Action.BROW_INNER_UP]
    assert brows[76] > 0.3
    assert brows[195] > 0.3
    assert brows[:60].max() < 0.02
    assert brows[120:175].max() < 0.02


def test_weights_stay_in_range() -> None:
    for expression in ("happy", "surprised", "sad", "serious", "neutral"):
        actions = face(expression)
        assert actions.min() >= 0
        assert actions.max() <= 1
