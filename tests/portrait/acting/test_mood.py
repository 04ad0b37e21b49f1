import dataclasses

import pytest

from morgana.portrait.acting.mood import choose
from morgana.speech.transcript import Speech, Word
from tests.portrait.acting.made import talk


def saying(text: str) -> Speech:
    words = tuple(Word(word, index * 0.4, index * 0.4 + 0.3, 0.9) for index, word in enumerate(text.split()))
    return dataclasses.replace(talk(20), words=words)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("Thank you so much, this is wonderful! We are happy to welcome you.", "happy"),
        ("Danke, das ist wunderbar und schön!", "happy"),
        ("He died last night, and we mourn the loss of a friend.", "sad"),
        ("The attack is a crime and a threat to the law.", "serious"),
        ("The train to the north leaves from the second platform at nine.", "neutral"),
        ("", "neutral"),
    ],
)
def test_the_words_choose_the_expression(text: str, expression: str) -> None:
    assert choose(saying(text))[0] == expression


def test_a_single_word_among_many_is_not_a_mood() -> None:
    assert choose(saying("happy " + "and then we turned left at the corner " * 5))[0] == "neutral"


def test_the_share_is_a_factor() -> None:
    for text in ("happy happy happy happy happy", "We lost, sorry."):
        assert 0 < choose(saying(text))[1] <= 1
