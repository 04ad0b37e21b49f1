"""What was synthesised, as an actor needs it: the times of the synthesis take the place of listening."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from morgana.speech.arpabet import phone
from morgana.speech.prosody import PROSODY_RATE, Prosody, analyse
from morgana.speech.resampling import to_speech_rate
from morgana.speech.transcript import Phone, Span, Speech, Word
from morgana.speech.utterance import TimedPhoneme, TimedWord

BREAK = 0.05  # seconds between phones from which the voice has stopped
LONG = 0.15  # seconds from which a phone may hold a pause
SHORT = 0.08  # seconds that are left to it at least
HUSH = 6  # frames in which nothing is heard, so that it has ended


def recite(audio: NDArray[np.float32], sample_rate: int, words: Sequence[TimedWord], language: str) -> Speech:
    """The `Speech` of mono `audio` (-1 to 1) in which `words` are said at exactly these times.

    language: BCP 47 or ISO 639-1.
    """
    prosody = analyse(to_speech_rate(audio, sample_rate))
    phones = tuple(_phones((phoneme for word in words for phoneme in word.phonemes), prosody))
    return Speech(
        duration=len(audio) / sample_rate,
        language=language.partition("-")[0],
        words=tuple(Word(word.text, word.start, word.end, 1.0) for word in words),
        phones=phones,
        voiced=tuple(_voiced(phones)),
        prosody=prosody,
    )


def _phones(phonemes: Iterable[TimedPhoneme], prosody: Prosody) -> Iterable[Phone]:
    audible = prosody.loudness > 0
    for phoneme in phonemes:
        name = phone(phoneme.symbol)
        if name is not None and phoneme.end > phoneme.start:
            yield Phone(name, phoneme.start, _end(phoneme, audible))


def _end(phoneme: TimedPhoneme, audible: NDArray[np.bool_]) -> float:
    """The last sound before a pause is given some of the pause: it ends where it can be heard no more."""
    if phoneme.end - phoneme.start < LONG:
        return phoneme.end
    first = int((phoneme.start + SHORT) * PROSODY_RATE)
    heard = audible[first : int(phoneme.end * PROSODY_RATE)]
    silent = next((frame for frame in range(len(heard)) if not heard[frame : frame + HUSH].any()), len(heard))
    return min(phoneme.end, (first + silent) / PROSODY_RATE)


def _voiced(phones: Sequence[Phone]) -> Iterable[Span]:
    start = end = None
    for sound in phones:
        if start is None or end is None:
            start = sound.start
        elif sound.start - end > BREAK:
            yield Span(start, end)
            start = sound.start
        end = sound.end
    if start is not None and end is not None:
        yield Span(start, end)
