import numpy as np
import pytest

from morgana.portrait.acting.act import ActingOptions, Cue, perform
from morgana.portrait.acting.expressing import Mood, express
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
    express(actions, phrasing, [Mood(0.0, "neutral", 0.5)], 25, np.random.default_rng(0))
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


def test_cues_change_the_face_on_the_way_and_back() -> None:
    cues = (Cue(6.0, "happy", 1.0), Cue(12.0, "sad", 1.0), Cue(17.0, "auto"))
    actions = perform(talk(20), ActingOptions(25, "serious", 1.0, cues=cues)).performance.actions
    shown = {
        "serious": actions[:, Action.BROW_DOWN],
        "happy": actions[:, Action.CHEEK_SQUINT],
        "sad": actions[:, Action.MOUTH_FROWN_LEFT],
    }
    held = {"serious": slice(50, 137), "happy": slice(162, 287), "sad": slice(312, 412)}
    for name, track in shown.items():
        means = {other: track[frames].mean() for other, frames in held.items()}
        assert means[name] > 0.2
        assert all(mean < 0.4 * means[name] for other, mean in means.items() if other != name), name
    assert shown["serious"][int(17.6 * 25) :].mean() > 0.3
    assert np.abs(np.diff(shown["happy"])).max() < 0.09  # it passes over, it does not jump


def test_a_cue_without_an_intensity_takes_that_of_the_options() -> None:
    strong, weak = (
        perform(talk(8), ActingOptions(25, "neutral", amount, cues=(Cue(2.0, "happy"),))).performance.actions
        for amount in (1.0, 0.3)
    )
    smile = slice(75, None), Action.CHEEK_SQUINT
    assert strong[smile].mean() == pytest.approx(weak[smile].mean() / 0.3, rel=0.05)


def test_a_face_is_set_by_the_time_of_the_word_that_it_goes_with() -> None:
    actions = perform(
        talk(8), ActingOptions(25, "neutral", 1.0, cues=(Cue(4.0, "happy"),))
    ).performance.actions
    smile = actions[:, Action.CHEEK_SQUINT]
    assert smile[: int(3.6 * 25)].max() < 0.12
    assert smile[int(4.3 * 25)] > 0.3
