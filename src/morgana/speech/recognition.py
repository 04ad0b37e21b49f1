"""Words from sound (Whisper through faster-whisper), in pieces cut at pauses."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.progress import Progress, ignore
from morgana.speech.prosody import PROSODY_RATE, Prosody
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Span, Transcript, Word

LONGEST_PIECE = 28.0  # seconds; Whisper hears 30 at a time
SHORTEST_CUT = 20.0  # seconds; a voice without pauses is cut where it is quietest after these
PADDING = 0.2  # seconds of the pause kept on both sides of a piece

# Whisper's own limits for a failed decoding (Radford et al. 2022, section 4.5) ...
NO_SPEECH = 0.6
LOWEST_LOG_PROBABILITY = -1.0
HIGHEST_COMPRESSION = 2.4
# ... and ours: without a clear language, babble and music come out as fluent nonsense.
LOWEST_LANGUAGE_PROBABILITY = 0.4
LOWEST_WORD_PROBABILITY = 0.35  # mean over a segment
FASTEST_WORDS = 7.0  # a second, over a segment


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A loaded model, and the language it is limited to (None: any)."""

    model: Any  # faster_whisper.WhisperModel, which ships without types that mypy can follow
    language: str | None


def load() -> Recogniser:
    """The multilingual model, or the English one where only that is installed. InputError without either."""
    try:
        return Recogniser(_whisper(models.path("whisper-base")), None)
    except InputError as error:
        if error.code is not ErrorCode.MODEL_MISSING:
            raise
    return Recogniser(_whisper(models.path("whisper-tiny.en")), "en")


def _whisper(folder: Path) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from faster_whisper import WhisperModel  # half a second to import, so only where it is used

    return WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=2, num_workers=1, local_files_only=True
    )


def recognise(
    recogniser: Recogniser,
    audio: NDArray[np.float32],
    voiced: tuple[Span, ...],
    prosody: Prosody,
    progress: Progress = ignore,
) -> Transcript:
    """The words in 16 kHz mono audio, with times good to about 0.1 s.

    Only the `voiced` spans are listened to, in pieces of up to 28 s; the language is that of the first
    piece in which it is clear. Empty where nothing can be trusted.
    """
    language = recogniser.language
    words: list[Word] = []
    pieces = pack(voiced, len(audio) / RATE, prosody)
    for done, piece in enumerate(pieces):
        progress(done / len(pieces))
        sound = audio[int(piece.start * RATE) : int(piece.end * RATE)]
        segments, information = recogniser.model.transcribe(
            sound,
            language=language,
            beam_size=1,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        if language is None and information.language_probability < LOWEST_LANGUAGE_PROBABILITY:
            continue
        heard = [word for segment in segments if _trusted(segment) for word in _words(segment, piece.start)]
        if heard:
            language = information.language
            words += heard
    progress(1.0)
    return Transcript(language if words else None, tuple(words))


def pack(voiced: tuple[Span, ...], duration: float, prosody: Prosody) -> list[Span]:
    """Neighbouring voiced spans joined into pieces of at most 28 s; longer spans are cut."""
    level = np.convolve(prosody.level, np.ones(9) / 9, mode="same")
    pieces: list[Span] = []
    for span in voiced:
        start, end = max(span.start - PADDING, 0.0), min(span.end + PADDING, duration)
        if pieces and end - pieces[-1].start <= LONGEST_PIECE:
            pieces[-1] = Span(pieces[-1].start, end)
            continue
        if pieces:
            start = max(start, pieces[-1].end)
        while end - start > LONGEST_PIECE:
            first = int((start + SHORTEST_CUT) * PROSODY_RATE)
            last = int((start + LONGEST_PIECE) * PROSODY_RATE)
            cut = (first + int(level[first:last].argmin())) / PROSODY_RATE
            pieces.append(Span(start, cut))
            start = cut
        pieces.append(Span(start, end))
    return pieces


def _trusted(segment: Any) -> bool:
    if segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < LOWEST_LOG_PROBABILITY / 2:
        return False
    if segment.avg_logprob < LOWEST_LOG_PROBABILITY or segment.compression_ratio > HIGHEST_COMPRESSION:
        return False
    words = segment.words or []
    if not words or len(words) > FASTEST_WORDS * max(segment.end - segment.start, 0.5):
        return False
    return float(np.mean([word.probability for word in words])) >= LOWEST_WORD_PROBABILITY


def _words(segment: Any, offset: float) -> list[Word]:
    return [
        Word(
            word.word.strip(),
            offset + float(word.start),
            offset + float(max(word.end, word.start + 0.02)),
            float(word.probability),
        )
        for word in segment.words
        if any(character.isalnum() for character in word.word)
    ]
