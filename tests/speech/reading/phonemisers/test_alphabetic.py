"""What holds for every language that is read letter by letter."""

from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morgana.speech.reading.alphabet import LETTERS
from morgana.speech.reading.phonemisers import french, hindi, italian, portuguese, spanish

LANGUAGES = [french, hindi, italian, portuguese, spanish]
SENTENCES = st.text(
    st.one_of(
        st.sampled_from("aeiouáéíóúâêôàèìòùãõçñœüyhglnrscxqzjtdbpmv'’ -.,?"),
        st.sampled_from("कखगजटडतदनपबमयरलवसहअआइईउएओािीुूेैोौ्ंँ़ःऋ "),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda module: module.__name__.rpartition(".")[2])
@settings(max_examples=300)
@given(text=SENTENCES)
def test_anything_is_read_in_the_alphabet_and_in_order(language: ModuleType, text: str) -> None:
    after = 0
    for word in language.phonemise(text):
        assert after <= word.start < word.end <= len(text)
        assert word.phonemes.strip() == word.phonemes != ""
        assert set(word.phonemes) <= LETTERS | {" "}
        assert any(symbol.isalpha() and symbol not in "ˈˌː" for symbol in word.phonemes)
        after = word.end


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_nothing_is_nothing(language: ModuleType) -> None:
    assert language.phonemise("") == ()
    assert language.phonemise(" ... — 漢字 !") == ()
