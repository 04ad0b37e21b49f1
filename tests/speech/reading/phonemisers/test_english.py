import threading
import time
import tomllib
from importlib.resources import files

import pytest

from morgana.speech.reading.alphabet import LETTERS
from morgana.speech.reading.phonemisers.english import american, british
from morgana.speech.reading.phonemisers.protocol import Pronounced


def said(text: str) -> str:
    return " ".join(word.phonemes for word in american(text))


def test_words_have_their_places() -> None:
    text = 'Hello, "world" — it\'s  well-known.'
    assert [text[word.start : word.end] for word in american(text)] == [
        "Hello",
        '"world"',
        "it's",
        "well-known",
    ]


def test_accents_differ() -> None:
    assert american("there") == (Pronounced(0, 5, "ðˈɛɹ"),)
    assert british("there") == (Pronounced(0, 5, "ðˈɛː"),)


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ("I will read it.", "She has read it.", "read"),
        ("I live here.", "a live show", "live"),
        ("Record it now.", "a new record", "record"),
        ("The wind blows.", "Wind the clock.", "wind"),
        ("a tear in her eye", "tear it up", "tear"),
        ("close the door", "close to me", "close"),
        ("please present it", "a nice present", "present"),
    ],
)
def test_tells_heteronyms_apart(first: str, second: str, word: str) -> None:
    sounds = [
        next(p.phonemes for p in american(text) if text[p.start : p.end].lower() == word)
        for text in (first, second)
    ]
    assert sounds[0] != sounds[1]


def test_articles_go_with_what_follows() -> None:
    assert said("the apple").startswith("ði ")
    assert said("the pear").startswith("ðə ")


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("Nguyen", "wˈɪn"),
        ("Beethoven", "bˈAtˌOvən"),
        ("Xiaomi", "ʃˈWmi"),
        ("Ahmed", "ˈɑmɛd"),
        ("Karen", "kˈɛɹən"),
        ("F.B.I", "ˌɛfbˌiˈI"),
        ("ᴀ", "ˈA"),
    ],
)
def test_names_and_letters(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


def test_unknown_words_are_read_by_their_letters() -> None:
    assert said("blorptastic").startswith("bl")


def test_a_word_of_apostrophes_does_not_take_forever() -> None:
    assert _seconds("'s" * 300) < 60  # it took minutes, doubling with every few letters


def test_our_words_are_in_the_alphabet() -> None:
    place = files("morgana.speech.reading.phonemisers").joinpath("english.toml")
    for table in tomllib.loads(place.read_text("utf-8")).values():
        for word, phonemes in table.items():
            assert word == word.lower()
            assert set(phonemes) <= LETTERS


def test_many_threads_read_alike() -> None:
    texts = [
        f"The {word} used to live in the old zorbly house number {word}." for word in ("red", "blue", "vast")
    ]
    expected = [american(text) for text in texts]
    results: list[list[tuple[Pronounced, ...]]] = []

    def work() -> None:
        results.append([american(text) for text in texts * 5])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected * 5] * 4


def _seconds(text: str) -> float:
    start = time.perf_counter()
    american(text)
    return time.perf_counter() - start
