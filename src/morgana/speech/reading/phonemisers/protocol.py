"""What every phonemiser is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Pronounced:
    """A word of the text that was given, by its place in characters, and its phonemes.

    phonemes: in Kokoro's alphabet (`alphabet.LETTERS`), with stress marks, without punctuation; a space where
    one written word is several spoken ones.
    """

    start: int
    end: int
    phonemes: str


class Phonemiser(Protocol):
    """Reads one sentence of one language.

    text: in the language's own letters, with apostrophes, hyphens, spaces and punctuation: numbers, symbols
    and foreign scripts have been spelled out before. Punctuation is context only. The words come in order
    and do not overlap; what cannot be pronounced is left out.
    """

    def __call__(self, text: str) -> Sequence[Pronounced]: ...
