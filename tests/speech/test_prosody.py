import numpy as np
import pytest

from morgana.speech.prosody import analyse
from morgana.speech.resampling import RATE


def voice(pitch: float, seconds: float, amplitude: float = 0.3) -> np.ndarray:
    phase = 2 * np.pi * pitch * np.arange(int(seconds * RATE)) / RATE
    return np.asarray(amplitude * sum(np.sin(k * phase) / k for k in range(1, int(7000 / pitch))), np.float32)


@pytest.mark.parametrize("pitch", [80, 120, 180, 250, 350])
def test_pitch_is_heard(pitch: float) -> None:
    heard = analyse(voice(pitch, 1.0)).pitch[10:-10]
    assert np.median(heard) == pytest.approx(pitch, rel=0.03)
    assert (np.abs(heard / pitch - 1) < 0.05).mean() > 0.95


def test_noise_and_silence_have_no_pitch() -> None:
    noise = (0.2 * np.random.default_rng(0).standard_normal(RATE)).astype(np.float32)
    assert (analyse(noise).pitch > 0).mean() < 0.05
    assert (analyse(np.zeros(RATE, np.float32)).pitch == 0).all()
    assert (analyse(np.zeros(RATE, np.float32)).loudness == 0).all()


def test_one_voice_is_clear_and_a_chord_is_not() -> None:
    chord = sum(voice(220 * 2 ** (step / 12), 1.0, 0.1) for step in (0, 4, 7, 12))
    assert np.median(analyse(np.asarray(chord, np.float32)).clarity[10:-10]) < 0.8
    for pitch in (90, 150, 300):
        assert np.percentile(analyse(voice(pitch, 1.0)).clarity[10:-10], 10) > 0.85


def test_level_and_loudness_follow_the_sound() -> None:
    sound = np.concatenate([voice(120, 1.0), 0.1 * voice(120, 1.0), np.zeros(RATE, np.float32)])
    prosody = analyse(sound)
    assert prosody.level[50] - prosody.level[150] == pytest.approx(20, abs=0.5)
    assert prosody.loudness[50] > 0.95
    assert prosody.loudness[150] == pytest.approx(1 / 3, abs=0.05)
    assert prosody.loudness[250] == 0


def test_a_word_in_a_long_silence_is_loud_and_the_noise_is_not() -> None:
    noise = 1e-3 * np.random.default_rng(0).standard_normal(60 * RATE)
    noise[30 * RATE : 31 * RATE] += voice(120, 1.0)
    prosody = analyse(noise.astype(np.float32))
    assert prosody.loudness[3010:3090].mean() > 0.9
    assert prosody.loudness[:2900].mean() < 0.05


def test_bands_tell_where_the_energy_is() -> None:
    times = np.arange(RATE) / RATE
    for band, frequency in enumerate((200, 700, 1500, 2700, 5000)):
        bands = analyse((0.3 * np.sin(2 * np.pi * frequency * times)).astype(np.float32)).bands
        assert (bands[20:-20].argmax(axis=1) == band).all()


def test_blocks_leave_no_seam() -> None:
    whole = analyse(voice(120, 23.0))
    assert len(whole.level) == 2300
    for values in (whole.level, whole.pitch):
        assert np.ptp(values[50:-50]) < 0.05 * np.abs(values[50:-50]).mean()


def test_a_moment_can_be_analysed() -> None:
    assert len(analyse(np.zeros(0, np.float32)).level) == 1
    assert len(analyse(voice(120, 0.05)).level) == 5
