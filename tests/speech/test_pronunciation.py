import pytest

from morgana.speech.letters import rules
from morgana.speech.phones import VOWELS
from morgana.speech.pronunciation import LETTER_NAMES, guess, number_words, tokens

CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
ARPABET = VOWELS.union(CONSONANTS.split())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zero"),
        (7, "seven"),
        (13, "thirteen"),
        (42, "forty two"),
        (80, "eighty"),
        (305, "three hundred five"),
        (1984, "nineteen eighty four"),
        (1905, "nineteen oh five"),
        (1900, "nineteen hundred"),
        (2005, "two thousand five"),
        (2026, "twenty twenty six"),
        (7000, "seven thousand"),
        (1_250_000, "one million two hundred fifty thousand"),
    ],
)
def test_numbers_are_read(value: int, words: str) -> None:
    assert " ".join(number_words(value)) == words


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("women.", ["women"]),
        ("don\u2019t", ["don't"]),
        ("well-known", ["well", "known"]),
        ("7,000", ["seven", "thousand"]),
        ("$5", ["five", "dollars"]),
        ("50%", ["fifty", "percent"]),
        ("R&D", ["R", "and", "D"]),
        ("4-year", ["four", "year"]),
        ("...", []),
        ("Verfügung.", ["Verfügung"]),
    ],
)
def test_a_written_word_is_taken_apart(text: str, spoken: list[str]) -> None:
    assert tokens(text) == spoken


@pytest.mark.parametrize(
    ("word", "language", "phones"),
    [
        ("DC", "en", "D IY S IY"),
        ("phantomize", "en", "F AE N T AA M IH Z"),
        ("knorb", "en", "N AO R B"),
        ("Übung", "de", "UW B UH NG"),
        ("Stein", "de", "SH T AY N"),
        ("Deutschland", "de", "D OY CH L AA N T"),
        ("Homepage", "de", "HH AO M EH P AA G AH"),
        ("eau", "fr", "OW"),
        ("bonjour", "fr", "B OW ZH UW R"),
        ("hola", "es", "OW L AA"),
        ("queso", "es", "K EH S OW"),
        ("ciao", "it", "CH AA AO"),
        ("gnocchi", "it", "N Y AO K IY"),
        ("não", "pt", "N AW"),
        ("goed", "nl", "HH UW T"),
        ("szczęście", "pl", "SH CH EH N SH CH EH"),
        ("привет", "ru", "P R IY V Y EH T"),
        ("μπαμπάς", "el", "B AA B AA S"),
        ("ñandú", "eu", "N Y AA N D UW"),
        ("日本", "ja", ""),
        ("नमस्ते", "hi", ""),
    ],
)
def test_letters_become_phones(word: str, language: str, phones: str) -> None:
    assert " ".join(guess(word, language)) == phones


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "xx"])
def test_rules_use_known_phones_only(language: str) -> None:
    used = {phone for phones in rules(language).values() for phone in phones.split()}
    assert used <= ARPABET
    assert {phone for name in LETTER_NAMES.values() for phone in name.split()} <= ARPABET
