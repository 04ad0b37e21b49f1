import unicodedata

import pytest

from morgana.speech.reading.phonemisers.portuguese import phonemise


def said(text: str) -> str:
    return " ".join(word.phonemes for word in phonemise(text))


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("casa", "kˈazæ"),
        ("rosto", "xˈostʊ"),
        ("carro", "kˈaxʊ"),
        ("porta", "pˈɔɾətæ"),
        ("mar", "mˈar"),
        ("filho", "fˈiljʊ"),
        ("sonho", "sˈoɲʊ"),
        ("chuva", "ʃˈuvæ"),
        ("dia", "ʤˈiæ"),
        ("tia", "ʧˈiæ"),
        ("noite", "nˈoɪʧy"),
        ("verdade", "vˌeɾədˈaʤy"),
        ("Brasil", "brazˈiʊ"),
        ("sal", "sˈW"),
        ("guerra", "ɡˈɛxæ"),
        ("quase", "kwˈazy"),
        ("sequência", "sˌekwˈAŋsjæ"),
        ("exame", "ˌezˈɐ̃my"),
        ("táxi", "tˈaksi"),
        ("caixa", "kˈIʃæ"),
        ("próximo", "prˈɔsimʊ"),
        ("exceto", "ˌesˈɛtʊ"),
        ("nascer", "nasˈer"),
        ("ideia", "ˌidˈɛɪæ"),
    ],
)
def test_spelling_tells_the_sounds(word: str, phonemes: str) -> None:
    assert said(word) == unicodedata.normalize("NFD", phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("irmã", "iɾəmˈɐ̃"),
        ("pão", "pˈɐ̃ʊ̃"),
        ("corações", "kˌoɾasˈõjs"),
        ("mãe", "mˈɐ̃y"),
        ("tempo", "tˈAmpʊ"),
        ("mundo", "mˈũŋdʊ"),
        ("homem", "ˈomAŋ"),
        ("falam", "fˈalɐ̃ʊ̃"),
        ("cama", "kˈɐ̃mæ"),
        ("amor", "æmˈor"),
    ],
)
def test_vowels_are_nasal_before_m_and_n(word: str, phonemes: str) -> None:
    assert said(word) == unicodedata.normalize("NFD", phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("falar", "falˈar"),
        ("falam", "fˈalɐ̃ʊ̃"),
        ("avó", "avˈɔ"),
        ("avô", "avˈo"),
        ("país", "paˈis"),
        ("raiz", "xaˈis"),
        ("história", "ˌistˈɔɾjæ"),
        ("possibilidade", "pˌosibˌilidˈaʤy"),
    ],
)
def test_stress_follows_ending_accent_and_hiatus(word: str, phonemes: str) -> None:
    assert said(word) == unicodedata.normalize("NFD", phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("novo", "nˈovʊ"),
        ("nova", "nˈɔvæ"),
        ("olho", "ˈoljʊ"),
        ("olhos", "ˈɔljʊs"),
        ("ele", "ˌely"),
        ("ela", "ˌɛlæ"),
        ("professora", "prˌofesˈoɾæ"),
        ("famosa", "fˌæmˈɔzæ"),
        ("mesa", "mˈezæ"),
        ("festa", "fˈɛstæ"),
    ],
)
def test_e_and_o_are_open_or_closed(word: str, phonemes: str) -> None:
    assert said(word) == unicodedata.normalize("NFD", phonemes)


def test_words_link_without_a_pause_and_only_then() -> None:
    assert said("os amigos das irmãs") == "ʊz ˌæmˈiɡʊz daz iɾəmˈɐ\u0303s"
    assert said("grande amigo") == "ɡrˈɐ̃ŋʤj ˌæmˈiɡʊ"
    assert said("grande, amigos, antes") == "ɡrˈɐ̃ŋʤy ˌæmˈiɡʊs ˈɐ̃ŋʧys"


def test_small_words_are_weak() -> None:
    assert said("o pai e a mãe de você") == "ʊ pˈI i a mˈɐ̃y ʤy vosˌe"


def test_places_are_those_of_the_text() -> None:
    text = "«Quem?» O avo\u0302 — sim."
    assert [text[word.start : word.end] for word in phonemise(text)] == ["Quem", "O", "avo\u0302", "sim"]
