"""One job from file to file: what is said in a film, and the film with it written over the picture."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from morgana.captions.drawing import drawing
from morgana.captions.keywords import bare, emphasize
from morgana.captions.layout import Frame
from morgana.captions.pages import Word
from morgana.captions.tailoring import NO_WISHES, Wishes, emphatic, lowered, tailored
from morgana.captions.template import Template
from morgana.captions.timing import exact, lay_on
from morgana.captions.transcripts import Transcript
from morgana.errors import ErrorCode, InputError
from morgana.progress import Progress, ignore, part
from morgana.speech.listening import listen
from morgana.speech.recognition import known
from morgana.stages import Stage, enter
from morgana.video.burn import burn
from morgana.video.film import DEFAULT_LIMITS, Film, Limits, inspect
from morgana.video.sound import Sound, film_sound

SPEECH_RATE = 16_000  # samples a second, what the recogniser and the aligner were trained on


@dataclass(frozen=True, slots=True)
class Said:
    """What is said in a film, on the clock of its frames; language: ISO 639-1, None where it is not known.

    duration: of the film, seconds.
    """

    words: tuple[Word, ...]
    language: str | None = None
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class CaptionOptions:
    """How a film is captioned.

    transcript: what is said, None to have it recognised. language: ISO 639-1, None to find out. vocabulary:
    names to spell right where speech is recognised. emphasized: words that stand out wherever they are said.
    limits: of the film.
    """

    transcript: Transcript | None = None
    language: str | None = None
    vocabulary: tuple[str, ...] = ()
    wishes: Wishes = NO_WISHES
    emphasized: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS


DEFAULT_OPTIONS = CaptionOptions()


def caption_video(
    source: Path,
    output: Path,
    template: Template,
    said: Said | None = None,
    options: CaptionOptions = DEFAULT_OPTIONS,
    progress: Progress = ignore,
) -> Said:
    """Write `source`, an MP4 or MOV, to `output` with captions in the style of `template`.

    said: what is known to be said, and when, as of a film that was made from a script; None: what
    `transcribe` finds. Returns what was written. `output` appears only when it is complete.
    Raises InputError: NO_SPEECH_DETECTED, LANGUAGE_UNKNOWN, MODEL_MISSING, and what `inspect` raises.
    """
    film = inspect(source, options.limits)
    said = said or transcribe(source, film, options, part(progress, 0.0, 0.4))
    if not said.words:
        raise InputError(
            ErrorCode.NO_SPEECH_DETECTED,
            "No speech was found in the video. Send one in which somebody speaks, or send a transcript with "
            "times (SRT, WebVTT, or words as JSON).",
        )
    enter(Stage.RENDER)
    frame = Frame(*film.size, language=said.language or "")
    template = tailored(lowered(template, *film.size), options.wishes)
    words = list(said.words)
    if options.emphasized:
        template = emphatic(template)
        words = emphasize(words, frozenset(map(bare, options.emphasized)))
    draw = drawing(template, frame, words)
    burn(source, output, draw, limits=options.limits, progress=part(progress, 0.4, 1.0))
    return Said(said.words, said.language, film.duration)


def transcribe(
    source: Path,
    film: Film,
    options: CaptionOptions = DEFAULT_OPTIONS,
    progress: Progress = ignore,
) -> Said:
    """What is said in a film, by the transcript or by recognition: nothing where there is nothing to hear."""
    enter(Stage.LISTEN)
    language, given = known(options.language), options.transcript
    if given and given.kind == "words":
        return Said(exact(given), language or given.language, film.duration)
    sound = film_sound(source, SPEECH_RATE) if film.sound else Sound(np.zeros(0, np.float32), SPEECH_RATE)
    late = film.sound.start if film.sound else 0.0  # of the sound, on the clock of the frames
    if given:
        language, words = lay_on(sound.samples, given, language, late, progress)
        return Said(words, language, film.duration)
    if not len(sound.samples):
        return Said((), language, film.duration)
    speech = listen(sound.samples, sound.rate, progress, language=language, vocabulary=options.vocabulary)
    words = tuple(Word(word.text, word.start + late, word.end + late) for word in speech.words)
    return Said(words, speech.language, film.duration)
