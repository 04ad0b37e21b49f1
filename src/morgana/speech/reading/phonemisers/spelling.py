"""What the phonemisers of alphabetic languages share: words, their places, and marks of stress."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from morgana.speech.reading.phonemisers.protocol import Pronounced

STRESS, SECONDARY = "ˈ", "ˌ"
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f])"
_WORD = re.compile(rf"{_LETTER}+(?:['’ʼ]{_LETTER}+)*['’ʼ]?")
_PAUSE = re.compile(r"[^\s'’ʼ\-\u2010\u2011\"“”«»]")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_COMPOUND = re.compile(r"[-\u2010\u2011](?:[tT][-\u2010\u2011])?")  # the t of a-t-il is no word


@dataclass(frozen=True, slots=True)
class Written:
    """A word of a sentence: its place, its letters in lower case with ' for every apostrophe.

    pause: whether punctuation parts it from the word before it (true of the first); hyphen: whether
    only a hyphen does; capital: whether its first letter is one.
    """

    start: int
    end: int
    letters: str
    pause: bool
    hyphen: bool
    capital: bool


def written(text: str, alphabet: frozenset[str]) -> Iterator[Written]:
    """The words of `text` in the letters of an alphabet, without foreign accents and scripts."""
    after = 0
    for match in _WORD.finditer(text):
        letters = fold(match[0], alphabet)
        if not letters.strip("'"):
            continue
        between = text[after : match.start()]
        pause = after == 0 or _PAUSE.search(between) is not None
        hyphen = not pause and _HYPHEN.fullmatch(between) is not None
        yield Written(match.start(), match.end(), letters, pause, hyphen, match[0][0].isupper())
        after = match.end()


def compounds(text: str, said: Iterable[Pronounced]) -> tuple[Pronounced, ...]:
    """The words of `text`, those that hyphens join as one."""
    joined: list[Pronounced] = []
    for word in said:
        if joined and _COMPOUND.fullmatch(text, joined[-1].end, word.start):
            last = joined.pop()
            word = Pronounced(last.start, word.end, f"{last.phonemes} {word.phonemes}")
        joined.append(word)
    return tuple(joined)


def fold(word: str, alphabet: frozenset[str]) -> str:
    """A word in the letters of an alphabet, in lower case."""
    composed = unicodedata.normalize("NFC", word.lower().replace("’", "'").replace("ʼ", "'"))
    return "".join(_known(letter, alphabet) for letter in composed)


def _known(letter: str, alphabet: frozenset[str]) -> str:
    if letter in alphabet or letter == "'":
        return letter
    plain = _LIGATURES.get(letter) or unicodedata.normalize("NFKD", letter)
    return "".join(part for part in plain if part in alphabet)


_LIGATURES = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "t", "ł": "l", "ı": "i"}


def lexicon(language: str) -> dict[str, str]:
    """What the rules of a language do not tell, from its file in `lexicons`."""
    return tomllib.loads((resources.files(__package__) / "lexicons" / f"{language}.toml").read_text("utf-8"))


def words(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


def pairs(text: str) -> dict[str, str]:
    """A list of this=that."""
    return dict(pair.split("=") for pair in text.split())
