import numpy as np
import pytest

from morgana.speech.engines.protocol import RATE, Spoken
from morgana.speech.timing import phrase, timed_words
from morgana.speech.utterance import SpokenWord, TimedWord


def timed(*phonemes: str, loud: float = 100.0, start: float = 0.0) -> list[TimedWord]:
    """Words of which each character takes 0.1 s, in sound up to `loud` seconds."""
    words, place = [], 0
    for symbols in phonemes:
        words.append(SpokenWord(symbols, place, place + len(symbols), symbols))
        place += len(symbols) + 1
    count = len(phrase(words))
    samples = np.zeros(round((count + 2) * 0.1 * RATE), np.float32)
    samples[: round(loud * RATE)] = 0.1
    return list(timed_words(words, Spoken(samples, np.linspace(0, count / 10, count + 1)), start))


def times(word: TimedWord) -> list[tuple[str, float, float, int]]:
    return [
        (sound.symbol, round(sound.start, 4), round(sound.end, 4), sound.stress) for sound in word.phonemes
    ]


def test_stress_begins_its_vowel_and_length_ends_it() -> None:
    (word,) = timed("bˈiːtˌa")
    assert times(word) == [("b", 0.0, 0.1, 0), ("iː", 0.1, 0.4, 1), ("t", 0.4, 0.5, 0), ("a", 0.5, 0.7, 2)]


def test_a_tone_takes_time_and_has_no_name() -> None:
    (word,) = timed("ma↘n")
    assert times(word) == [("m", 0.0, 0.1, 0), ("a", 0.1, 0.3, 0), ("n", 0.3, 0.4, 0)]


def test_words_that_are_not_parted_by_a_pause_touch() -> None:
    first, second = timed("ab", "cd")
    assert first.end == second.start == pytest.approx(0.2125)
    assert second.end == pytest.approx(0.5)


def test_the_last_sound_before_a_pause_ends_where_it_can_be_heard_no_more() -> None:
    (word,) = timed("ab.", loud=0.15)
    assert word.end == pytest.approx(0.15, abs=0.006)
    (word,) = timed("ab.", loud=0.27)
    assert word.end == pytest.approx(0.27, abs=0.006)


def test_after_a_pause_a_word_starts_with_its_first_sound() -> None:
    first, second = timed("ab,", "cd")
    assert first.end <= 0.3
    assert second.start == pytest.approx(0.4)


def test_words_know_their_place_and_count_from_the_start_of_the_speech() -> None:
    _, second = timed("ab,", "cd", start=7.0)
    assert (second.text, second.offset, second.length) == ("cd", 4, 2)
    assert second.start == pytest.approx(7.4)
    assert second.phonemes[0].start == second.start


def test_a_written_word_may_be_several_spoken_ones() -> None:
    (word,) = timed("fˈIv dˈɑləɹz")
    assert [sound.symbol for sound in word.phonemes] == list("fIvdɑləɹz")
    ends = [sound.end for sound in word.phonemes]
    assert [sound.start for sound in word.phonemes][1:] == pytest.approx(ends[:-1])
