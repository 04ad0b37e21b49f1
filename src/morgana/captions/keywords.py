"""The word of a page that matters most, for templates that make it stand out."""

from dataclasses import replace
from typing import Final

from morgana.captions.pages import LEANING, Page, Word

_SHORTEST: Final = 4  # letters of a word that may be chosen
# Long words that say little.
_EMPTY: Final = """
    about after again also because been before being could does doing down each even every from have
    having here into just like made make many more most much must only other over really same should
    some such than their them then there these they thing things this those through under until very
    want were what when where which while will with would your yours para como pero muy pour dans avec
    mais plus sind haben wird nicht auch aber oder
"""
_EMPTY_WORDS: Final = frozenset(_EMPTY.split())


def bare(text: str) -> str:
    """The letters and digits of a word, small."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def mark_keywords(page: Page) -> Page:
    """`page` with one word marked, unless some are marked already or none deserves it."""
    if any(word.keyword for word in page.words):
        return page
    best = max(page.words, key=_weight)
    if _weight(best) <= 0:
        return page
    return replace(page, words=tuple(replace(word, keyword=word is best) for word in page.words))


def emphasize(words: list[Word], wanted: frozenset[str]) -> list[Word]:
    """`words` with those marked whose `bare` text is wanted."""
    return [replace(word, keyword=word.keyword or bare(word.text) in wanted) for word in words]


def _weight(word: Word) -> float:
    letters = bare(word.text)
    if any(letter.isdigit() for letter in letters):
        return 20.0
    if letters in LEANING or letters in _EMPTY_WORDS:
        return 0.0
    # Scripts in which a letter is a syllable have short words.
    shortest = _SHORTEST if letters.isascii() else 2
    return len(letters) + 0.5 * word.text.endswith(("!", "?")) if len(letters) >= shortest else 0.0
