"""From text to speech, one sentence after the other."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.speech.engines.protocol import RATE
from morgana.speech.engines.registry import engine
from morgana.speech.phrasing import phrases
from morgana.speech.reading.reading import read
from morgana.speech.script import Script, parse
from morgana.speech.shaping import shape, silence
from morgana.speech.timing import phrase, timed_words
from morgana.speech.utterance import Sentence, Utterance
from morgana.speech.voices import DEFAULT_VOICE, Voice
from morgana.speech.voices import voice as find_voice

LONGEST_TEXT: Final = 10_000  # characters, marks included
SLOWEST: Final = 0.5
FASTEST: Final = 2.0


def speak(text: str, voice: str = DEFAULT_VOICE, *, speed: float = 1.0, seed: int = 0) -> Iterator[Utterance]:
    """Say `text`, one sentence at a time, as soon as each is ready; memory does not grow with the length.

    Marks such as `[happy]` are not said; `[pause 1s]` is silence, and where there is no sentence for it to
    follow, an utterance without words. speed: 0.5 to 2, 1 is the voice's own pace. The same arguments give
    the same samples. Safe in many threads at once; the engine is loaded when it is first needed.
    Raises at once, before any sound: InputError as `check` does; ValueError for a speed out of range.
    """
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"speed is {speed}, not between {SLOWEST} and {FASTEST}")
    speaker = find_voice(voice)
    script, sentences = _opened(text, speaker)
    return _utterances(phrases(sentences, script.marks, speed), speaker, speed, seed)


def check(text: str, voice: str) -> None:
    """Raise what `speak` would, without speaking.

    InputError: VOICE_NOT_FOUND, TEXT_TOO_LONG, MARK_INVALID, TEXT_UNPRONOUNCEABLE (there is nothing in the
    text that this voice can say), MODEL_MISSING (the voice has not been pulled).
    """
    _opened(text, find_voice(voice))


def _opened(text: str, voice: Voice) -> tuple[Script, Iterator[Sentence]]:
    """The script, and its sentences, of which the first has been read: there is one."""
    if len(text) > LONGEST_TEXT:
        raise InputError(
            ErrorCode.TEXT_TOO_LONG,
            f"The text has {len(text)} characters. Send at most {LONGEST_TEXT}, or send it in parts.",
        )
    script = parse(text)
    sentences = (sentence for sentence in read(script.text, voice.language) if sentence.words)
    first = next(sentences, None)
    if first is None:
        raise InputError(
            ErrorCode.TEXT_UNPRONOUNCEABLE,
            f"The text holds nothing that the voice '{voice.id}' can say. Send words in its language, "
            f"{voice.language}, or choose a voice of the text's language.",
        )
    if voice.weights:
        models.path(voice.weights)
    return script, chain([first], sentences)


def _utterances(sentences: Iterable[Sentence], voice: Voice, speed: float, seed: int) -> Iterator[Utterance]:
    at = 0  # samples
    for sentence in sentences:
        utterance = _utterance(sentence, voice, speed, seed, at / RATE)
        at += len(utterance.samples)
        yield utterance


def _utterance(sentence: Sentence, voice: Voice, speed: float, seed: int, start: float) -> Utterance:
    if not sentence.words:
        return Utterance(silence(sentence.pause), RATE, start, ())
    spoken = engine(voice.engine).speak(phrase(sentence.words), voice, speed, seed)
    shaped = shape(spoken, voice.gain, sentence.pause)
    return Utterance(shaped.samples, RATE, start, tuple(timed_words(sentence.words, shaped, start)))
