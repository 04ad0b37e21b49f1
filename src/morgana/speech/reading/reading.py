"""Reading aloud: from a text to sentences of words with their phonemes."""

from collections.abc import Iterator

from morgana.speech.reading.breaths import breaths
from morgana.speech.reading.characters import plain
from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.phonemisers.registry import phonemiser
from morgana.speech.reading.sentences import extents
from morgana.speech.reading.words import written
from morgana.speech.utterance import Sentence, SpokenWord


def read(text: str, language: str) -> Iterator[Sentence]:
    """The sentences of `text`, each read when it is asked for, in one of `registry.LANGUAGES`.

    The words of all sentences together cover, in order and without overlap, what is said of the text. No
    sentence has more than `breaths.LONGEST` phonemes. What nobody would read aloud is left out: a text of
    nothing else has no sentences.
    """
    for extent in extents(text, frozenset()):
        yield from breaths(_words(text, extent.start, extent.end, language), extent.ending)


def is_pronounceable(text: str, language: str) -> bool:
    """Whether anything of `text` would be said."""
    return any(sentence.words for sentence in read(text, language))


def _words(text: str, start: int, end: int, language: str) -> list[SpokenWord]:
    spoken = plain(text[start:end])
    said: tuple[Pronounced, ...] = tuple(phonemiser(language)(spoken.text))
    return list(written(text[start:end], start, spoken, said))
