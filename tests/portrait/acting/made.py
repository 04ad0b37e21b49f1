"""Speech made to measure: phones at known times, and a sound that goes with them."""

from functools import cache

import numpy as np

from morgana.portrait.performance import FloatArray
from morgana.speech.activity import join
from morgana.speech.prosody import analyse
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Phone, Span, Speech, Word


def named(phones: str) -> list[str]:
    return phones.split()


def phones_at(start: float, names: list[str], length: float = 0.08) -> tuple[Phone, ...]:
    return tuple(
        Phone(name, start + index * length, start + (index + 1) * length) for index, name in enumerate(names)
    )


def speech_of(
    duration: float, phones: tuple[Phone, ...], loudness: float = 0.2, words: tuple[Word, ...] = ()
) -> Speech:
    """A speech whose voice, a buzz of 120 Hz that swells and falls, lasts exactly as long as its phones."""
    spans = [Span(phone.start, phone.end) for phone in phones]
    voiced = join(tuple(spans), ())
    return Speech(duration, "en", words, phones, voiced, analyse(buzz(duration, voiced, loudness)))


def buzz(duration: float, voiced: tuple[Span, ...], loudness: float = 0.2) -> FloatArray:
    times = np.arange(round(duration * RATE)) / RATE
    pitch = 120 * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * times))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tone = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 12))
    tone = tone * (0.6 + 0.4 * np.sin(2 * np.pi * 1.3 * times))
    spoken = np.zeros_like(times)
    for span in voiced:
        spoken[int(span.start * RATE) : int(span.end * RATE)] = loudness
    return np.asarray(tone * spoken, np.float32)


PANGRAM = named("DH AH B IY G P AH P IY S AA M AY F AO R W AH T ER V OW K L B UW K S")


@cache
def talk(duration: float, phrase: float = 3.0, pause: float = 0.7, start: float = 0.5) -> Speech:
    """Phrases and pauses by turns, for as long as asked."""
    phones: list[Phone] = []
    words: list[Word] = []
    while start + phrase < duration:
        count = int(phrase / 0.08)
        spoken = phones_at(start, (PANGRAM * 4)[:count])
        phones += spoken
        words.append(Word("something.", spoken[0].start, spoken[-1].end, 0.9))
        start += phrase + pause
    return speech_of(duration, tuple(phones), words=tuple(words))


def vowel(pitch: float, formants: tuple[float, ...], seconds: float) -> FloatArray:
    """A sung vowel: pulses through resonators of 90 Hz bandwidth."""
    count = int(seconds * RATE)
    phase = np.arange(count) * pitch / RATE
    spectrum = np.fft.rfft(np.diff(np.floor(phase), prepend=0.0))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    for formant in formants:
        spectrum *= 1 / (1 - (frequency / formant) ** 2 + 1j * frequency * 90 / formant**2)
    sound = np.fft.irfft(spectrum, count)
    return np.asarray(0.3 * sound / np.abs(sound).max(), np.float32)
