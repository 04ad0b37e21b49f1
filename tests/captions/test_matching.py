"""Texts compared word by word, by how many words find themselves and how long that takes."""

import random
import time
from itertools import pairwise

import pytest

from morgana.captions.matching import matched


def heard_wrongly(given: list[str], chance: random.Random) -> tuple[list[str], dict[int, int]]:
    """What is heard of a text, one word in ten wrong, left out or put in; and where each right one went."""
    heard: list[str] = []
    places: dict[int, int] = {}
    for number, word in enumerate(given):
        slip = chance.random()
        if slip < 0.03:
            continue
        if slip < 0.06:
            heard.append("hum")
        elif slip < 0.1:
            heard += ["er", word]
        else:
            heard.append(word)
        if slip >= 0.06:
            places[number] = len(heard) - 1
    return heard, places


@pytest.mark.parametrize("count", [600, 2500, 9000])
@pytest.mark.parametrize("vocabulary", [12, 40, 90])
def test_texts_of_few_different_words_find_themselves(count: int, vocabulary: int) -> None:
    chance = random.Random(vocabulary)
    given = [f"w{chance.randrange(vocabulary)}" for _ in range(count)]
    heard, places = heard_wrongly(given, chance)
    begun = time.process_time()
    found = dict(matched(given, heard))
    assert time.process_time() - begun < 6
    right = sum(found.get(number) == place for number, place in places.items())
    assert right > 0.95 * len(places)


def test_a_long_passage_that_is_not_said_moves_nothing_else() -> None:
    chance = random.Random(3)
    given = [f"w{chance.randrange(50)}" for _ in range(4000)]
    found = dict(matched(given, given[:1000] + given[2000:]))
    assert sum(found.get(number) == number for number in range(1000)) > 950
    assert sum(found.get(number) == number - 1000 for number in range(2000, 4000)) > 1900


def test_matches_are_equal_and_ascend() -> None:
    chance = random.Random(5)
    one, other = ([chance.choice("abcdefgh") for _ in range(count)] for count in (1500, 1100))
    found = list(matched(one, other))
    assert all(one[a] == other[b] for a, b in found)
    assert all(a < next_a and b < next_b for (a, b), (next_a, next_b) in pairwise(found))
    assert len(found) > 600
    assert list(matched([], other)) == list(matched(one, [])) == []
