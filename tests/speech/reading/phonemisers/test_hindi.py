import unicodedata

import pytest

from morgana.speech.reading.phonemisers.hindi import phonemise


def said(text: str) -> str:
    return " ".join(word.phonemes for word in phonemise(text))


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("नमस्ते", "nəmˈʌsteː"),
        ("खाता", "kʰˈaːtaː"),
        ("छोटा", "cʰˈoːʈaː"),
        ("धोती", "dʰˈoːti"),
        ("तीन", "tˈiːn"),
        ("फूल", "pʰˈuːl"),
        ("ऋषि", "ɾˈɪʂɪ"),
        ("कौन", "kˈɔːn"),
        ("डॉक्टर", "ɖˈɔkʈəɾ"),
        ("वर्ष", "ʋˈʌrʂ"),
        ("न", "nˈə"),
        ("समय", "sˈʌmɛj"),
    ],
)
def test_letters_tell_the_sounds(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("घर", "ɡʰˈʌɾ"),
        ("करना", "kˈʌɾnˌaː"),
        ("लड़का", "lˈʌrkˌaː"),
        ("मतलब", "mˈʌtlˌəb"),
        ("बदलना", "bˈʌdəlnaː"),
        ("समझ", "sˈʌməɟʰ"),
        ("मुख्य", "mˈʊkʰjə"),
        ("क्षेत्र", "kʃˈeːtɾə"),
        ("शब्द", "ʃˈʌbd"),
        ("कहना", "kˈʌhənˌaː"),
    ],
)
def test_unspoken_inherent_vowels_are_left_out(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("ज़रूर", "zəɾˈuːɾ"),
        ("फ़ोन", "fˈoːn"),
        ("क़लम", "qˈʌləm"),
        ("ख़बर", "xˈʌbəɾ"),
        ("पढ़ा", "pˈʌrhaː"),
    ],
)
def test_nukta_makes_other_consonants(word: str, phonemes: str) -> None:
    assert said(word) == phonemes
    assert said(unicodedata.normalize("NFD", word)) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("रंग", "ɾˈʌŋɡ"),
        ("मंदिर", "mˈʌndɪɾ"),
        ("कंपनी", "kˈʌmpənˌi"),
        ("ठंड", "ʈʰˈʌɳɖ"),
        ("पंजाब", "pəɲɟˈaːb"),
        ("हिंदी", "hˈi\u0303di"),
        ("गाँव", "ɡˈa\u0303ʋ"),
        ("नहीं", "nˈʌhi\u0303"),
    ],
)
def test_anusvara_and_candrabindu_are_nasal(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("बच्चा", "bˈʌcːaː"),
        ("दिल्ली", "dˈɪlli"),
        ("अच्छा", "ˈʌcʰcʰaː"),
        ("युद्ध", "jˈʊdʰː"),
        ("ज्ञान", "ɡjˈaːn"),
        ("शिक्षा", "ʃˈɪkʃaː"),
        ("प्यार", "pːjˈaːɾ"),
    ],
)
def test_conjuncts(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("सरकार", "sˌəɾkˈaːɾ"),
        ("बाज़ार", "baːzˈaːɾ"),
        ("हमेशा", "həmˈeːʃaː"),
        ("दुनिया", "dˈʊnɪjˌaː"),
        ("पता", "pˈʌtaː"),
    ],
)
def test_heavy_syllables_draw_the_stress(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


def test_small_words_are_weak() -> None:
    assert said("राम का घर है") == "ɾˈaːm kaː ɡʰˈʌɾ hɛː"


def test_places_are_those_of_the_text() -> None:
    text = "क्या? हाँ, ठीक है। OK"
    assert [text[word.start : word.end] for word in phonemise(text)] == ["क्या", "हाँ", "ठीक", "है"]
