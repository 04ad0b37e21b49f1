"""One job from file to file: what is said in a film, and the film with it written over the picture."""

from dataclasses import dataclass
from pathlib import Path

from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame
from morgana.captions.pages import Word
from morgana.captions.template import Template
from morgana.errors import ErrorCode, InputError
from morgana.progress import Progress, ignore, part
from morgana.speech.listening import listen
from morgana.video.burn import burn
from morgana.video.film import DEFAULT_LIMITS, Film, Limits, inspect
from morgana.video.sound import film_sound

SPEECH_RATE = 16_000  # samples a second, what the recogniser and the aligner were trained on


@dataclass(frozen=True, slots=True)
class Said:
    """What is said in a film, on the clock of its frames; language: ISO 639-1, None where it is not known."""

    words: tuple[Word, ...]
    language: str | None = None


def caption_video(
    source: Path,
    output: Path,
    template: Template,
    said: Said | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress = ignore,
) -> Said:
    """Write `source`, an MP4 or MOV, to `output` with captions in the style of `template`.

    said: what is written, and when; None: what is recognised. Returns what was written. `output` appears only
    when it is complete.
    Raises InputError: NO_SPEECH_DETECTED, and what `inspect` raises.
    """
    film = inspect(source, limits)
    said = said or transcribe(source, film, part(progress, 0.0, 0.4))
    if not said.words:
        raise InputError(
            ErrorCode.NO_SPEECH_DETECTED,
            "No speech was found in the video. Send one in which somebody speaks, or send the transcript.",
        )
    frame = Frame(*film.size, language=said.language or "")
    burn(
        source, output, drawing(template, frame, said.words), limits=limits, progress=part(progress, 0.4, 1.0)
    )
    return said


def transcribe(source: Path, film: Film, progress: Progress = ignore) -> Said:
    """What is recognised in the sound of a film: nothing where it has none."""
    if film.sound is None:
        return Said(())
    sound = film_sound(source, SPEECH_RATE)
    speech = listen(sound.samples, sound.rate, progress)
    late = film.sound.start  # of the sound, on the clock of the frames
    words = tuple(Word(word.text, word.start + late, word.end + late) for word in speech.words)
    return Said(words, speech.language)
