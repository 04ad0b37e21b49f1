"""Names are spelled as they are given, and nothing else is touched."""

import pytest

from morgana.speech.transcript import Word
from morgana.speech.vocabulary import spelled


def mended(text: str, *vocabulary: str, language: str = "en") -> str:
    words = [Word(word, i * 0.3, i * 0.3 + 0.3, 0.9) for i, word in enumerate(text.split())]
    return " ".join(word.text for word in spelled(words, vocabulary, language))


@pytest.mark.parametrize(
    ("heard", "term", "written"),
    [
        ("Yesterday, Kaya Talberg showed us", "Kaia Thalberg", "Yesterday, Kaia Thalberg showed us"),
        ("This is Morganna's server.", "Morgana", "This is Morgana's server."),
        ("runs on cooper netties, mostly", "Kubernetes", "runs on Kubernetes, mostly"),
        ("We use open AI here", "OpenAI", "We use OpenAI here"),
        ('and "Sean" said', "Shaun", 'and "Shaun" said'),
        ("an nvidia card", "NVIDIA", "an NVIDIA card"),
        ("Hello, more Ghana!", "Morgana", "Hello, Morgana!"),
        ("Zintrix is new", "Zyntrix", "Zyntrix is new"),
        ("ZYNTRIX is new", "Zyntrix", "Zyntrix is new"),
    ],
)
def test_what_sounds_the_same_is_spelled_as_given(heard: str, term: str, written: str) -> None:
    assert mended(heard, term) == written


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        ("I read the book. Read it now.", "Reid"),
        ("mark my words", "Mark"),
        ("he ate a cake with Cake", "Kate"),
        ("We love London and Paris", "Lyndon"),
        ("We love London and Paris", "Perris"),
        ("said Morgan a long time ago", "Morgana"),
        ("Hello more. Ghana is far", "Morgana"),
        ("with Carla in Berlin", "Carl"),
        ("the cat sat on the mat", "Matt"),
        ("it is for us", "IT"),
        ("it is for us", "US"),
        ("in 1987 and 1988", "1986"),
        ("anything at all", "..."),
        ("anything at all", ""),
    ],
)
def test_other_words_stay_as_they_are(heard: str, term: str) -> None:
    assert mended(heard, term) == heard


def test_other_languages_are_mended_more_carefully() -> None:
    assert mended("Das ist Torsten Meyer.", "Thorsten Meier", language="de") == "Das ist Thorsten Meier."
    assert mended("Das Haus von Maria", "Hans", "Marie", language="de") == "Das Haus von Maria"


def test_words_that_become_one_keep_their_time() -> None:
    words = [Word("(cooper", 1.0, 1.4, 0.9), Word("netties)", 1.4, 2.0, 0.5)]
    assert spelled(words, ["Kubernetes"], "en") == (Word("(Kubernetes)", 1.0, 2.0, 0.5),)


def test_words_that_become_as_many_keep_their_times() -> None:
    words = [Word("Kaya", 1.0, 1.4, 0.9), Word("Talberg", 1.5, 2.0, 0.5)]
    assert [(word.start, word.end) for word in spelled(words, ["Kaia Thalberg"], "en")] == [
        (1.0, 1.4),
        (1.5, 2.0),
    ]


def test_nothing_to_spell_is_nothing_changed() -> None:
    words = (Word("Kaya", 1.0, 1.4, 0.9),)
    assert spelled(words, [], "en") == words
    assert spelled([], ["Kaia"], "en") == ()
