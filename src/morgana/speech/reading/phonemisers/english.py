"""English, American and British, by the rules and dictionaries that come with hibari."""

from functools import cache
from threading import Lock
from typing import Final

from hibari.g2p import G2P

from morgana.speech.reading.alphabet import LETTERS
from morgana.speech.reading.phonemisers.protocol import Pronounced

_loading: Final = Lock()


def american(text: str) -> tuple[Pronounced, ...]:
    return _phonemise(text, british=False)


def british(text: str) -> tuple[Pronounced, ...]:
    return _phonemise(text, british=True)


def _phonemise(text: str, *, british: bool) -> tuple[Pronounced, ...]:
    with _loading:
        rules = _rules(british)
    words = []
    end = 0
    for token in rules.phonemize_tokens(rules.tokenize(text)):
        start = text.find(token.text, end)
        if start < 0:  # the tokens leave out nothing but spaces
            continue
        end = start + len(token.text)
        phonemes = " ".join("".join(c for c in token.phonemes or "" if c in LETTERS or c == " ").split())
        if phonemes:
            words.append(Pronounced(start, end, phonemes))
    return tuple(words)


@cache
def _rules(british: bool) -> G2P:  # noqa: FBT001
    return G2P(british=british)
