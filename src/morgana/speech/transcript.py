"""What was said and when: the data that the speech room hands on."""

import json
from dataclasses import dataclass

from morgana.speech.prosody import Prosody


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word as it is written (with its punctuation), seconds from the start of the audio."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Phone:
    """A speech sound: ARPAbet name without stress, seconds from the start of the audio."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, seconds from the start of the audio."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """Recognised words in order; `language` is an ISO 639-1 code, None where nothing was recognised."""

    language: str | None
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything that the audio tells an actor.

    voiced: where somebody speaks or sings (voice activity); words: with aligned times; phones: in order,
    not overlapping, with gaps where nothing is articulated or nothing is known.
    """

    duration: float
    language: str | None
    words: tuple[Word, ...]
    phones: tuple[Phone, ...]
    voiced: tuple[Span, ...]
    prosody: Prosody


def to_json(speech: Speech) -> str:
    """`{"language", "duration", "words": [{"text", "start", "end", "probability"}]}`, times in seconds."""
    words = [
        {
            "text": word.text,
            "start": round(word.start, 3),
            "end": round(word.end, 3),
            "probability": round(word.probability, 3),
        }
        for word in speech.words
    ]
    kept = {"language": speech.language, "duration": round(speech.duration, 3), "words": words}
    return json.dumps(kept, ensure_ascii=False)
