import pytest

from morgana.speech.reading.phonemisers.spanish import phonemise


def said(text: str) -> str:
    return " ".join(word.phonemes for word in phonemise(text))


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("casa", "kˈasa"),
        ("ciudad", "θjuðˈad"),
        ("queso", "kˈeso"),
        ("guerra", "ɡˈera"),
        ("pingüino", "piŋɡwˈino"),
        ("gigante", "xiɣˈante"),
        ("jueves", "xwˈeβes"),
        ("llave", "ʎˈaβe"),
        ("niño", "nˈiɲo"),
        ("chico", "ʧˈiko"),
        ("zapato", "θapˈato"),
        ("perro", "pˈero"),
        ("pero", "pˌeɾo"),
        ("rosa", "rˈosa"),
        ("enredo", "enrˈeðo"),
        ("israel", "ˌisraˈel"),
        ("huevo", "wˈeβo"),
        ("hierba", "jˈeɾβa"),
        ("yo", "ʝˈo"),
        ("muy", "mˈuj"),
        ("rey", "rˈA"),
        ("hoy", "ˈoɪ"),
        ("xilófono", "silˈofono"),
        ("examen", "eksˈamen"),
        ("México", "mˈexiko"),
        ("psicología", "sˌikoloxˈia"),
        ("envío", "embˈio"),
    ],
)
def test_spelling_tells_the_sounds(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("hablan", "ˈaβlan"),
        ("hablar", "aβlˈaɾ"),
        ("habló", "aβlˈo"),
        ("país", "paˈis"),
        ("aire", "ˈIɾe"),
        ("cliente", "kliˈɛnte"),
        ("rápidamente", "rˈapiðamˈente"),
        ("aumente", "Wmˈɛnte"),
        ("internacional", "ˌinteɾnˌaθjonˈal"),
    ],
)
def test_stress_follows_ending_accent_and_hiatus(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


def test_small_words_lean_on_their_neighbours() -> None:
    assert said("el agua de la casa para mi madre") == "el ˈaɣwa ðe la kˈasa pˌaɾa mi mˈaðɾe"


def test_b_d_g_soften_between_words_but_not_after_a_pause_or_a_nasal() -> None:
    assert said("la boca, boca con barba") == "la βˈoka bˈoka kom bˈaɾβa"
    assert said("con gato") == "koŋ ɡˈato"


def test_words_without_vowels_are_spelled() -> None:
    assert said("TV") == "tˌeˈuβe"


def test_english_words_are_said_as_spanish_speakers_say_them() -> None:
    assert said("Facebook y WhatsApp") == "fˈeisβuk i wˈasap"


def test_places_are_those_of_the_text() -> None:
    text = "¿Qué? Ana\u0301 dice «sí»."
    assert [text[word.start : word.end] for word in phonemise(text)] == ["Qué", "Ana\u0301", "dice", "sí"]
    assert said(text) == "kˈe anˈa ðˈiθe sˈi"


def test_what_a_hyphen_joins_is_one_word_with_several_spoken() -> None:
    assert [(word.start, word.end, word.phonemes) for word in phonemise("franco-alemán, no")] == [
        (0, 13, "fɾˈanko ˌalemˈan"),
        (15, 17, "nˈo"),
    ]
