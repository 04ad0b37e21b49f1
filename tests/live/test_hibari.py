"""The live room with the engine that comes with the installation."""

import asyncio
import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from morgana.live import Speaker
from morgana.live.speaker import Piece
from morgana.video.sound_encoder import SoundFormat

TEXT = "Dr. Alvarez paid $5.20 for the lamp. Then she rowed home, and the storm went on until 3 a.m."
FORMATS: tuple[SoundFormat, ...] = ("wav", "mp3", "opus", "flac")


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    return Speaker(10_000, tmp_path_factory.mktemp("previews"))


def streamed(speaker: Speaker, sound_format: SoundFormat) -> list[Piece]:
    async def take() -> list[Piece]:
        stream = speaker.stream("A", TEXT, "heart", speed=1.0, seed=3, sound_format=sound_format)
        return [piece async for piece in stream]

    speaker.check(TEXT, "heart")
    return asyncio.run(take())


@pytest.mark.parametrize("sound_format", FORMATS)
def test_a_text_is_spoken_in_every_format(speaker: Speaker, sound_format: SoundFormat) -> None:
    pieces = streamed(speaker, sound_format)
    seconds = sum(piece.seconds for piece in pieces)
    assert 4 < seconds < 12
    with av.open(io.BytesIO(b"".join(piece.data for piece in pieces)), "r") as container:
        frames = list(container.decode(audio=0))
    heard = sum(frame.samples for frame in frames) / frames[0].sample_rate
    assert 0 <= round(24_000 * (heard - seconds)) < 576
    levels = [np.abs(frame.to_ndarray().astype(float)).max() for frame in frames]
    assert np.median(levels) > 0.02 * max(levels) > 0


def test_the_words_of_a_recording_are_heard_where_they_are_said_to_be(speaker: Speaker) -> None:
    file = io.BytesIO()
    recording = asyncio.run(speaker.record("A", TEXT, "heart", file, speed=1.0, seed=3, sound_format="wav"))
    file.seek(0)
    with wave.open(file) as opened:
        assert opened.getnframes() == round(recording.seconds * recording.rate)
        samples = np.frombuffer(opened.readframes(opened.getnframes()), np.int16).astype(float)
    said_of_text = " ".join(TEXT[word.offset : word.offset + word.length] for word in recording.words)
    assert said_of_text == TEXT
    ends = [0.0]
    for word in recording.words:
        assert ends[-1] <= word.start < word.end <= recording.seconds
        assert word.phonemes
        ends.append(word.end)
        said = samples[round(word.start * recording.rate) : round(word.end * recording.rate)]
        assert said.std() > 0.1 * samples.std(), word.text


def test_the_same_request_gives_the_same_bytes(speaker: Speaker) -> None:
    first, second = (streamed(speaker, "mp3") for _ in range(2))
    assert first == second


def test_a_warm_speaker_and_its_preview(speaker: Speaker) -> None:
    speaker.warm()
    path: Path = asyncio.run(speaker.preview("heart"))
    with av.open(path) as container:
        assert 2 < sum(frame.samples for frame in container.decode(audio=0)) / 24_000 < 10
