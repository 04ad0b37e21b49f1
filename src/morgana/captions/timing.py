"""When the words of a given transcript are said in a recording."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from morgana.captions.matching import matched
from morgana.captions.pages import Word
from morgana.captions.transcripts import Cue, Transcript
from morgana.progress import Progress, ignore, part
from morgana.speech import transcript as spoken
from morgana.speech.alignment import align, align_within
from morgana.speech.listening import hear, voices
from morgana.speech.pronunciation import tokens
from morgana.speech.recognition import detect_language, load
from morgana.speech.transcript import Span

RELATED: Final = 0.15  # share of the given words that are heard, under which they are not what is said
_PAUSE: Final = 0.5  # letters that the pause around a word is worth
_SHORTEST: Final = 0.06  # seconds a word, in which it can be said


def exact(transcript: Transcript) -> tuple[Word, ...]:
    """The words of a transcript of the kind "words"."""
    return tuple(Word(cue.words[0], cue.start, cue.end) for cue in transcript.cues)


def lay_on(
    audio: NDArray[np.float32],
    transcript: Transcript,
    language: str | None = None,
    late: float = 0.0,
    progress: Progress = ignore,
) -> tuple[str | None, tuple[Word, ...]]:
    """The language, and the words of `transcript` exactly as they are written, when they are said.

    transcript: of the kind "cues" or "text". audio: 16 kHz mono, -1 to 1; late: when it begins, on the clock
    of the cues, which is that of the words returned. No words where a text is given and there is no voice to
    lay it on. Raises InputError MODEL_MISSING without a recogniser.
    """
    language = language or transcript.language
    if transcript.kind == "text":
        language, words = _lay_text(audio, transcript.words, language, progress)
    else:
        cues = [replace(cue, start=cue.start - late, end=cue.end - late) for cue in transcript.cues]
        language, words = _lay_cues(audio, cues, language, progress)
    starts = accumulate((word.start + late for word in words), max)
    return language, tuple(
        Word(word.text, start, max(word.end + late, start)) for word, start in zip(words, starts, strict=True)
    )


def _lay_cues(
    audio: NDArray[np.float32], cues: Sequence[Cue], language: str | None, progress: Progress
) -> tuple[str | None, Sequence[spoken.Word]]:
    """Words inside their cues."""
    voiced = voices(audio)
    progress(0.1)
    language = language or (detect_language(load(), audio, voiced) if voiced else None)
    progress(0.4)
    rough = []
    for cue in cues:
        span = Span(cue.start, cue.end)
        rough.append((span, spoken.Transcript(language, tuple(_spread(cue.words, span, voiced)))))
    return language, align_within(audio, rough, voiced, part(progress, 0.4, 1.0))


def _lay_text(
    audio: NDArray[np.float32], texts: Sequence[str], language: str | None, progress: Progress
) -> tuple[str | None, Sequence[spoken.Word]]:
    heard = hear(audio, part(progress, 0.0, 0.9), language=language)
    language = language or heard.transcript.language
    if not heard.voiced:
        return language, ()
    pairs = _pairs(texts, heard.transcript.words)
    if len(pairs) < RELATED * len(texts):
        return language, _spread(texts, Span(heard.voiced[0].start, heard.voiced[-1].end), heard.voiced)
    rough = tuple(_placed(texts, pairs, heard.transcript.words, heard.voiced))
    words, _ = align(audio, spoken.Transcript(language, rough), heard.voiced, part(progress, 0.9, 1.0))
    return language, words


def _pairs(texts: Sequence[str], heard: Sequence[spoken.Word]) -> dict[int, int]:
    """Which given word is which that was heard, both in order; only where they sound the same."""
    given = _tokens(texts)
    said = _tokens([word.text for word in heard])
    pairs: dict[int, int] = {}
    for one, other in matched([token for _, token in given], [token for _, token in said]):
        pairs.setdefault(given[one][0], said[other][0])
    return pairs


def _tokens(texts: Sequence[str]) -> list[tuple[int, str]]:
    """What is said, token by token, with the number of its word."""
    return [
        (number, token)
        for number, text in enumerate(texts)
        for token in ([token.casefold() for token in tokens(text)] or [text.casefold()])
    ]


def _placed(
    texts: Sequence[str], pairs: dict[int, int], heard: Sequence[spoken.Word], voiced: Sequence[Span]
) -> Iterator[spoken.Word]:
    """Every word at the time of the one that was heard; those between two of them, between their times."""
    anchors = [(-1, -1), *sorted(pairs.items()), (len(texts), len(heard))]
    for (given, said), (next_given, next_said) in pairwise(anchors):
        if given >= 0:
            yield replace(heard[said], text=texts[given])
        missing = texts[given + 1 : next_given]
        if missing:
            yield from _spread(missing, _gap(heard, said, next_said, voiced, len(missing)), voiced)


def _gap(heard: Sequence[spoken.Word], before: int, after: int, voiced: Sequence[Span], count: int) -> Span:
    """The time for words that were not heard as they are given: of what was heard in their place."""
    misheard = heard[before + 1 : after]
    if misheard:
        return Span(misheard[0].start, misheard[-1].end)
    start = heard[before].end if before >= 0 else min(voiced[0].start, heard[0].start)
    end = heard[after].start if after < len(heard) else max(voiced[-1].end, heard[-1].end)
    lacking = max(count * _SHORTEST - (end - start), 0.0)
    return Span(max(start - lacking / 2, 0.0), end + lacking / 2)


def _spread(texts: Sequence[str], span: Span, voiced: Sequence[Span]) -> list[spoken.Word]:
    """Words over the voiced parts of `span`, or all of it where nobody speaks, by their lengths."""
    parts = [(max(one.start, span.start), min(one.end, span.end)) for one in voiced]
    parts = [(start, end) for start, end in parts if end > start]
    if sum(end - start for start, end in parts) < _SHORTEST * len(texts):
        parts = [(span.start, span.end)]
    elapsed = np.concatenate([[0.0], np.cumsum([end - start for start, end in parts])])
    lengths = np.array([len(text) + _PAUSE for text in texts])
    edges = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum() * elapsed[-1]
    words = []
    for text, first, last in zip(texts, edges[:-1], edges[1:], strict=True):
        # A word begins in the part after an edge, and ends in the part before one.
        start = _at(first, parts, elapsed, "right")
        end = _at(last, parts, elapsed, "left")
        words.append(spoken.Word(text, start, max(end, start), 1.0))
    return words


def _at(time: float, parts: Sequence[tuple[float, float]], elapsed: NDArray[np.float64], side: str) -> float:
    index = int(np.searchsorted(elapsed, time, "right" if side == "right" else "left")) - 1
    index = min(max(index, 0), len(parts) - 1)
    return float(parts[index][0] + time - elapsed[index])
