"""The shape of what is said, as an actor marks up a script: phrases, stressed syllables, questions."""

from dataclasses import dataclass

import numpy as np

from morgana.portrait.acting.curves import smooth
from morgana.portrait.acting.lexicon import plain, words
from morgana.speech.phones import VOWELS
from morgana.speech.prosody import PROSODY_RATE, Prosody
from morgana.speech.transcript import Span, Speech

PAUSE = 0.25  # seconds of silence that end a phrase


@dataclass(frozen=True, slots=True)
class Stress:
    """A stressed syllable: when its vowel begins and how strong it is, 0 to 1."""

    time: float
    strength: float


@dataclass(frozen=True, slots=True)
class Phrasing:
    """phrases: stretches of speech between pauses; questions: the ends, in seconds, of those that ask."""

    duration: float
    phrases: tuple[Span, ...]
    stresses: tuple[Stress, ...]
    questions: tuple[float, ...]


def mark(speech: Speech) -> Phrasing:
    """The phrasing of a speech."""
    phrases = _phrases(speech)
    questions = tuple(word.end for word in speech.words if word.text.rstrip('"\u201d)').endswith("?"))
    return Phrasing(speech.duration, phrases, _stresses(speech), questions)


def _phrases(speech: Speech) -> tuple[Span, ...]:
    talk = sorted(
        [*speech.voiced, *(Span(phone.start, phone.end) for phone in speech.phones)],
        key=lambda span: (span.start, span.end),
    )
    pauses = [word.end for word in speech.words if word.text[-1] in ".?!;:"]
    phrases: list[Span] = []
    for span in talk:
        if phrases and span.start - phrases[-1].end < PAUSE and not _ends(phrases[-1], span, pauses):
            phrases[-1] = Span(phrases[-1].start, max(phrases[-1].end, span.end))
        else:
            phrases.append(span)
    return tuple(phrases)


def _ends(phrase: Span, following: Span, pauses: list[float]) -> bool:
    """Whether a sentence ends between two spans that hardly leave a pause."""
    return any(phrase.end - 0.05 <= pause <= following.start + 0.05 for pause in pauses)


def _stresses(speech: Speech) -> tuple[Stress, ...]:
    """Local peaks of loudness and pitch on vowels, at most one in 0.35 s."""
    prominence = _prominence(speech.prosody)
    weak = [Span(word.start, word.end) for word in speech.words if plain(word.text) in words("function")]
    vowels = [phone for phone in speech.phones if phone.name in VOWELS]
    candidates = [Span(vowel.start, vowel.end) for vowel in vowels] or _peaks(prominence)
    found: list[Stress] = []
    for span in candidates:
        first = min(int(span.start * PROSODY_RATE), len(prominence) - 1)
        strength = float(prominence[first : max(int(span.end * PROSODY_RATE), first + 1)].max())
        if any(word.start <= span.start < word.end for word in weak):
            strength *= 0.5
        if found and span.start - found[-1].time < 0.35:
            if strength > found[-1].strength:
                found[-1] = Stress(span.start, strength)
        elif strength > 0.15:
            found.append(Stress(span.start, strength))
    return tuple(found)


def _prominence(prosody: Prosody) -> np.ndarray:
    """(N,) how far loudness (dB) and pitch (semitones) stand out of the surrounding second or two, 0 to 1."""
    level = smooth(np.maximum(prosody.level, prosody.reference - 35), 6, PROSODY_RATE)
    rise = level - smooth(level, 0.5, PROSODY_RATE)
    voiced = prosody.pitch > 0
    if voiced.sum() > 20:
        frames = np.arange(len(voiced))
        tones = 12 * np.log2(np.interp(frames, frames[voiced], prosody.pitch[voiced]))
        melody = smooth(tones, 5, PROSODY_RATE)
        height = melody - smooth(melody, 0.4, PROSODY_RATE)
    else:
        height = np.zeros(len(voiced), np.float32)
    return np.asarray(np.clip(0.04 * rise + 0.12 * height, 0, 1) * (prosody.loudness > 0.4))


def _peaks(prominence: np.ndarray) -> list[Span]:
    inner = prominence[1:-1]
    tops = np.flatnonzero((inner > prominence[:-2]) & (inner >= prominence[2:]) & (inner > 0.1)) + 1
    return [Span(top / PROSODY_RATE, (top + 5) / PROSODY_RATE) for top in tops]
