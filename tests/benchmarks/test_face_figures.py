"""A ruler that is wrong is worse than none: the figures are checked on faces whose motion is known."""

import numpy as np
import pytest
from contact_sheet import choose_frames
from face_figures import blinks, closure_apertures, jitter, lag, sharpness, silent_frames, translation
from face_track import LEFT_EYE, RIGHT_EYE, Track, Values

from morgana.portrait.landmarks import LEFT_IRIS, RIGHT_IRIS
from morgana.speech.prosody import Prosody
from morgana.speech.transcript import Phone, Span, Speech

FPS = 25.0


def speech(phones: tuple[Phone, ...] = (), voiced: tuple[Span, ...] = ()) -> Speech:
    nothing = np.zeros(0, np.float32)
    prosody = Prosody(**dict.fromkeys(Prosody.__dataclass_fields__, nothing))
    return Speech(4.0, "en", (), phones, voiced, prosody)


def face(count: int, opening: Values | None = None, lids: Values | None = None) -> Track:
    """Eyes 100 pixels apart; opening: lip gap, lids: eye height, both in pixels."""
    points = np.random.default_rng(0).uniform(0, 200, (1, 478, 2)).repeat(count, axis=0)
    points[:, RIGHT_IRIS[0]], points[:, LEFT_IRIS[0]] = (50, 100), (150, 100)
    points[:, 13], points[:, 14] = (100, 200), (100, 200)
    points[:, 14, 1] += 0 if opening is None else opening
    heights = np.full(count, 12.0) if lids is None else lids
    for eye, left in ((RIGHT_EYE, 30), (LEFT_EYE, 130)):
        for place, index in enumerate(eye):
            across, side = ((0, 0), (15, -1), (25, -1), (40, 0), (25, 1), (15, 1))[place]
            points[:, index, 0], points[:, index, 1] = left + across, 100 + side * heights / 2
    return Track(FPS, points, np.zeros((count, 3)), 1.0)


def test_aperture_is_in_interocular_distances() -> None:
    assert face(3, np.array([0.0, 5.0, 20.0])).aperture == pytest.approx([0, 0.05, 0.2])


@pytest.mark.parametrize("late", [-4, 0, 3])
def test_lag_is_positive_when_the_mouth_comes_late(late: int) -> None:
    intended = np.convolve(np.random.default_rng(1).normal(size=200), np.ones(5), "same")
    whole, fraction, correlation = lag(intended, np.roll(intended, late))
    assert whole == late
    assert fraction == pytest.approx(late, abs=0.1)
    assert correlation > 0.99


def test_blinks_are_counted_and_timed() -> None:
    lids = np.full(200, 12.0)
    lids[50:55] = (8, 3, 1, 5, 9)
    lids[120:122] = 9  # a glance down, not a blink
    (blink,) = blinks(face(200, lids=lids))
    assert blink.frame == 52
    assert blink.length == pytest.approx(5 / FPS)
    assert blink.opening == pytest.approx(1 / 12)


def test_lips_are_looked_at_on_p_b_and_m_alone() -> None:
    opening = np.full(100, 0.2)
    opening[25:27] = 0.01
    phones = (Phone("P", 1.0, 1.08), Phone("AA", 1.08, 1.5), Phone("M", 2.0, 2.08))
    assert closure_apertures(opening, speech(phones), FPS) == pytest.approx([0.01, 0.2])


def test_silence_keeps_away_from_voice() -> None:
    quiet = silent_frames(speech(voiced=(Span(1.0, 2.0),)), 100, FPS)
    assert quiet[:18].all()
    assert not quiet[19:56].any()
    assert quiet[57:].all()


def test_a_smooth_turn_is_no_jitter_and_noise_is() -> None:
    still = face(100)
    time = np.arange(100) / FPS
    sway = np.stack([10 * np.sin(2 * np.pi * 0.5 * time), np.zeros(100)], axis=1)[:, None]
    smooth = Track(FPS, still.points + sway, still.pose, 1.0)
    noise = np.random.default_rng(0).normal(0, 1.0, still.points.shape)
    assert jitter(smooth) < 1e-4
    assert jitter(Track(FPS, still.points + noise, still.pose, 1.0)) > 5e-3
    assert translation(smooth) == pytest.approx(0.1 / np.sqrt(2), rel=0.05)


def test_blur_lowers_sharpness() -> None:
    sharp = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    soft = ((sharp.astype(int) + np.roll(sharp, 1, 0) + np.roll(sharp, 1, 1)) // 3).astype(np.uint8)
    everywhere = np.ones((64, 64), np.bool_)
    assert sharpness(soft, everywhere) < 0.8 * sharpness(sharp, everywhere)


def test_the_sheet_holds_twelve_frames_with_the_extremes_and_a_blink() -> None:
    opening = 10 + 5 * np.sin(np.arange(240) / 7)
    opening[100], opening[180] = 40, 0
    lids = np.full(240, 12.0)
    lids[33:37] = 1
    chosen = choose_frames(face(240, opening, lids))
    assert len(chosen) == 12
    assert {100, 180, 33} <= set(chosen)
