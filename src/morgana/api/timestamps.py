"""Speech with the times of its words, as one JSON object that is not held in memory whole."""

import base64
import os
from collections.abc import AsyncGenerator
from typing import IO, Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from morgana.api.speaking import Recording, SoundFormat
from morgana.api.streaming import Streamed

_CHUNK: Final = 3 * 64 * 1024  # bytes; a multiple of 3 has no padding in base64

Seconds = Annotated[float, AfterValidator(lambda seconds: round(seconds, 4))]


class TimedPhoneme(BaseModel):
    """A speech sound, in the alphabet that Kokoro was trained on (IPA with a few letters of its own)."""

    model_config = ConfigDict(from_attributes=True)

    symbol: str
    start: Seconds
    end: Seconds
    stress: int = Field(description="0: none, 1: primary, 2: secondary")


class TimedWord(BaseModel):
    """A word as written, and when it is said, in seconds from the start of the audio."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    start: Seconds
    end: Seconds
    offset: int = Field(description="Where the word begins in the text, in Unicode code points")
    length: int = Field(description="How much of the text it is, in Unicode code points")
    phonemes: list[TimedPhoneme]


class TimestampedSpeech(BaseModel):
    """Speech, and when each word of the text is said."""

    format: SoundFormat
    sample_rate: int = Field(description="Samples a second")
    duration: Seconds = Field(description="Seconds")
    words: list[TimedWord]
    audio_base64: str = Field(description="The file, in base64")  # the last, since it is sent piece by piece


def timestamped(recording: Recording, file: IO[bytes], sound_format: SoundFormat) -> Streamed:
    """The answer; it closes the file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    speech = TimestampedSpeech(
        format=sound_format,
        sample_rate=recording.rate,
        duration=recording.seconds,
        words=[TimedWord.model_validate(word) for word in recording.words],
        audio_base64="",
    )
    written = speech.model_dump_json().encode()
    head, tail = written[:-2], written[-2:]  # which is "} and follows the audio
    length = len(written) + 4 * -(-size // 3)
    return Streamed(_parts(head, file, tail), media_type="application/json", length=length)


async def _parts(head: bytes, file: IO[bytes], tail: bytes) -> AsyncGenerator[bytes, None]:
    with file:
        yield head
        while chunk := await run_in_threadpool(file.read, _CHUNK):
            yield base64.b64encode(chunk)
        yield tail
