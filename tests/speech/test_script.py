"""Marks in a script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morgana.errors import ErrorCode, InputError
from morgana.portrait.acting.expressing import FACES
from morgana.speech.script import EXPRESSIONS, LONGEST_PAUSE, Mark, parse


def test_marks_are_taken_out_and_the_words_stay_where_they_are() -> None:
    text = "[happy] Hello there. [sad 0.8]Goodbye."
    script = parse(text)
    assert script.text == "        Hello there.          Goodbye."
    assert script.marks == (Mark(0, "happy"), Mark(21, "sad", 0.8))
    assert text.index("Goodbye") == script.text.index("Goodbye")


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        ("[HAPPY]", Mark(0, "happy")),
        ("[ happy: .5 ]", Mark(0, "happy", 0.5)),
        ("[serious=70%]", Mark(0, "serious", 0.7)),
        ("[surprised 1]", Mark(0, "surprised", 1.0)),
        ("[neutral 0]", Mark(0, "neutral", 0.0)),
        ("[auto]", Mark(0, "auto")),
        ("[pause]", Mark(0, pause=0.6)),
        ("[pause 2]", Mark(0, pause=2.0)),
        ("[pause 1.5s]", Mark(0, pause=1.5)),
        ("[pause 250ms]", Mark(0, pause=0.25)),
    ],
)
def test_ways_to_write_a_mark(written: str, mark: Mark) -> None:
    assert parse(written).marks == (mark,)


@pytest.mark.parametrize(
    "written",
    [
        "[1]",
        "[sic]",
        "a[0]",
        "[he said]",
        "[]",
        "[happy birthday]",
        "[said]",
        "[cause]",
        "[unhappy]",
        "[link](url)",
    ],
)
def test_other_brackets_are_text(written: str) -> None:
    assert parse(written).text == written
    assert parse(written).marks == ()


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("[hapy] Hello", r"\[happy\] is meant"),
        ("[suprised]", r"\[surprised\] is meant"),
        ("[happy 3]", "0 to 1"),
        ("[happy 2s]", "0 to 1"),
        ("[happy 0.5x]", "no number"),
        ("[pause 99s]", f"at most {LONGEST_PAUSE:.0f} seconds"),
        ("[pause 50%]", "in seconds"),
    ],
)
def test_a_mark_that_cannot_be_followed_is_refused(written: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        parse(written)
    assert refused.value.code == ErrorCode.MARK_INVALID


@given(st.text(alphabet="[]happyse 0.5%:é\n", max_size=40))
def test_nothing_moves(text: str) -> None:
    try:
        script = parse(text)
    except InputError:
        return
    assert len(script.text) == len(text)
    assert all(ours in (" ", theirs) for ours, theirs in zip(script.text, text, strict=True))


def test_every_expression_has_a_face() -> None:
    assert set(EXPRESSIONS) == set(FACES)
