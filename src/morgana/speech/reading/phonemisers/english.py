"""English, American and British: by the rules and dictionaries of hibari, and a few words of our own."""

import gc
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Final

from hibari.g2p import G2P

from morgana.speech.reading.alphabet import LETTERS
from morgana.speech.reading.phonemisers.protocol import Pronounced

_loading: Final = Lock()
_LONGEST_WORD: Final = 40  # characters
_CHUNK: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _English:
    rules: G2P
    words: Mapping[str, str]  # pronounced otherwise than by the rules


def american(text: str) -> tuple[Pronounced, ...]:
    return tuple(_phonemise(text, "american"))


def british(text: str) -> tuple[Pronounced, ...]:
    return tuple(_phonemise(text, "british"))


def _phonemise(text: str, accent: str) -> Iterator[Pronounced]:
    with _loading:
        english = _load(accent)
    text = _CHUNK.sub(_tamed, text)
    tokens = english.rules.tokenize(text)
    for token in tokens:
        token.phonemes = english.words.get(token.text, english.words.get(token.text.lower()))
    end = 0
    for token in english.rules.phonemize_tokens(tokens):
        start = text.find(token.text, end)
        if start < 0:  # a token stands in the text but for spaces
            continue
        end = start + len(token.text)
        phonemes = " ".join("".join(c for c in token.phonemes or "" if c in LETTERS or c == " ").split())
        phonemes = phonemes.replace("ˈˈ", "ˈ")
        if phonemes:
            yield Pronounced(start, end, phonemes)


def _tamed(chunk: re.Match[str]) -> str:
    """hibari takes time exponential in the apostrophes of a word, cubic in its parts: make words of them."""
    word = chunk[0]
    if len(word) <= _LONGEST_WORD and word.count("'") < 4:
        return word
    plain = word.lower()
    return re.sub("[-'/]", " ", plain if len(plain) == len(word) else word)


@cache
def _load(accent: str) -> _English:
    # The dictionaries are some hundred thousand objects that stay: to search them for rubbish costs a second.
    collecting = gc.isenabled()
    gc.disable()
    try:
        rules = G2P(british=accent == "british")
        rules.oov  # noqa: B018  # loaded now, as it is not safe to be loaded by two threads
    finally:
        if collecting:
            gc.enable()
    tables = tomllib.loads(files(__package__).joinpath("english.toml").read_text("utf-8"))
    return _English(rules, {**tables["both"], **tables.get(accent, {})})
