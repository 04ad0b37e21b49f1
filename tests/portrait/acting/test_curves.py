import numpy as np
import pytest

from morgana.portrait.acting.curves import bump, ease, noise, smooth


def test_smoothing_neither_delays_nor_shifts() -> None:
    times = np.arange(1000) / 100
    wave = np.sin(2 * np.pi * 0.5 * times)
    assert np.abs(smooth(wave, 8, 100) - wave)[50:-50].max() < 0.01
    assert np.abs(smooth(np.full(300, 0.7), 8, 100) - 0.7).max() < 1e-5
    fast = np.sin(2 * np.pi * 30 * times)
    assert np.abs(smooth(fast, 8, 100))[50:-50].max() < 0.05


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_curves_of_a_few_frames_can_be_smoothed(count: int) -> None:
    assert smooth(np.ones(count, np.float32), 3.5, 25) == pytest.approx(np.ones(count), abs=1e-5)


def test_a_bump_rises_holds_and_falls() -> None:
    times = np.arange(200) / 100
    curve = bump(times, 0.5, 0.2, 0.3, 0.4)
    assert (curve[:50] == 0).all()
    assert (curve[71:100] == 1).all()
    assert curve[60] == pytest.approx(0.5)
    assert curve[120] == pytest.approx(0.5)
    assert np.abs(curve[141:]).max() < 1e-12
    assert ease(np.array([-1.0, 0.5, 2.0])) == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize("cutoff", [0.2, 1.0, 3.0])
def test_noise_has_a_deviation_of_one_and_nothing_above_its_band(cutoff: float) -> None:
    curve = noise(np.random.default_rng(0), 100_000, cutoff, 25)
    assert curve.std() == pytest.approx(1, abs=0.1)
    power = np.abs(np.fft.rfft(curve)) ** 2
    assert power[np.fft.rfftfreq(len(curve), 1 / 25) > 2 * cutoff].sum() < 0.01 * power.sum()
