import numpy as np
import pytest

from morgana.portrait.acting.blinking import blink
from morgana.portrait.acting.measuring import Blink, blinks
from morgana.portrait.acting.phrasing import Phrasing, mark
from morgana.portrait.performance import Action, FloatArray, Performance
from tests.portrait.acting.made import speech_of, talk

DURATION = 180
SEEDS = range(8)


def lids(phrasing: Phrasing, seed: int, fps: int = 25) -> FloatArray:
    return blink(phrasing, round(phrasing.duration * fps), fps, np.random.default_rng(seed))


def found(phrasing: Phrasing, seed: int, fps: int = 25) -> list[Blink]:
    closure = lids(phrasing, seed, fps)
    count = len(closure)
    actions = np.zeros((count, len(Action)), np.float32)
    actions[:, [Action.EYE_BLINK_LEFT, Action.EYE_BLINK_RIGHT]] = closure
    return blinks(Performance(fps, actions, *(np.zeros((count, size), np.float32) for size in (2, 6, 2))))


@pytest.mark.parametrize("fps", [25, 30])
@pytest.mark.parametrize("speech", [talk(DURATION), speech_of(DURATION, ())], ids=["talk", "silence"])
def test_twelve_to_twenty_a_minute_of_natural_length(speech: object, fps: int) -> None:
    phrasing = mark(speech)  # type: ignore[arg-type]
    for seed in SEEDS:
        all_found = found(phrasing, seed, fps)
        assert 12 <= len(all_found) / 3 <= 20
        assert all(0.1 <= single.length <= 0.4 for single in all_found)
        assert all(single.depth > 0.9 for single in all_found)
        gaps = np.diff([single.start for single in all_found])
        assert gaps.min() > 0.35
        assert (gaps > 1).mean() > 0.8
        assert gaps.max() < 9


def test_eyes_close_faster_than_they_open_and_together() -> None:
    closure = lids(mark(talk(DURATION)), 1, fps=100)
    left = closure[:, 0]
    for single in found(mark(talk(DURATION)), 1, fps=100):
        first = int(single.start * 100)
        last = first + int(single.length * 100)
        shut = first + int(left[first:last].argmax())
        assert shut - first < last - shut
    assert np.abs(closure[:, 0] - closure[:, 1]).max() < 0.06


def test_the_ends_of_phrases_draw_blinks() -> None:
    phrasing = mark(talk(DURATION))
    ends = np.array([phrase.end for phrase in phrasing.phrases])
    starts = np.array([single.start for seed in SEEDS for single in found(phrasing, seed)])
    near = (np.abs(starts[:, None] - ends[None, :]).min(axis=1) < 0.25).mean()
    by_chance = 0.5 * len(ends) / DURATION
    assert near > 2.5 * by_chance


def test_a_short_clip_is_left_alone_at_its_ends() -> None:
    for seed in SEEDS:
        closure = lids(mark(speech_of(3.0, ())), seed)
        assert (closure[:5] == 0).all()
        assert (closure[-1] < 0.1).all()
