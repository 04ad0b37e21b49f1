"""From sound to `Speech`: voice activity, words, phones and prosody in one call."""

import numpy as np
from numpy.typing import NDArray

from morgana.progress import Progress, ignore, part
from morgana.speech.activity import SINGLE, join, sounding, voice_probability, voiced_spans
from morgana.speech.alignment import align
from morgana.speech.prosody import analyse
from morgana.speech.recognition import load, recognise
from morgana.speech.resampling import RATE, to_speech_rate
from morgana.speech.transcript import Speech, Transcript


def listen(audio: NDArray[np.float32], sample_rate: int, progress: Progress = ignore) -> Speech:
    """Everything known about mono `audio` (-1 to 1). InputError(MODEL_MISSING) without a Whisper model."""
    sound = to_speech_rate(audio, sample_rate)
    prosody = analyse(sound)
    voiced = voiced_spans(voice_probability(sound), len(sound) / RATE)
    progress(0.1)
    transcript = Transcript(None, ())
    if voiced:
        transcript = recognise(load(), sound, voiced, prosody, part(progress, 0.1, 0.9))
    words, phones = align(sound, transcript, voiced, part(progress, 0.9, 1.0))
    # The voice activity model knows speech and misses singing; but chords beside words are only music.
    voiced = join(voiced, sounding(prosody, SINGLE if words else 0.0))
    progress(1.0)
    return Speech(len(audio) / sample_rate, transcript.language, words, phones, voiced, prosody)
