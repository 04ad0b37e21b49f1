import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from morgana.speech.engines.alphabet import UNIT
from morgana.speech.engines.protocol import LONGEST, RATE, Engine
from morgana.speech.engines.registry import engine
from morgana.speech.voices import voice

PHONEMES = "həlˈO ðˈɛɹ, ðɪs ɪz ˈʌs."


@pytest.fixture(scope="module")
def hibari() -> Engine:
    return engine("hibari")


def test_there_is_one_engine_for_all(hibari: Engine) -> None:
    assert engine("hibari") is hibari


def test_every_character_has_a_time_within_the_sound(hibari: Engine) -> None:
    spoken = hibari.speak(PHONEMES, voice("heart"), 1.0, 0)
    assert spoken.samples.dtype == np.float32
    assert spoken.boundaries.shape == (len(PHONEMES) + 1,)
    assert (np.diff(spoken.boundaries) >= UNIT - 1e-9).all()
    assert 0 < spoken.boundaries[0] < spoken.boundaries[-1] <= len(spoken.samples) / RATE


def test_a_hiss_is_where_the_boundaries_say(hibari: Engine) -> None:
    spoken = hibari.speak("ɑsˈɑ ɑʃˈɑ ɑsˈɑ.", voice("heart"), 1.0, 0)
    bright = sosfiltfilt(butter(4, 3500, "high", fs=RATE, output="sos"), spoken.samples)
    for place in (1, 6, 11):
        start, end = spoken.boundaries[place : place + 2]
        first, last = round((start - 0.06) * RATE), round((end + 0.06) * RATE)
        power = np.convolve(np.square(bright[first:last]), np.ones(120) / 120, "same")
        hissing = np.flatnonzero(power > 0.1 * power.max()) / RATE + first / RATE
        assert hissing[0] == pytest.approx(start, abs=0.04)
        assert hissing[-1] == pytest.approx(end, abs=0.04)


def test_what_the_engine_does_not_know_takes_no_time(hibari: Engine) -> None:
    known = hibari.speak("ˈʌs.", voice("heart"), 1.0, 0)
    mixed = hibari.speak("ˈ§ʌs.", voice("heart"), 1.0, 0)
    np.testing.assert_array_equal(mixed.samples, known.samples)
    assert mixed.boundaries.tolist() == np.insert(known.boundaries, 1, known.boundaries[1]).tolist()


@pytest.mark.parametrize("phonemes", ["", "§", "a" * (LONGEST + 1)])
def test_nothing_and_too_much_are_mistakes_of_the_caller(hibari: Engine, phonemes: str) -> None:
    with pytest.raises(ValueError, match="phonemes"):
        hibari.speak(phonemes, voice("heart"), 1.0, 0)


def test_the_longest_phrase_is_spoken(hibari: Engine) -> None:
    spoken = hibari.speak("ˈɑlə " * (LONGEST // 5), voice("heart"), 2.0, 0)
    assert len(spoken.samples) / RATE > 10
