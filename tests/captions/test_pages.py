"""Which words are on screen together."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morgana.captions.pages import HOLD, SHORTEST, Page, Word, paginate


def said(text: str, pace: float = 0.3, gap: float = 0.0) -> list[Word]:
    return [Word(word, i * pace, (i + 1) * pace - gap) for i, word in enumerate(text.split())]


def anything(_: Sequence[str]) -> bool:
    return True


def up_to(letters: int) -> Callable[[Sequence[str]], bool]:
    return lambda words: len(" ".join(words)) <= letters


def texts(pages: list[Page]) -> list[str]:
    return [" ".join(word.text for word in page.words) for page in pages]


def test_a_page_ends_with_its_sentence() -> None:
    words = said('Stop. Is it "true?" Yes! Go on')
    assert texts(paginate(words, 8, anything)) == ["Stop.", 'Is it "true?"', "Yes!", "Go on"]


def test_a_point_that_belongs_to_a_word_ends_no_page() -> None:
    words = said("Ask Dr. Smith or J. R. Jones. I did, e.g. in the U.S. army. It was I. Wait... No. 5.")
    assert texts(paginate(words, 8, anything)) == [
        "Ask Dr. Smith or J. R. Jones.",
        "I did, e.g. in the U.S. army.",
        "It was I.",
        "Wait...",
        "No.",
        "5.",
    ]
    pages = paginate(said("today we met Dr. Ada Jones here"), 4, anything)
    assert not any(text.endswith("Dr.") for text in texts(pages))
    # Pages of four words each would be best, but for the title.
    words = said("rain stops soon Dr. Jones plays football outside")
    assert texts(paginate(words, 5, anything)) == ["rain stops soon", "Dr. Jones plays football outside"]


def test_a_page_ends_at_a_pause() -> None:
    words = [Word("one", 0, 0.3), Word("two", 0.69, 1.0), Word("three", 1.45, 2.0)]
    assert texts(paginate(words, 8, anything)) == ["one two", "three"]


def test_a_comma_is_a_good_place_to_break() -> None:
    words = said("when the rain stops, we go out and play football")
    assert texts(paginate(words, 6, anything)) == ["when the rain stops,", "we go out and play football"]


def test_no_word_is_left_alone() -> None:
    pages = paginate(said("we will be there by noon tomorrow"), 6, anything)
    assert min(len(page.words) for page in pages) >= 2


def test_a_page_does_not_end_on_a_word_that_leans_on_the_next() -> None:
    pages = paginate(said("they sailed round the world in a very small boat"), 5, anything)
    assert all(page.words[-1].text not in ("the", "in", "a", "very") for page in pages)


def test_pages_hold_what_fits() -> None:
    pages = paginate(said("some words are considerably longer than others are"), 8, up_to(18))
    assert all(len(text) <= 18 for text in texts(pages))


def test_a_word_that_fits_nowhere_has_a_page_of_its_own() -> None:
    pages = paginate(said("so Donaudampfschifffahrtsgesellschaft it is"), 4, up_to(12))
    assert "Donaudampfschifffahrtsgesellschaft" in texts(pages)


def test_a_page_stays_a_moment_but_not_into_the_next() -> None:
    words = [Word("Well.", 0, 0.5), Word("Then.", 0.6, 1.0)]
    first, second = paginate(words, 4, anything)
    assert (first.start, first.end) == (0, 0.6)
    assert second.end == pytest.approx(1.0 + HOLD)


def test_one_word_a_page() -> None:
    assert texts(paginate(said("one by one"), 1, anything)) == ["one", "by", "one"]


def test_nothing_said_is_no_page() -> None:
    assert paginate([], 4, anything) == []


times = st.lists(st.floats(0, 0.5), min_size=1, max_size=40)


@given(times, st.integers(1, 7))
def test_every_word_is_shown_once_in_order_and_lit_long_enough(gaps: list[float], longest: int) -> None:
    words, now = [], 0.0
    for index, gap in enumerate(gaps):
        words.append(Word(f"w{index}" + "." * (index % 7 == 3), now, now + gap))
        now += gap * (1 + index % 3)
    pages = paginate(words, longest, anything)
    assert [word.text for page in pages for word in page.words] == [word.text for word in words]
    edges = [edge for page in pages for edge in (*(word.start for word in page.words), page.end)]
    for page in pages:
        assert len(page.words) <= longest
        lit = [word.start for word in page.words] + [page.end]
        assert all(later - earlier >= SHORTEST - 1e-9 for earlier, later in pairwise(lit))
    assert edges == sorted(edges)
