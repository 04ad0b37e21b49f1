"""From sound to `Speech`: voice activity, words, phones and prosody in one call."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morgana.progress import Progress, ignore, part
from morgana.speech.activity import SINGLE, join, sounding, voice_probability, voiced_spans
from morgana.speech.alignment import align
from morgana.speech.prosody import Prosody, analyse
from morgana.speech.recognition import load, recognise
from morgana.speech.resampling import RATE, to_speech_rate
from morgana.speech.transcript import Span, Speech, Transcript


@dataclass(frozen=True, slots=True)
class Heard:
    """Where somebody speaks, the words as they were recognised (times to about 0.1 s), and the voice."""

    voiced: tuple[Span, ...]
    transcript: Transcript
    prosody: Prosody


def listen(
    audio: NDArray[np.float32],
    sample_rate: int,
    progress: Progress = ignore,
    *,
    language: str | None = None,
    vocabulary: Sequence[str] = (),
) -> Speech:
    """Everything known about mono `audio` (-1 to 1); language and vocabulary as in `recognise`.

    Raises InputError as `recognise` does, and MODEL_MISSING without a Whisper model.
    """
    sound = to_speech_rate(audio, sample_rate)
    heard = hear(sound, part(progress, 0.0, 0.9), language=language, vocabulary=vocabulary)
    words, phones = align(sound, heard.transcript, heard.voiced, part(progress, 0.9, 1.0))
    # The voice activity model knows speech and misses singing; but chords beside words are only music.
    voiced = join(heard.voiced, sounding(heard.prosody, SINGLE if words else 0.0))
    progress(1.0)
    return Speech(len(audio) / sample_rate, heard.transcript.language, words, phones, voiced, heard.prosody)


def hear(
    sound: NDArray[np.float32],
    progress: Progress = ignore,
    *,
    language: str | None = None,
    vocabulary: Sequence[str] = (),
) -> Heard:
    """What is said in 16 kHz mono `sound`. Raises InputError as `listen` does."""
    prosody = analyse(sound)
    voiced = voices(sound)
    progress(0.1)
    transcript = Transcript(None, ())
    if voiced:
        transcript = recognise(
            load(), sound, voiced, prosody, part(progress, 0.1, 1.0), language=language, vocabulary=vocabulary
        )
    progress(1.0)
    return Heard(voiced, transcript, prosody)


def voices(sound: NDArray[np.float32]) -> tuple[Span, ...]:
    """Where somebody speaks in 16 kHz mono `sound`."""
    return voiced_spans(voice_probability(sound), len(sound) / RATE)
