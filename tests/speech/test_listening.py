from pathlib import Path

import numpy as np
import pytest

from morgana.speech.arrays import FloatArray
from morgana.speech.listening import listen
from morgana.speech.resampling import RATE
from morgana.video.sound import read_sound

DEMO = Path(__file__).parents[2] / "src/morgana/assets/demo/speech.wav"
SAMPLES = Path(__file__).parents[3] / "shared/samples/speech"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the sample recordings are not here")


def test_any_sample_rate_is_listened_to_alike() -> None:
    sound = read_sound(DEMO, 24_000)
    speech = listen(sound.samples, sound.rate)
    assert speech.duration == pytest.approx(7.425, abs=0.001)
    assert len(speech.words) == 24
    assert speech.words[-1].end == pytest.approx(6.95, abs=0.1)
    assert speech.phones[-1].name == "N"


def test_silence_says_nothing() -> None:
    speech = listen(np.zeros(3 * RATE, np.float32), RATE)
    assert (speech.language, speech.words, speech.phones, speech.voiced) == (None, (), (), ())


def test_noise_says_nothing() -> None:
    noise = (0.2 * np.random.default_rng(0).standard_normal(4 * RATE)).astype(np.float32)
    speech = listen(noise, RATE)
    assert speech.words == ()
    assert speech.voiced == ()


def sung(seconds: float, *pitches: float) -> FloatArray:
    """Notes with vibrato, all at once."""
    times = np.arange(int(seconds * RATE)) / RATE
    notes = np.zeros_like(times)
    for pitch in pitches:
        phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * times))) / RATE
        notes += 0.2 / len(pitches) * sum(np.sin(part * phase) / part for part in range(1, 9))
    return notes.astype(np.float32)


def test_singing_between_words_is_a_voice_and_music_behind_them_is_not() -> None:
    words, rest = read_sound(DEMO, RATE).samples, np.zeros(RATE, np.float32)
    start = len(words) / RATE + 1

    def between(sound: FloatArray) -> float:
        speech = listen(np.concatenate([words, rest, sound, rest]), RATE)
        assert len(speech.words) == 24
        return sum(max(0, min(span.end, start + 4) - max(span.start, start)) for span in speech.voiced)

    assert between(sung(4, 220)) > 3.8
    assert between(sung(4, 220, 277, 330, 440)) < 0.4


@needs_samples
def test_german_is_recognised_and_gets_phones() -> None:
    sound = read_sound(SAMPLES / "de-9s-24bit.wav")
    speech = listen(sound.samples, sound.rate)
    assert speech.language == "de"
    assert {"steht", "Portal", "Kommunikation"} <= {word.text for word in speech.words}
    assert len(speech.phones) > 70
    # The recogniser has the first word begin with the file; the voice begins 1.3 s later.
    assert 1.2 < speech.words[0].start < 1.5
    voiced = sum(any(s.start - 0.1 <= p.start <= s.end for s in speech.voiced) for p in speech.phones)
    assert voiced > 0.95 * len(speech.phones)


@needs_samples
def test_pauses_in_speech_hold_no_phones() -> None:
    sound = read_sound(SAMPLES / "en-8s.wav")
    speech = listen(sound.samples, sound.rate)
    assert len(speech.phones) > 60
    assert not any(1.05 < phone.start < 1.4 for phone in speech.phones)
