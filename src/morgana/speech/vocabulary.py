"""Names and terms spelled as somebody wants them, where the recogniser wrote what sounds nearly the same."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from pocketsphinx import Decoder

from morgana.speech.phones import VOWELS
from morgana.speech.pronunciation import guess, tokens
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Word

SHORTEST = 4  # letters of a term that is looked for in other spellings
FARTHEST_SPELLING = 0.5  # edits a letter, of the longer of the two
FARTHEST_SOUND = 0.25  # edits a phone, for what is in no dictionary: the recogniser made it up
UNSURE_SOUND = 0.15  # where there is no dictionary to tell
_LONE = frozenset("aeiouy")  # letters that are words
_NAMED = 5  # letters of a term written like an abbreviation that cannot be another word
ALIKE = 0.5  # what a vowel in place of another, or a voiced consonant for its unvoiced twin, counts
_TWINS = [
    {"B", "P"},
    {"D", "T"},
    {"G", "K"},
    {"V", "F"},
    {"Z", "S"},
    {"DH", "TH"},
    {"JH", "CH"},
    {"ZH", "SH"},
]
_MARKS = "\"'“”‘’«»„()[]{}¿¡.,;:!?…—–-"
_SENTENCE_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class _Term:
    """A name as it is to be written, its words, its letters and phones."""

    words: tuple[str, ...]
    letters: str
    phones: tuple[str, ...]


def spelled(words: Sequence[Word], vocabulary: Sequence[str], language: str) -> tuple[Word, ...]:
    """`words` with the terms of `vocabulary` in their own spelling wherever they seem to be meant.

    A term of n words takes the place of n or n + 1 words that sound and look nearly as it does. Common words,
    which the recogniser writes small, keep their place. Punctuation stays.
    """
    terms = sorted(_terms(vocabulary, language), key=lambda term: -len(term.letters))
    if not terms:
        return tuple(words)
    mended: list[Word] = []
    at = 0
    while at < len(words):
        count, found = _meant(words, at, terms, language)
        mended += found or words[at : at + 1]
        at += count
    return tuple(mended)


def _terms(vocabulary: Sequence[str], language: str) -> Iterator[_Term]:
    for entry in vocabulary:
        words = tuple(entry.split())
        if letters := _letters(entry):
            yield _Term(words, letters, _phones(" ".join(words), language))


def _meant(words: Sequence[Word], at: int, terms: Sequence[_Term], language: str) -> tuple[int, list[Word]]:
    """How many words from `at` are a term, and the term in their place; one, and nothing, where none is."""
    for term in terms:
        for count in (len(term.words), len(term.words) + 1):
            window = words[at : at + count]
            if len(window) == count and _is_meant(words, at, count, term, language):
                return count, _written(window, term)
    return 1, []


def _is_meant(words: Sequence[Word], at: int, count: int, term: _Term, language: str) -> bool:
    texts = [_bare(word.text)[1] for word in words[at : at + count]]
    letters = "".join(map(_letters, texts))
    joined = count > len(term.words)
    if any(word.text.endswith((*_SENTENCE_ENDS, ",")) for word in words[at : at + count - 1]):
        return False
    if joined and any(text.lower() in _LONE for text in texts):
        return False
    common = all(_is_common(words, at + index, language) for index in range(count))
    if letters == term.letters:
        return joined or not common or term.words[0].islower() or _is_coined(term)
    if len(term.letters) < SHORTEST or not letters or letters[0].isdigit() or (common and not joined):
        return False
    sound = _sound(term, texts, language)
    if joined and min(_sound(term, texts[1:], language), _sound(term, texts[:-1], language)) <= sound:
        return False
    return sound <= _farthest(texts, language) and _distance(term.letters, letters) <= FARTHEST_SPELLING


def _sound(term: _Term, texts: Sequence[str], language: str) -> float:
    return _distance(term.phones, _phones(" ".join(texts), language), alike=True)


def _farthest(texts: Sequence[str], language: str) -> float:
    """How differently words may sound: words that exist must sound the same."""
    if language != "en":
        return UNSURE_SOUND
    known = all(_looked_up(token.lower()) is not None for text in texts for token in tokens(text))
    return 0.0 if known else FARTHEST_SOUND


def _is_coined(term: _Term) -> bool:
    """Whether capitals inside of it show that it is no common word."""
    return len(term.letters) >= _NAMED and term.words[0][1:] != term.words[0][1:].lower()


def _is_common(words: Sequence[Word], at: int, language: str) -> bool:
    """Whether a word is written as words that are no names, and is in the dictionary if there is one."""
    bare = _bare(words[at].text)[1]
    begins = at == 0 or words[at - 1].text.endswith(_SENTENCE_ENDS)
    small = bare[:1].islower() or (begins and bare[1:].islower())
    return small and (language != "en" or _looked_up(bare.lower()) is not None)


def _written(window: Sequence[Word], term: _Term) -> list[Word]:
    """The term, with the punctuation around the window, and with the time of the window."""
    opening, closing = _bare(window[0].text)[0], _bare(window[-1].text)[2]
    texts = list(term.words)
    texts[0] = opening + texts[0]
    texts[-1] += closing
    if len(window) == len(texts):
        return [
            Word(text, word.start, word.end, word.probability)
            for text, word in zip(texts, window, strict=True)
        ]
    start, end = window[0].start, window[-1].end
    shares = [0.0, *accumulate(len(text) / sum(map(len, texts)) for text in texts)]
    edges = [start + (end - start) * share for share in shares]
    probability = min(word.probability for word in window)
    return [
        Word(text, first, last, probability)
        for text, first, last in zip(texts, edges[:-1], edges[1:], strict=True)
    ]


def _bare(text: str) -> tuple[str, str, str]:
    """The marks before a word, the word, and what follows it, with the `'s` of an owner."""
    start = len(text) - len(text.lstrip(_MARKS))
    end = max(len(text.rstrip(_MARKS)), start)
    if text[start:end].lower().endswith(("'s", "\u2019s")):
        end -= 2
    return text[:start], text[start:end], text[end:]


def _letters(text: str) -> str:
    """Letters and digits, small and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache(maxsize=4096)
def _phones(text: str, language: str) -> tuple[str, ...]:
    """ARPAbet without stress: from the dictionary (English) or by the rules of spelling."""
    found: list[str] = []
    for token in tokens(text):
        known = _looked_up(token.lower()) if language == "en" else None
        found += known.split() if known else guess(token, language)
    return tuple(found)


@lru_cache(maxsize=1)
def _dictionary() -> Decoder:
    return Decoder(samprate=RATE, lm=None, loglevel="FATAL")


def _looked_up(word: str) -> str | None:
    found = _dictionary().lookup_word(word)
    return None if found is None else str(found)


def _distance(one: Sequence[str], other: Sequence[str], *, alike: bool = False) -> float:
    """Edits from one to the other (Levenshtein), as a share of the longer."""
    if not one or not other:
        return 1.0
    row = [float(index) for index in range(len(other) + 1)]
    for number, first in enumerate(one, 1):
        last, row[0] = row[0], float(number)
        for index, second in enumerate(other, 1):
            change = last + _difference(first, second, alike=alike)
            last, row[index] = row[index], min(change, row[index] + 1, row[index - 1] + 1)
    return row[-1] / max(len(one), len(other))


def _difference(one: str, other: str, *, alike: bool) -> float:
    if one == other:
        return 0.0
    near = {one, other} <= VOWELS or {one, other} in _TWINS
    return ALIKE if alike and near else 1.0
