import gc
import io
import wave

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import wavfile

from morgana.video.sound_encoder import SoundFormat, sound_encoder, wav_header

RATE = 24_000
CONTAINED: tuple[SoundFormat, ...] = ("wav", "mp3", "opus", "aac", "flac")
CODECS = {"wav": "pcm_s16le", "mp3": "mp3", "opus": "opus", "aac": "aac", "flac": "flac"}
FRAME = {"wav": 1, "mp3": 576, "opus": 1, "aac": 1024, "flac": 1}  # samples that a decoded file may be longer


def speechlike(seconds: float) -> NDArray[np.float32]:
    """Noise under 3 kHz in bursts, after 0.1 s of silence."""
    count = round(seconds * RATE)
    noise = np.convolve(np.random.default_rng(7).normal(size=count), np.ones(8) / 8, "same")
    bursts = np.sin(2 * np.pi * 3 * np.arange(count) / RATE) ** 2
    bursts[: RATE // 10] = 0
    return np.asarray(0.3 * noise * bursts, np.float32)


def encoded(samples: NDArray[np.float32], sound_format: SoundFormat, pieces: int = 5) -> bytes:
    encoder = sound_encoder(sound_format, RATE)
    return b"".join(encoder.encode(piece) for piece in np.array_split(samples, pieces)) + encoder.finish()


def decoded(file: bytes) -> NDArray[np.float32]:
    resampler = av.AudioResampler("fltp", "mono", RATE)
    with av.open(io.BytesIO(file), "r") as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    frames += resampler.resample(None)
    samples: NDArray[np.float32] = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return samples


@pytest.mark.parametrize("sound_format", CONTAINED)
@pytest.mark.parametrize("seconds", [0.7, 4.0033])
def test_a_sound_is_decoded_as_it_was(sound_format: SoundFormat, seconds: float) -> None:
    samples = speechlike(seconds)
    file = encoded(samples, sound_format)
    with av.open(io.BytesIO(file)) as container:
        assert container.streams.audio[0].codec_context.name.removesuffix("float") == CODECS[sound_format]
    heard = decoded(file)
    assert 0 <= len(heard) - len(samples) < FRAME[sound_format]
    heard = heard[: len(samples)]
    assert np.corrcoef(samples, heard)[0, 1] > 0.9
    lags = range(-60, 61)
    inner = slice(RATE // 4, len(samples) - RATE // 4)
    likeness = [np.dot(samples[inner], np.roll(heard, lag)[inner]) for lag in lags]
    assert lags[int(np.argmax(likeness))] == 0


@pytest.mark.parametrize("sound_format", CONTAINED)
def test_the_same_samples_give_the_same_bytes(sound_format: SoundFormat) -> None:
    samples = speechlike(0.7)
    assert encoded(samples, sound_format) == encoded(samples, sound_format)


@pytest.mark.parametrize("sound_format", ["wav", "flac"])
def test_nothing_is_lost_but_below_16_bits(sound_format: SoundFormat) -> None:
    samples = speechlike(0.5)
    assert np.abs(decoded(encoded(samples, sound_format)) - samples).max() < 1 / 32767


def test_pcm_is_the_samples_alone_and_clips() -> None:
    samples = np.array([0, 0.5, -0.5, 1, -1, 7, -7], np.float32)
    values = np.frombuffer(encoded(samples, "pcm", 2), "<i2")
    assert values.tolist() == [0, 16384, -16384, 32767, -32767, 32767, -32767]


@pytest.mark.parametrize("sound_format", CONTAINED)
def test_most_of_a_piece_is_there_before_the_next_one(sound_format: SoundFormat) -> None:
    encoder = sound_encoder(sound_format, RATE)
    sent = encoder.encode(speechlike(3.0))
    if sound_format == "wav":
        assert len(sent) == 44 + 2 * 3 * RATE
        return
    assert len(decoded(sent)) > 2.5 * RATE


def test_a_wav_that_is_sent_before_its_length_is_known_can_be_read() -> None:
    samples = speechlike(1.0)
    file = encoded(samples, "wav")
    with wave.open(io.BytesIO(file)) as opened:
        assert (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) == (1, 2, RATE)
        assert len(opened.readframes(opened.getnframes())) == 2 * len(samples)
    assert len(decoded(file)) == len(samples)


def test_a_wav_of_known_length_says_so() -> None:
    samples = speechlike(1.0)
    encoder = sound_encoder("wav", RATE, len(samples))
    file = encoder.encode(samples) + encoder.finish()
    assert file[:44] == wav_header(RATE, len(samples))
    with wave.open(io.BytesIO(file)) as opened:
        assert opened.getnframes() == len(samples)
    rate, read = wavfile.read(io.BytesIO(file))
    assert (rate, len(read)) == (RATE, len(samples))


def test_a_rate_that_mp3_is_not_made_for_is_refused() -> None:
    with pytest.raises(ValueError, match="44100"):
        sound_encoder("mp3", 44_100)


@pytest.mark.parametrize("count", [1, 575, 576, 577, 1000, 1104, 1152, 5760, 6334])
def test_an_mp3_ends_with_the_frame_of_its_last_sample(count: int) -> None:
    file = encoded(np.full(count, 0.1, np.float32), "mp3", 2)
    frame_bytes = 576 * 64_000 // 8 // RATE
    assert len(file) == -(-count // 576) * frame_bytes
    assert file[:2] == b"\xff\xf3"


@pytest.mark.parametrize("count", [4095, 4096, 4097, 30_000])
def test_an_aac_ends_with_the_frame_of_its_last_sample(count: int) -> None:
    file = encoded(np.full(count, 0.1, np.float32), "aac", 2)
    assert file[:2] == b"\xff\xf1"
    assert len(decoded(file)) == -(-count // 1024) * 1024


@pytest.mark.parametrize("sound_format", CONTAINED)
def test_an_encoder_may_be_left_unfinished(sound_format: SoundFormat) -> None:
    encoder = sound_encoder(sound_format, RATE)
    encoder.encode(speechlike(0.5))
    del encoder
    gc.collect()
