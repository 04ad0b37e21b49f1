"""Words from sound (Whisper through faster-whisper), in pieces cut at pauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.progress import Progress, ignore
from morgana.speech.prosody import PROSODY_RATE, Prosody
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Span, Transcript, Word
from morgana.speech.vocabulary import spelled
from morgana.speech.whisper import open_whisper

LONGEST_PIECE = 28.0  # seconds; Whisper hears 30 at a time
SHORT_PIECE = 10.0  # seconds, for what comes again and again: in longer pieces the times slip to another turn
EARLIEST_CUT = 0.7  # of a piece's length; a voice without pauses is cut where it is quietest after this
PADDING = 0.2  # seconds of the pause kept on both sides of a piece

# Whisper's own limits for a failed decoding (Radford et al. 2022, section 4.5) ...
NO_SPEECH = 0.6
LOWEST_LOG_PROBABILITY = -1.0
HIGHEST_COMPRESSION = 2.4
# ... and ours: without a clear language, babble and music come out as fluent nonsense.
LOWEST_LANGUAGE_PROBABILITY = 0.4
LOWEST_WORD_PROBABILITY = 0.35  # mean over a segment
FASTEST_WORDS = 7.0  # a second, over a segment
SLACK = 0.3  # seconds by which the recogniser's times may miss the voice
# A compressible text is a decoder in a loop or somebody who repeats a sentence; of that the model is sure.
REPEATED_NO_SPEECH = 0.5
REPEATED_LOG_PROBABILITY = -0.5

_LANGUAGES = """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha he hi hr
    ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no
    oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi
    yo zh
"""
LANGUAGES = frozenset(_LANGUAGES.split())  # that Whisper was trained on


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A loaded model, and the language it is limited to (None: any)."""

    model: Any  # faster_whisper.WhisperModel, which ships without types that mypy can follow
    language: str | None


def load() -> Recogniser:
    """The multilingual model, or the English one where only that is installed. InputError without either."""
    try:
        return Recogniser(open_whisper(models.path("whisper-base")), None)
    except InputError as error:
        if error.code is not ErrorCode.MODEL_MISSING:
            raise
    return Recogniser(open_whisper(models.path("whisper-tiny.en")), "en")


def recognise(
    recogniser: Recogniser,
    audio: NDArray[np.float32],
    voiced: tuple[Span, ...],
    prosody: Prosody,
    progress: Progress = ignore,
    *,
    language: str | None = None,
    vocabulary: Sequence[str] = (),
) -> Transcript:
    """The words in 16 kHz mono audio, with times good to about 0.1 s.

    language: ISO 639-1, None to find out. vocabulary: names and terms, spelled as they are to be written
    where they are said.
    Only the `voiced` spans are listened to, in pieces of up to 28 s; the language is that of the first
    piece in which it is clear. What comes again and again is listened to once more in pieces of 10 s.
    Empty where nothing can be trusted. Raises InputError LANGUAGE_UNKNOWN.
    """
    language = recogniser.language or known(language)
    hints = ", ".join(vocabulary) or None
    words: list[Word] = []
    pieces = pack(voiced, len(audio) / RATE, prosody)
    for done, piece in enumerate(pieces):
        progress(done / len(pieces))
        heard = _hear(recogniser.model, audio, piece, language, voiced, hints)
        if heard.repetitive and piece.end - piece.start > SHORT_PIECE:
            parts = pack(_within(voiced, piece), piece.end, prosody, SHORT_PIECE)
            again = [_hear(recogniser.model, audio, part, heard.language, voiced, hints) for part in parts]
            heard = _Heard(heard.language, [word for part in again for word in part.words])
        if heard.words:
            language = heard.language
            words += heard.words
    progress(1.0)
    return Transcript(language if words else None, spelled(words, vocabulary, language or ""))


def known(language: str | None) -> str | None:
    """`language` if it can be recognised. Raises InputError LANGUAGE_UNKNOWN."""
    if language is not None and language not in LANGUAGES:
        raise InputError(
            ErrorCode.LANGUAGE_UNKNOWN,
            f"Speech in the language '{language[:20]}' cannot be recognised. Give an ISO 639-1 code such as "
            "en, or none to have the language found out.",
        )
    return language


def detect_language(recogniser: Recogniser, audio: NDArray[np.float32], voiced: tuple[Span, ...]) -> str:
    """The language that is most likely spoken in 16 kHz mono audio, from its first 30 s of voice."""
    if recogniser.language:
        return recogniser.language
    spans = [audio[int(span.start * RATE) : int(span.end * RATE)] for span in voiced]
    language, _, _ = recogniser.model.detect_language(np.concatenate(spans)[: 30 * RATE])
    return str(language)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What can be trusted of a piece; repetitive: text that comes again and again, and seems to be true."""

    language: str | None
    words: list[Word]
    repetitive: bool = False


def _hear(
    model: Any,
    audio: NDArray[np.float32],
    piece: Span,
    language: str | None,
    voiced: tuple[Span, ...],
    hints: str | None,
) -> _Heard:
    segments, information = model.transcribe(
        audio[int(piece.start * RATE) : int(piece.end * RATE)],
        language=language,
        beam_size=1,
        temperature=0.0,
        word_timestamps=True,
        condition_on_previous_text=False,
        hotwords=hints,
    )
    if language is None and information.language_probability < LOWEST_LANGUAGE_PROBABILITY:
        return _Heard(None, [])
    trusted = [(segment, _words(segment, piece.start)) for segment in segments if _trusted(segment)]
    return _Heard(
        information.language,
        [word for _, words in trusted if _voiced(words, voiced) for word in words],
        repetitive=any(segment.compression_ratio > HIGHEST_COMPRESSION for segment, _ in trusted),
    )


def pack(
    voiced: tuple[Span, ...], duration: float, prosody: Prosody, longest: float = LONGEST_PIECE
) -> list[Span]:
    """Neighbouring voiced spans joined into pieces of at most `longest` seconds; longer spans are cut."""
    level = np.convolve(prosody.level, np.ones(9) / 9, mode="same")
    pieces: list[Span] = []
    for span in voiced:
        start, end = max(span.start - PADDING, 0.0), min(span.end + PADDING, duration)
        if pieces and end - pieces[-1].start <= longest:
            pieces[-1] = Span(pieces[-1].start, end)
            continue
        if pieces:
            start = max(start, pieces[-1].end)
        while end - start > longest:
            first = int((start + EARLIEST_CUT * longest) * PROSODY_RATE)
            last = int((start + longest) * PROSODY_RATE)
            cut = (first + int(level[first:last].argmin())) / PROSODY_RATE
            pieces.append(Span(start, cut))
            start = cut
        pieces.append(Span(start, end))
    return pieces


def _within(voiced: tuple[Span, ...], piece: Span) -> tuple[Span, ...]:
    """The voice in a piece, inside of the padding that it will get again."""
    inner = Span(piece.start + PADDING, piece.end)
    cut = (Span(max(span.start, inner.start), min(span.end, inner.end)) for span in voiced)
    return tuple(span for span in cut if span.end > span.start)


def _trusted(segment: Any) -> bool:
    if segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < LOWEST_LOG_PROBABILITY / 2:
        return False
    if segment.avg_logprob < LOWEST_LOG_PROBABILITY:
        return False
    sure = segment.no_speech_prob < REPEATED_NO_SPEECH and segment.avg_logprob > REPEATED_LOG_PROBABILITY
    if segment.compression_ratio > HIGHEST_COMPRESSION and not sure:
        return False
    words = segment.words or []
    if not words or len(words) > FASTEST_WORDS * max(segment.end - segment.start, 0.5):
        return False
    return float(np.mean([word.probability for word in words])) >= LOWEST_WORD_PROBABILITY


def _voiced(words: list[Word], voiced: tuple[Span, ...]) -> bool:
    """Whether most of the words lie where there is a voice, and not in a pause."""
    middles = [(word.start + word.end) / 2 for word in words]
    near = [any(span.start - SLACK <= at <= span.end + SLACK for span in voiced) for at in middles]
    return sum(near) * 2 >= len(near)


def _words(segment: Any, offset: float) -> list[Word]:
    words: list[Word] = []
    for piece in segment.words:
        start, end = offset + float(piece.start), offset + float(max(piece.end, piece.start + 0.02))
        word = Word(piece.word.strip(), start, end, float(piece.probability))
        if words and _continues(piece.word):
            words[-1] = _merged(words[-1], word)
        elif any(character.isalnum() for character in word.text):
            words.append(word)
    return words


def _continues(text: str) -> bool:
    """Whether it belongs to the word before it, as the second piece of "12.99" or "25%" does."""
    return bool(text) and not text[0].isspace() and not text[0].isalnum()


def _merged(word: Word, rest: Word) -> Word:
    probability = min(word.probability, rest.probability)
    return Word(word.text + rest.text, word.start, rest.end, probability)
