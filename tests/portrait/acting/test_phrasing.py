import dataclasses

import numpy as np
import pytest

from morgana.portrait.acting.phrasing import mark
from morgana.speech.prosody import analyse
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Word
from tests.portrait.acting.made import phones_at, speech_of, talk


def test_pauses_part_phrases() -> None:
    speech = speech_of(8.0, (*phones_at(1.0, ["AA"] * 20), *phones_at(4.0, ["AA"] * 20)))
    first, second = mark(speech).phrases
    assert (first.start, first.end) == pytest.approx((1.0, 2.6), abs=0.05)
    assert (second.start, second.end) == pytest.approx((4.0, 5.6), abs=0.05)


def test_questions_are_marked_where_they_end() -> None:
    words = (Word("Who?", 1.0, 1.5, 0.9), Word("Me.", 3.0, 3.5, 0.9))
    assert mark(dataclasses.replace(talk(20), words=words)).questions == (1.5,)


def test_the_loud_high_syllable_is_the_stressed_one() -> None:
    phones = phones_at(1.0, ["T", "AH"] * 10, 0.15)
    speech = speech_of(5.0, phones)
    times = np.arange(5 * RATE) / RATE
    stressed = (times > 2.65) & (times < 2.8)
    pitch = np.where(stressed, 160, 120)
    spoken = (times > 1.0) & (times < 4.0)
    tone = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE)) * spoken * np.where(stressed, 0.4, 0.12)
    marked = mark(dataclasses.replace(speech, prosody=analyse(tone.astype(np.float32))))
    strongest = max(marked.stresses, key=lambda stress: stress.strength)
    assert strongest.time == pytest.approx(2.65, abs=0.02)
    assert np.diff([stress.time for stress in marked.stresses]).min() >= 0.35


def test_a_weak_word_is_not_stressed_like_a_strong_one() -> None:
    speech = speech_of(3.0, phones_at(1.0, ["T", "AH"] * 6, 0.15))
    weak = dataclasses.replace(speech, words=(Word("the", 1.0, 2.8, 0.9),))
    strong = dataclasses.replace(speech, words=(Word("mountain", 1.0, 2.8, 0.9),))
    assert sum(s.strength for s in mark(weak).stresses) < sum(s.strength for s in mark(strong).stresses)
