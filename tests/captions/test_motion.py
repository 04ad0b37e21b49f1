"""Motions."""

from typing import get_args

import pytest

from morgana.captions.motion import REST, arriving, beating, eased, leaving
from morgana.captions.template import Ease, Motion, Pulse


@pytest.mark.parametrize("ease", get_args(Ease))
def test_every_easing_leads_from_none_to_all(ease: Ease) -> None:
    assert eased(ease, 0.0) == pytest.approx(0, abs=1e-9)
    assert eased(ease, 1.0) == pytest.approx(1, abs=1e-9)
    assert eased(ease, 7.0) == pytest.approx(1, abs=1e-9)
    assert max(abs(eased(ease, i / 50 + 0.02) - eased(ease, i / 50)) for i in range(50)) < 0.3


def test_back_passes_its_aim_and_out_does_not() -> None:
    assert max(eased("back", i / 100) for i in range(101)) > 1.05
    assert max(eased("out", i / 100) for i in range(101)) <= 1


def test_a_motion_starts_away_and_ends_at_rest() -> None:
    motion = Motion(seconds=0.4, opacity=0, y=1.0, scale=0.5, rotation=-10, blur=0.2)
    start = arriving(motion, -0.01)
    assert (start.opacity, start.y, start.scale_x, start.rotation, start.blur) == (0, 1.0, 0.5, -10, 0.2)
    middle = arriving(motion, 0.1)
    assert 0 < middle.y < 1
    assert arriving(motion, 0.4) == REST
    assert leaving(motion, 0.0) == start
    assert leaving(motion, 1.0) == REST
    assert arriving(None, 0.0) == REST


def test_what_comes_is_seen_at_once_and_what_is_followed_until_then() -> None:
    motion = Motion(seconds=0.4, ease="linear", opacity=0, y=1.0)
    first = arriving(motion, 0.0)
    assert first.opacity >= 0.4
    assert 0.8 < first.y < 1
    assert leaving(motion, 0.0, followed=True).opacity == pytest.approx(0.4)
    assert arriving(Motion(opacity=0.7), 0.0).opacity > 0.7


def test_a_beat_goes_there_and_back_or_stays() -> None:
    assert beating(Pulse(seconds=0.2, scale=1.5), 0.1).scale_x == pytest.approx(1.5)
    assert beating(Pulse(seconds=0.2, scale=1.5), 0.3) == REST
    assert beating(Pulse(seconds=0.2, scale=1.5, hold=True), 5.0).scale_y == pytest.approx(1.5)
