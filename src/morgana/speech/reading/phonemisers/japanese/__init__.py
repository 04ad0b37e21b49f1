"""Japanese: morphemes joined to words as they are spoken, in Kokoro's alphabet."""

from morgana.speech.reading.phonemisers.japanese.kana import pronounce
from morgana.speech.reading.phonemisers.japanese.words import Word, words
from morgana.speech.reading.phonemisers.protocol import Pronounced


def phonemise(text: str) -> tuple[Pronounced, ...]:
    """The words of one Japanese sentence; thread-safe. Digits and Latin letters are read the Japanese way.

    The first call loads the dictionary (0.5 s, 110 MB); the very first one unpacks it to the user's cache.
    """
    return tuple(
        Pronounced(word.start, word.end, phonemes)
        for word in words(text)
        if (phonemes := pronounce(word.kana))
    )


__all__ = ["Word", "phonemise", "words"]
