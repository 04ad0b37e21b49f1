"""A script in place of a recording: it is spoken, and what was spoken is known exactly."""

import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.portrait.acting.act import Cue
from morgana.progress import Progress, ignore
from morgana.speech.recital import recite
from morgana.speech.script import Mark, parse
from morgana.speech.speaking import speak
from morgana.speech.transcript import Speech
from morgana.speech.utterance import TimedWord, Utterance
from morgana.speech.voices import DEFAULT_VOICE, voice


@dataclass(frozen=True, slots=True)
class Narration:
    """A script to be spoken: up to 10,000 characters, with marks such as `[happy]` and `[pause 1s]`.

    voice: the ID of a voice; speed: 0.5 to 2; the same seed gives the same samples.
    """

    text: str
    voice: str = DEFAULT_VOICE
    speed: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Narrated:
    """audio: mono, -1 to 1, at `rate`; speech: what an actor is to know of it; cues: for the face."""

    audio: NDArray[np.float32]
    rate: int
    speech: Speech
    cues: tuple[Cue, ...]


def narrate(narration: Narration, limit: float, progress: Progress = ignore) -> Narrated:
    """Speak the script. limit: seconds.

    Raises InputError: AUDIO_TOO_LONG where the speech lasts longer, and all that `speak` raises.
    """
    spoken = list(_within(limit, narration, progress))
    audio, rate = np.concatenate([utterance.samples for utterance in spoken]), spoken[0].rate
    words = [word for utterance in spoken for word in utterance.words]
    speech = recite(audio, rate, words, voice(narration.voice).language)
    progress(1.0)
    return Narrated(audio, rate, speech, tuple(_cues(parse(narration.text).marks, words)))


def write_wav(narrated: Narrated, path: Path) -> None:
    """Write 16-bit mono."""
    pcm = np.round(np.clip(narrated.audio, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(narrated.rate)
        file.writeframes(pcm.tobytes())


def _within(limit: float, narration: Narration, progress: Progress) -> Iterator[Utterance]:
    for utterance in speak(narration.text, narration.voice, speed=narration.speed, seed=narration.seed):
        if utterance.end > limit:
            raise InputError(
                ErrorCode.AUDIO_TOO_LONG,
                f"The script takes more than {limit:g} s to say. Shorten it, or make several videos of it.",
            )
        yield utterance
        if utterance.words:
            progress(0.9 * utterance.words[-1].offset / len(narration.text))


def _cues(marks: Sequence[Mark], words: Sequence[TimedWord]) -> Iterator[Cue]:
    """The marks that set a face, each at the time of the word after it; there may be none."""
    for mark in marks:
        after = next((word for word in words if word.offset >= mark.offset), None)
        if mark.expression is not None and after is not None:
            yield Cue(after.start if after is not words[0] else 0.0, mark.expression, mark.intensity)
