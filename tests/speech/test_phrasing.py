import pytest

from morgana.speech.phrasing import LONGEST_SILENCE, OPENING, RESTS, phrases
from morgana.speech.script import Mark
from morgana.speech.shaping import SHORTEST_PAUSE
from morgana.speech.utterance import Sentence, SpokenWord


def sentence(text: str, start: int = 0, pause: float = 0.0) -> Sentence:
    """A sentence whose phonemes are its letters."""
    words = []
    for word in text.split():
        place = start + text.index(word)
        words.append(SpokenWord(word, place, place + len(word), word.lower()))
    return Sentence(tuple(words), pause)


def cut(sentences: list[Sentence], *marks: Mark, speed: float = 1.0) -> list[tuple[str, object]]:
    """The phonemes of each phrase, and the silence after it."""
    return [
        (" ".join(word.phonemes for word in phrase.words), pytest.approx(phrase.pause))
        for phrase in phrases(sentences, marks, speed)
    ]


def test_the_mark_at_the_end_decides_the_pause() -> None:
    sentences = [sentence("one two."), sentence("three,", 20), sentence("four", 40)]
    assert cut(sentences) == [("one two.", RESTS["."]), ("three,", RESTS[","]), ("four", SHORTEST_PAUSE)]


def test_a_sentence_may_ask_for_a_longer_pause() -> None:
    assert cut([sentence("one two.", pause=0.4)]) == [("one two.", RESTS["."] + 0.4)]


def test_pauses_are_shorter_where_speech_is_fast() -> None:
    assert cut([sentence("one.")], speed=2.0) == [("one.", RESTS["."] / 2)]


def test_a_mark_within_a_sentence_cuts_it() -> None:
    found = cut([sentence("one two three.")], Mark(4, pause=1.0))
    assert found == [("one,", SHORTEST_PAUSE), ("", 1.0 - SHORTEST_PAUSE), ("two three.", RESTS["."])]


def test_a_mark_after_a_sentence_counts_with_its_own_pause() -> None:
    sentences = [sentence("one."), sentence("two.", 20)]
    longer = [("one.", RESTS["."]), ("", 2.0 - RESTS["."]), ("two.", RESTS["."])]
    assert cut(sentences, Mark(10, pause=2.0)) == longer
    assert cut(sentences, Mark(10, pause=0.1)) == [("one.", RESTS["."]), ("two.", RESTS["."])]


def test_marks_at_one_place_add_up_in_pieces_of_limited_length() -> None:
    found = cut([sentence("one.", 10)], Mark(0, pause=10.0), Mark(2, pause=4.0))
    assert found == [("", LONGEST_SILENCE), ("", 4.0), ("one.", RESTS["."])]


def test_a_mark_at_the_end_is_silence_at_the_end() -> None:
    assert cut([sentence("one.")], Mark(9, pause=3.0)) == [("one.", RESTS["."]), ("", 3.0 - RESTS["."])]


def test_expressions_cut_nothing() -> None:
    assert cut([sentence("one two.")], Mark(4, "happy")) == [("one two.", RESTS["."])]


def test_a_long_opening_ends_after_a_clause() -> None:
    clause = "seven " * 10 + "eight,"
    long = sentence(" ".join([clause] * 4) + " end.")
    assert [phrase for phrase, _ in cut([long, long])] == [
        " ".join([clause] * 2),
        " ".join([clause] * 2) + " end.",
        " ".join([clause] * 4) + " end.",
    ]


def test_a_long_opening_without_clauses_stays_whole() -> None:
    text = "seven " * (OPENING // 5) + "end."
    assert [phrase for phrase, _ in cut([sentence(text)])] == [text]
