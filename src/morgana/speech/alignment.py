"""Phone times from words: forced alignment with PocketSphinx's English acoustic model.

Words of other languages are aligned too, spelled in the English phones that come nearest; the model hears
vowels, stops and hisses in any language. What does not align plausibly is spread over the recogniser's times.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder

from morgana.progress import Progress, ignore
from morgana.speech.phones import VOWELS, typical_length
from morgana.speech.pronunciation import guess, tokens
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Phone, Span, Transcript, Word

LONGEST_SEGMENT = 10.0  # seconds aligned at once, cut at a gap between words
SPLITTING_GAP = 0.3  # seconds between words at which a segment always ends
LARGEST_SHIFT = 0.35  # median distance of aligned from recognised word starts that is still believed, seconds
MARGIN = 0.15  # seconds of sound around a segment
CUE_MARGIN = 0.1  # seconds by which the edges of a subtitle may miss its words
SLOWEST_PHONE = 0.6  # seconds; a longer consonant means that the aligner got lost


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A written word with the aligner's names and the phones of its spoken words."""

    word: Word
    names: tuple[str, ...]
    phones: tuple[str, ...]


def align(
    audio: NDArray[np.float32],
    transcript: Transcript,
    voiced: tuple[Span, ...],
    progress: Progress = ignore,
) -> tuple[tuple[Word, ...], tuple[Phone, ...]]:
    """Words with better times, and their phones. Words that cannot be spoken by rule keep their time."""
    if not transcript.words:
        return (), ()
    decoder = Decoder(samprate=RATE, lm=None, bestpath=False, loglevel="FATAL")
    spoken = _pronounce(decoder, transcript)
    words: list[Word] = []
    phones: list[Phone] = []
    segments = _segments(spoken)
    for done, segment in enumerate(segments):
        progress(done / len(segments))
        limits = _limits(segments, done, len(audio) / RATE)
        aligned = _force(decoder, audio, segment, limits) or _spread(segment, voiced)
        words += aligned[0]
        phones += aligned[1]
    progress(1.0)
    return tuple(words), _in_order(phones)


def align_within(
    audio: NDArray[np.float32],
    cues: Sequence[tuple[Span, Transcript]],
    voiced: tuple[Span, ...],
    progress: Progress = ignore,
) -> tuple[Word, ...]:
    """The words of each cue with better times, none of which lies outside of its span."""
    decoder = Decoder(samprate=RATE, lm=None, bestpath=False, loglevel="FATAL")
    words: list[Word] = []
    for done, (span, cue) in enumerate(cues):
        progress(done / len(cues))
        spoken = _pronounce(decoder, cue)
        limits = Span(max(span.start - CUE_MARGIN, 0.0), min(span.end + CUE_MARGIN, len(audio) / RATE))
        # Where in the cue a word was put before says little: any place in it is believable.
        aligned = _force(decoder, audio, spoken, limits, span.end - span.start)
        words += [_held(word, span) for word in (aligned or _spread(spoken, voiced))[0]]
    progress(1.0)
    return tuple(words)


def _held(word: Word, span: Span) -> Word:
    start = min(max(word.start, span.start), span.end)
    return Word(word.text, start, min(max(word.end, start), span.end), word.probability)


def _pronounce(decoder: Decoder, transcript: Transcript) -> list[_Spoken]:
    language = transcript.language or "la"
    added: dict[str, str] = {}
    spoken: list[_Spoken] = []
    for word in transcript.words:
        names: list[str] = []
        phones: list[str] = []
        for token in tokens(word.text):
            name, known = _entry(decoder, token, language, added)
            if known:
                names.append(name)
                phones += known.split()
        spoken.append(_Spoken(word, tuple(names), tuple(phones)))
    for index, (name, known) in enumerate(added.items()):
        decoder.add_word(name, known, index == len(added) - 1)
    return spoken


def _entry(decoder: Decoder, token: str, language: str, added: dict[str, str]) -> tuple[str, str]:
    """The name and phones of a token: from the dictionary (English, and spelled-out numbers) or by rule."""
    name = token.lower()
    if language == "en":
        found = decoder.lookup_word(name)
        if found is not None:
            return name, str(found)
    key = f"{name}#"
    if key not in added:
        phones = " ".join(guess(token, language))
        if not phones:
            return key, ""
        added[key] = phones
    return key, added[key]


def _segments(spoken: list[_Spoken]) -> list[list[_Spoken]]:
    segments: list[list[_Spoken]] = []
    for item in spoken:
        last = segments[-1][-1].word if segments else None
        if (
            last is None
            or item.word.start - last.end >= SPLITTING_GAP
            or item.word.end - segments[-1][0].word.start > LONGEST_SEGMENT
        ):
            segments.append([])
        segments[-1].append(item)
    return segments


def _limits(segments: list[list[_Spoken]], index: int, duration: float) -> Span:
    """The sound of a segment: up to the middle of a gap, and a little into a neighbour that touches."""
    first, last = segments[index][0].word, segments[index][-1].word
    before = segments[index - 1][-1].word.end if index else 0.0
    after = segments[index + 1][0].word.start if index + 1 < len(segments) else duration
    start = min(first.start - MARGIN, (before + first.start) / 2) if index else max(first.start - 0.5, 0.0)
    start = max(start, first.start - 0.5, 0.0)
    end = min(max(last.end + MARGIN, (last.end + after) / 2), last.end + 0.5, duration)
    return Span(start, end)


def _force(
    decoder: Decoder,
    audio: NDArray[np.float32],
    segment: Sequence[_Spoken],
    limits: Span,
    largest_shift: float = LARGEST_SHIFT,
) -> tuple[list[Word], list[Phone]] | None:
    """Aligned words and phones, None where alignment fails or is not believable."""
    names = [name for item in segment for name in item.names]
    if not names or limits.end <= limits.start:
        return None
    first = int(limits.start * RATE)
    sound = audio[first : int(limits.end * RATE)]
    pcm = (
        (np.clip(sound / max(float(np.abs(sound).max()), 1e-3), -1, 1) * 0.7 * 32767).astype("<i2").tobytes()
    )
    try:
        decoder.set_align_text(" ".join(names))
        _decode(decoder, pcm)
        decoder.set_alignment()
        _decode(decoder, pcm)
        found = [
            (entry.name, [(phone.name, phone.start, phone.duration) for phone in entry])
            for entry in decoder.get_alignment() or ()
            if entry.name[0] not in "<[+("
        ]
    except RuntimeError:
        return None
    if len(found) != len(names):
        return None
    return _collect(segment, [phones for _, phones in found], first / RATE, largest_shift)


def _decode(decoder: Decoder, pcm: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _collect(
    segment: Sequence[_Spoken],
    found: list[list[tuple[str, int, int]]],
    offset: float,
    largest_shift: float,
) -> tuple[list[Word], list[Phone]] | None:
    words: list[Word] = []
    phones: list[Phone] = []
    shifts: list[float] = []
    position = 0
    for item in segment:
        own = [
            Phone(name, offset + start / 100, offset + (start + length) / 100)
            for token in found[position : position + len(item.names)]
            for name, start, length in token
        ]
        position += len(item.names)
        if not own:
            words.append(item.word)
            continue
        shifts.append(abs(own[0].start - item.word.start))
        words.append(Word(item.word.text, own[0].start, own[-1].end, item.word.probability))
        phones += own
    lost = any(phone.end - phone.start > SLOWEST_PHONE and phone.name not in VOWELS for phone in phones)
    return None if lost or float(np.median(shifts)) > largest_shift else (words, phones)


def _spread(segment: Sequence[_Spoken], voiced: tuple[Span, ...]) -> tuple[list[Word], list[Phone]]:
    """Phones over each word's recognised time, cut to where a voice is active, by their typical lengths."""
    words: list[Word] = []
    phones: list[Phone] = []
    for item in segment:
        word = _within(item.word, voiced)
        words.append(word)
        lengths = np.array([typical_length(phone) for phone in item.phones])
        if not len(lengths):
            continue
        edges = word.start + np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum() * (
            word.end - word.start
        )
        phones += [
            Phone(name, float(start), float(end))
            for name, start, end in zip(item.phones, edges[:-1], edges[1:], strict=True)
        ]
    return words, phones


def _within(word: Word, voiced: tuple[Span, ...]) -> Word:
    overlaps = [(max(word.start, span.start), min(word.end, span.end)) for span in voiced]
    start, end = max(overlaps, key=lambda pair: pair[1] - pair[0], default=(word.start, word.end))
    return Word(word.text, start, end, word.probability) if end - start > 0.05 else word


def _in_order(phones: list[Phone]) -> tuple[Phone, ...]:
    """Without overlaps between segments: a phone starts no earlier than the one before it ends."""
    ordered: list[Phone] = []
    for phone in phones:
        start = max(phone.start, ordered[-1].end if ordered else 0.0)
        if phone.end - start >= 0.01:
            ordered.append(Phone(phone.name, start, phone.end))
    return tuple(ordered)
