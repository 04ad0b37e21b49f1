import pytest

from morgana.speech.reading.phonemisers.italian import phonemise


def said(text: str) -> str:
    return " ".join(word.phonemes for word in phonemise(text))


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("cena", "ʧˈena"),
        ("chiave", "kjˈave"),
        ("ciao", "ʧˈao"),
        ("giorno", "ʤˈorno"),
        ("ghiaccio", "ɡjˈaʧːo"),
        ("scienza", "ʃˈɛnʦa"),
        ("scala", "skˈala"),
        ("famiglia", "famˈiʎa"),
        ("glicine", "ɡlˈiʧine"),
        ("gnocchi", "ɲˈɔkːɪ"),
        ("montagna", "montˈaɲɲa"),
        ("acqua", "ˈakːwa"),
        ("guerra", "ɡwˈɛrɾa"),
        ("rosso", "rˈoSo"),
        ("casa", "kˈaza"),
        ("sbaglio", "zbˈaʎo"),
        ("pizza", "pˈiʦːa"),
        ("mezzo", "mˈɛʣːo"),
        ("realizzare", "realiʣːˈare"),
        ("stazione", "staʦiˈone"),
        ("zero", "ʣˈɛro"),
        ("azienda", "aʣjˈɛnda"),
        ("uomo", "wˈɔmo"),
        ("nuovo", "nʊˈɔvo"),
        ("lungo", "lˈuŋɡo"),
        ("hanno", "ˌanno"),
    ],
)
def test_spelling_tells_the_sounds(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("città", "ʧitːˈa"),
        ("perciò", "perʧˈɔ"),
        ("tavolo", "tˈavolo"),
        ("politica", "polˈitika"),
        ("politici", "polˈitiʧɪ"),
        ("amici", "amˈiʧɪ"),
        ("possibile", "poSˈibile"),
        ("parlano", "pˈarlano"),
        ("parlavano", "parlˈavano"),
        ("italiano", "italiˈano"),
        ("prendere", "prˈɛndere"),
        ("prenderlo", "prˈɛnderlo"),
        ("vedere", "vedˈere"),
        ("energia", "enerʤˈia"),
        ("storia", "stˈɔria"),
        ("zia", "ʣˈia"),
        ("idea", "idˈɛa"),
        ("vorrei", "vorɾˈɛi"),
        ("numeri", "nˈumerɪ"),
    ],
)
def test_stress_by_accent_ending_or_lexicon(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("momento", "momˈento"),
        ("presente", "prezˈɛnte"),
        ("bellezza", "bellˈeʦːa"),
        ("ragione", "raʤˈone"),
        ("porta", "pˈɔrta"),
        ("mese", "mˈeze"),
        ("vento", "vˈɛnto"),
    ],
)
def test_e_and_o_are_open_or_closed(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


def test_elided_words_lean_on_the_next() -> None:
    assert said("l'amico dell’Italia, c'è un'altra") == "lamˈiko dellitˈalia ʧe ʊnˈaltra"


def test_small_words_are_weak() -> None:
    assert said("il mio cane e la tua casa") == "il mˌio kˈane e la tˌʊa kˈaza"


def test_words_without_vowels_are_spelled() -> None:
    assert said("TV") == "tˌivˈu"


def test_places_are_those_of_the_text() -> None:
    text = "«Perche\u0301» no? Un po' sì!"
    assert [text[word.start : word.end] for word in phonemise(text)] == [
        "Perche\u0301",
        "no",
        "Un",
        "po'",
        "sì",
    ]
