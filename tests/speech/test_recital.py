"""Synthesised speech, as an actor needs it."""

import numpy as np
import pytest

from morgana.speech.recital import recite
from morgana.speech.transcript import Speech
from morgana.speech.utterance import TimedPhoneme, TimedWord

RATE = 24_000


def word(text: str, *sounds: tuple[str, float, float]) -> TimedWord:
    phonemes = tuple(TimedPhoneme(symbol, start, end, 0) for symbol, start, end in sounds)
    return TimedWord(text, phonemes[0].start, phonemes[-1].end, 0, len(text), phonemes)


@pytest.fixture
def speech() -> Speech:
    """A tone from 0.2 to 0.6 s and from 1.0 to 1.3 s, silence elsewhere; the last vowel holds the pause."""
    times = np.arange(2 * RATE) / RATE
    sounding = ((times > 0.2) & (times < 0.6)) | ((times > 1.0) & (times < 1.3))
    audio = (0.3 * np.sin(2 * np.pi * 150 * times) * sounding).astype(np.float32)
    words = [
        word("Ma", ("m", 0.2, 0.3), ("ʔ", 0.3, 0.32), ("aː", 0.32, 1.0)),
        word("bee?", ("b", 1.0, 1.1), ("i", 1.1, 1.4)),
    ]
    return recite(audio, RATE, words, "pt-BR")


def test_phones_are_those_of_the_synthesis_at_their_times(speech: Speech) -> None:
    assert [(phone.name, phone.start) for phone in speech.phones] == [
        ("M", 0.2),
        ("AA", 0.32),
        ("B", 1.0),
        ("IY", 1.1),
    ]
    assert [(word.text, word.start, word.end) for word in speech.words] == [
        ("Ma", 0.2, 1.0),
        ("bee?", 1.0, 1.4),
    ]
    assert speech.duration == 2.0
    assert speech.language == "pt"


def test_a_phone_ends_where_it_can_be_heard_no_more(speech: Speech) -> None:
    assert speech.phones[1].end == pytest.approx(0.6, abs=0.04)
    assert speech.phones[3].end == pytest.approx(1.3, abs=0.04)


def test_the_voice_is_on_where_there_are_phones(speech: Speech) -> None:
    first, second = speech.voiced
    assert (first.start, second.start) == (0.2, 1.0)
    assert first.end == speech.phones[1].end


def test_the_melody_is_that_of_the_sound(speech: Speech) -> None:
    assert len(speech.prosody.level) == 200
    assert np.median(speech.prosody.pitch[25:55]) == pytest.approx(150, rel=0.02)
    assert speech.prosody.level[80] < -60
