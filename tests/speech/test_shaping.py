import numpy as np
import pytest

from morgana.speech.arrays import FloatArray
from morgana.speech.engines.protocol import RATE, Spoken
from morgana.speech.shaping import SHORTEST_PAUSE, shape


def tone(seconds: float, level: float = 0.3) -> FloatArray:
    return (level * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def spoken(level: float = 0.3) -> Spoken:
    """A second of sound between half seconds of noise that nobody hears."""
    hiss = np.random.default_rng(0).normal(0, 1e-4, RATE // 2).astype(np.float32)
    return Spoken(np.concatenate([hiss, tone(1.0, level), hiss]), np.array([0.0, 0.5, 1.0, 1.5, 2.0]))


def heard(samples: FloatArray) -> tuple[float, float]:
    """Seconds at which the sound begins and ends."""
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return loud[0] / RATE, (loud[-1] + 1) / RATE


def test_the_silence_around_a_phrase_is_what_was_asked_for() -> None:
    samples = np.concatenate([shape(spoken(), 0.0, 0.7).samples] * 2)
    _, first_end = heard(samples[: len(samples) // 2])
    second_start, _ = heard(samples[len(samples) // 2 :])
    pause = len(samples) / 2 / RATE - first_end + second_start
    assert pause == pytest.approx(0.7, abs=0.01)


def test_no_pause_is_shorter_than_what_dies_away() -> None:
    samples = shape(spoken(), 0.0, 0.0).samples
    start, end = heard(samples)
    assert start + len(samples) / RATE - end == pytest.approx(SHORTEST_PAUSE, abs=0.01)


def test_boundaries_move_with_the_sound() -> None:
    shaped = shape(spoken(), 0.0, 0.5)
    start, end = heard(shaped.samples)
    assert shaped.boundaries[1] == pytest.approx(start, abs=0.002)
    assert shaped.boundaries[3] == pytest.approx(end, abs=0.002)
    assert (np.diff(shaped.boundaries) >= 0).all()
    assert shaped.boundaries[0] >= 0
    assert shaped.boundaries[-1] <= len(shaped.samples) / RATE


def test_both_ends_are_silent_for_a_join_without_a_click() -> None:
    loud = Spoken(np.full(RATE, 0.5, np.float32), np.array([0.0, 1.0]))
    samples = shape(loud, 0.0, 0.0).samples
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01
    assert np.abs(np.diff(samples)).max() < 0.01


def test_gain_is_in_decibels() -> None:
    assert np.abs(shape(spoken(), 6.0, 0.0).samples).max() == pytest.approx(0.3 * 10 ** (6 / 20), rel=0.01)


def test_nothing_is_clipped() -> None:
    samples = shape(spoken(0.9), 6.0, 0.0).samples
    assert 0.95 < np.abs(samples).max() < 1.0
    middle = samples[RATE // 4 : RATE // 2]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.sort(spectrum)[-20] < 0.01 * spectrum.max()  # still one tone, without overtones


def test_what_was_given_is_left_as_it_is() -> None:
    given = spoken()
    before = given.samples.copy()
    shape(given, 3.0, 0.5)
    np.testing.assert_array_equal(given.samples, before)
