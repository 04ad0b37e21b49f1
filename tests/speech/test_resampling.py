import numpy as np
import pytest

from morgana.speech.resampling import RATE, to_speech_rate


def tone(rate: int, seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 44100, 48000, 96000])
def test_a_tone_stays_itself_across_blocks(rate: int) -> None:
    resampled = to_speech_rate(tone(rate, 25.3), rate)
    expected = tone(RATE, 25.3)
    assert abs(len(resampled) - len(expected)) <= 1
    count = min(len(resampled), len(expected)) - 200
    assert np.abs(resampled[200:count] - expected[200:count]).max() < 0.005


def test_what_the_rate_cannot_carry_is_removed() -> None:
    times = np.arange(48000) / 48000
    high = np.sin(2 * np.pi * 11000 * times).astype(np.float32)
    assert np.abs(to_speech_rate(high, 48000))[100:-100].max() < 0.01


def test_nothing_stays_nothing() -> None:
    assert len(to_speech_rate(np.zeros(0, np.float32), 44100)) == 0
