from pathlib import Path

import numpy as np
import pytest

from morgana.speech.activity import WINDOW, join, sounding, voice_probability, voiced_spans
from morgana.speech.prosody import analyse
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Span
from morgana.video.sound import read_sound

DEMO = Path(__file__).parents[2] / "src/morgana/assets/demo/speech.wav"


def test_a_voice_is_found_between_silences() -> None:
    speech = read_sound(DEMO, RATE).samples
    quiet = np.zeros(2 * RATE, np.float32)
    sound = np.concatenate([quiet, speech, quiet])
    spans = voiced_spans(voice_probability(sound), len(sound) / RATE)
    assert 2 < spans[0].start < 2.6
    assert 8 < spans[-1].end < 9.3
    assert sum(span.end - span.start for span in spans) > 4


def test_silence_and_noise_are_no_voice() -> None:
    noise = (0.05 * np.random.default_rng(0).standard_normal(3 * RATE)).astype(np.float32)
    for sound in (np.zeros(3 * RATE, np.float32), noise, np.zeros(0, np.float32)):
        assert voiced_spans(voice_probability(sound), len(sound) / RATE) == ()


def test_short_gaps_are_bridged_and_clicks_dropped() -> None:
    probability = np.zeros(200, np.float32)
    probability[10:30] = probability[33:50] = 0.9
    probability[100:102] = 0.9
    (span,) = voiced_spans(probability, 10.0)
    assert (span.start, span.end) == pytest.approx((10 * WINDOW / RATE, 50 * WINDOW / RATE))


def test_a_hummed_tone_sounds() -> None:
    times = np.arange(3 * RATE) / RATE
    tone = np.where((times > 1) & (times < 2), 0.3 * np.sin(2 * np.pi * 220 * times), 0)
    (span,) = sounding(analyse(tone.astype(np.float32)))
    assert (span.start, span.end) == pytest.approx((1, 2), abs=0.06)


def test_spans_are_joined_in_order() -> None:
    joined = join((Span(0, 1), Span(5, 6)), (Span(0.5, 3), Span(3.1, 4)))
    assert joined == (Span(0, 4), Span(5, 6))
