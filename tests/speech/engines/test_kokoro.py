"""Kokoro, where it has been pulled."""

import numpy as np
import pytest

from morgana import models
from morgana.speech.engines.registry import engine
from morgana.speech.reading.phonemisers.registry import LANGUAGES
from morgana.speech.speaking import speak
from morgana.speech.voices import voice, voices

pytestmark = pytest.mark.skipif(
    not models.is_installed("kokoro"),
    reason="the weights of Kokoro are not here: `morgana models pull kokoro`",
)

GREETINGS = {
    "en-US": "Hello, Peter.",
    "en-GB": "Hello, Peter.",
    "es-ES": "Hola, Pedro.",
    "fr-FR": "Bonjour, Pierre.",
    "hi-IN": "नमस्ते, आप कैसे हैं।",
    "it-IT": "Ciao, Pietro.",
    "ja-JP": "こんにちは。",
    "pt-BR": "Olá, Pedro.",
    "zh-CN": "你好。",
}
FIRST = {known.language: known.id for known in reversed(list(voices().values())) if known.engine == "kokoro"}


@pytest.mark.acceptance
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_spoken_with_times(language: str) -> None:
    (utterance,) = speak(GREETINGS[language], FIRST[language])
    assert 0.4 < utterance.end < 4
    assert 0.1 < np.abs(utterance.samples).max() < 0.99
    edges = [edge for word in utterance.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    for word in utterance.words:
        part = utterance.samples[round(word.start * 24_000) : round(word.end * 24_000)]
        assert np.sqrt(np.square(part).mean()) > 0.01, word.text


def test_the_same_text_gives_the_same_samples_whatever_came_between() -> None:
    kokoro, heart = engine("kokoro"), voice("af_heart")
    first = kokoro.speak("həlˈO.", heart, 1.0, 0)
    kokoro.speak("ɡˈʊdbˌI, ɡˈʊdbˌI.", heart, 1.5, 0)
    np.testing.assert_array_equal(kokoro.speak("həlˈO.", heart, 1.0, 0).samples, first.samples)


def test_boundaries_follow_the_speed() -> None:
    kokoro, george = engine("kokoro"), voice("bm_george")
    slow, fast = (kokoro.speak("ɐ sˈɛntᵊns.", george, speed, 0).boundaries[-1] for speed in (1.0, 2.0))
    assert slow / fast == pytest.approx(2, rel=0.2)


def test_voices_differ() -> None:
    kokoro = engine("kokoro")
    one, other = (kokoro.speak("həlˈO.", voice(name), 1.0, 0).samples for name in ("af_heart", "am_puck"))
    assert len(one) != len(other) or not np.allclose(one, other, atol=0.01)
