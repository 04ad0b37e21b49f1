from itertools import pairwise

from morgana.speech.reading.breaths import LONGEST, breaths
from morgana.speech.utterance import SpokenWord


def test_a_word_that_is_too_long_is_shared_out() -> None:
    word = SpokenWord("9" * 40, 5, 45, " ".join(["nˈIn"] * 200))
    parts = [part for sentence in breaths([word], "sentence") for part in sentence.words]
    assert "".join(part.text for part in parts) == word.text
    assert (parts[0].start, parts[-1].end) == (5, 45)
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(len(part.phonemes) <= LONGEST for part in parts)
    assert " ".join(part.phonemes for part in parts) == word.phonemes + "."


def test_is_cut_at_the_last_comma_that_fits() -> None:
    words = [
        SpokenWord("a", place, place + 1, "ab" * 10 + ("," if place % 7 == 6 else "")) for place in range(40)
    ]
    parts = list(breaths(words, "sentence"))
    assert [part.words[-1].phonemes[-1] for part in parts[:-1]] == [","] * (len(parts) - 1)
    assert [word for part in parts for word in part.words][:-1] == words[:-1]
    assert parts[-1].words[-1].phonemes == words[-1].phonemes + "."


def test_no_words_are_no_sentence() -> None:
    assert list(breaths([], "sentence")) == []
