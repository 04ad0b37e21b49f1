"""Reading aloud: from a text to sentences of words with their phonemes."""

from collections.abc import Iterator

from morgana.speech.reading.accent import in_english
from morgana.speech.reading.alphabet import LETTERS, STRESS
from morgana.speech.reading.breaths import breaths
from morgana.speech.reading.characters import plain
from morgana.speech.reading.forms.spoken_form import spoken_form
from morgana.speech.reading.locale import Locale, locale
from morgana.speech.reading.phonemisers.protocol import Pronounced
from morgana.speech.reading.phonemisers.registry import phonemiser
from morgana.speech.reading.scripts import readable, runs
from morgana.speech.reading.sentences import extents
from morgana.speech.reading.spoken import Spoken
from morgana.speech.reading.words import written
from morgana.speech.utterance import Sentence, SpokenWord


def read(text: str, language: str) -> Iterator[Sentence]:
    """The sentences of `text`, each read when it is asked for, in one of `registry.LANGUAGES`.

    The words of all sentences together cover, in order and without overlap, what is said of the text. No
    sentence has more than `breaths.LONGEST` phonemes. What nobody would read aloud is left out: a text of
    nothing else has no sentences.
    """
    reader = locale(language)
    name_emoji = not any(character.isalnum() for character in text)
    first = True
    for extent in extents(text, reader.leading):
        words = _words(text[extent.start : extent.end], extent.start, reader, name_emoji=name_emoji)
        yield from breaths(words, extent.ending, soon=first)
        first = first and not words


def is_pronounceable(text: str, language: str) -> bool:
    """Whether anything of `text` would be said."""
    return any(sentence.words for sentence in read(text, language))


def say(text: str, reader: Locale, *, name_emoji: bool = False) -> Spoken:
    """One sentence in the words that are said for it, which know their places in `text`."""
    simple = plain(text)
    said = spoken_form(simple.text, reader, name_emoji=name_emoji)
    return readable(said.over(simple), reader)


def _words(text: str, offset: int, reader: Locale, *, name_emoji: bool) -> list[SpokenWord]:
    spoken = say(text, reader, name_emoji=name_emoji)
    return list(written(text, offset, spoken, list(_pronounced(spoken.text, reader))))


def _pronounced(text: str, reader: Locale) -> Iterator[Pronounced]:
    for start, end, language in runs(text, reader):
        foreign = reader.language == "en" and language != reader.tag
        for word in phonemiser(language)(text[start:end]):
            known = "".join(c for c in word.phonemes if c in LETTERS or c == " ").strip()
            phonemes = in_english(known) if foreign else known
            if phonemes.strip(STRESS + " "):
                yield Pronounced(start + word.start, start + word.end, phonemes)
