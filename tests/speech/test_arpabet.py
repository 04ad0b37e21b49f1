"""Phonemes as ARPAbet."""

import json
from importlib.resources import files

import pytest

from morgana.portrait.acting.visemes import DIPHTHONGS, VISEMES
from morgana.speech.arpabet import phone

# Marks, tones and punctuation of Kokoro's vocabulary, and a glottal stop, which no mouth shows.
SOUNDLESS = set(';:,.!?—…"()“” \u0303ᵝʰʲˈˌː↓→↗↘ʔ')
UNUSED = set("S")  # no reader of text writes it


def test_every_sound_of_the_vocabulary_has_a_phone_that_an_actor_knows() -> None:
    vocabulary = json.loads(files("hibari").joinpath("assets/vocab.json").read_text("utf-8"))
    for symbol in set(vocabulary) - SOUNDLESS - UNUSED:
        assert phone(symbol) in VISEMES.keys() | DIPHTHONGS.keys(), symbol
    for symbol in SOUNDLESS:
        assert phone(symbol) is None


@pytest.mark.parametrize(
    ("symbol", "name"), [("ɔ\u0303", "AO"), ("iː", "IY"), ("tʰ", "T"), ("I", "AY"), ("β", "B")]
)
def test_marks_of_length_and_nasality_show_on_no_face(symbol: str, name: str) -> None:
    assert phone(symbol) == name
