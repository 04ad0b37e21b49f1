import numpy as np
import pytest

from morgana.portrait.moment import best_frame
from morgana.portrait.performance import Action, Performance

COUNT = 40


def acted() -> Performance:
    """Somebody who speaks all the time, and is seen best at no moment."""
    actions = np.zeros((COUNT, len(Action)), np.float32)
    actions[:, Action.JAW_OPEN] = 0.6
    return Performance(25, actions, *(np.zeros((COUNT, width), np.float32) for width in (2, 6, 2)))


def test_it_is_in_the_midst_of_a_word() -> None:
    performance = acted()
    performance.actions[23, Action.JAW_OPEN] = 0.3
    assert best_frame(performance) == 23


@pytest.mark.parametrize("flaw", ["lid", "tongue", "head", "gaze"])
def test_it_is_neither_in_a_blink_nor_caught_nor_turned_away(flaw: str) -> None:
    performance = acted()
    performance.actions[[12, 30], Action.JAW_OPEN] = 0.3
    if flaw == "lid":
        performance.actions[12, Action.EYE_BLINK_RIGHT] = 0.5
    elif flaw == "tongue":
        performance.actions[12, Action.TONGUE_OUT] = 0.5
    elif flaw == "head":
        performance.head[12, 0] = -12
    else:
        performance.gaze[12, 0] = 9
    assert best_frame(performance) == 30


def test_it_is_not_at_the_start_nor_at_the_end() -> None:
    performance = acted()
    performance.actions[[0, 17, COUNT - 1], Action.JAW_OPEN] = (0.3, 0.5, 0.3)
    assert best_frame(performance) == 17


def test_the_shortest_performance_has_one() -> None:
    zeros = (np.zeros((1, width), np.float32) for width in (len(Action), 2, 6, 2))
    assert best_frame(Performance(25, *zeros)) == 0
