"""`/v1/audio/text-to-speech`: a text spoken while the client waits."""

import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from morgana import store
from morgana.api import sound
from morgana.api.bodies import json_body, receive_json
from morgana.api.errors import documented
from morgana.api.leaving import unless_left
from morgana.api.limits import Speaking
from morgana.api.metering import Meter
from morgana.api.metrics import Metrics, SpeechFigures
from morgana.api.speaking import Piece, SoundFormat, Speaker, SpeakingRoom, refusal
from morgana.api.streaming import Streamed
from morgana.api.timestamps import TimestampedSpeech, timestamped
from morgana.errors import InputError
from morgana.settings import data_folder, settings

router = APIRouter(prefix="/v1/audio/text-to-speech/{voice_id}", tags=["Audio"])

_LONGEST_CHARACTER = 12  # bytes: one beyond the BMP, escaped, as in "\ud83d\ude00"
_OTHER_BYTES = 16 * 1024  # the other fields

VoiceId = Annotated[str, Path(description="Voice ID to use for TTS generation; GET /v1/voices lists them")]


class TTSRequest(BaseModel):
    """Request body for text-to-speech generation"""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="The text to convert to speech", examples=["Hello, welcome to Mirage!"])
    model: Literal["mirage-audio-1"] = Field(description="TTS model to use for generation")
    format: SoundFormat | None = Field(
        default=None, description="Beyond the contract: the form of the sound; goes before `Accept`"
    )
    speed: float = Field(
        default=1.0,
        ge=0.5,
        le=2.0,
        allow_inf_nan=False,
        description="Beyond the contract: 1 is the voice's own pace, 2 twice as fast",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        description="Beyond the contract: the same text, voice, speed and seed give the same sound",
    )


def max_body_bytes() -> int:
    """How long a body with the longest text may be."""
    return _OTHER_BYTES + _LONGEST_CHARACTER * settings().max_text_characters


async def _received(request: Request) -> TTSRequest:
    return await receive_json(request, TTSRequest, max_body_bytes())


Received = Annotated[TTSRequest, Depends(_received)]


@router.post(
    "",
    summary="Generate Speech from Text",
    operation_id="generateSpeech",
    response_class=StreamingResponse,
    responses=documented(401, 404, 406, 409, 413)
    | {200: {"description": "The speech, sent as it is spoken", "content": sound.described()}},
    openapi_extra=json_body(TTSRequest),
)
async def generate_speech(
    request: Request, owner: Speaking, speaker: SpeakingRoom, voice_id: VoiceId, asked: Received
) -> Response:
    """Speak a text. Each sentence is sent as soon as it is ready, and made once the client wants it."""
    sound_format = asked.format or sound.accepted(request.headers)
    rate, pieces = await begin_speech(
        request,
        owner,
        speaker,
        asked.text,
        voice_id,
        speed=asked.speed,
        seed=asked.seed,
        sound_format=sound_format,
    )
    return Streamed(sound_of(pieces), media_type=sound.content_type(sound_format, rate))


@router.post(
    "/with-timestamps",
    summary="Generate Speech from Text with the Times of Words and Phonemes",
    operation_id="generateSpeechWithTimestamps",
    response_model=TimestampedSpeech,
    responses=documented(401, 404, 409, 413),
    openapi_extra=json_body(TTSRequest),
)
async def generate_speech_with_timestamps(
    request: Request, owner: Speaking, speaker: SpeakingRoom, voice_id: VoiceId, asked: Received
) -> Response:
    """Beyond the contract: speak a text, and tell when each word and each of its phonemes is said."""
    sound_format = asked.format or "wav"
    figures = await _checked(request, speaker, asked.text, voice_id, sound_format)
    file = tempfile.TemporaryFile(dir=data_folder("uploads"))  # noqa: SIM115 (closed by the answer)
    try:
        recording = await unless_left(
            request,
            speaker.record(
                owner,
                asked.text,
                voice_id,
                file,
                speed=asked.speed,
                seed=asked.seed,
                sound_format=sound_format,
            ),
        )
        figures.seconds.inc(recording.seconds)
        await Meter(owner, len(asked.text), recording.seconds).charge()
        return await run_in_threadpool(timestamped, recording, file, sound_format)
    except BaseException:
        file.close()
        raise


async def begin_speech(
    request: Request,
    owner: store.Owner,
    speaker: Speaker,
    text: str,
    voice_id: str,
    *,
    speed: float,
    seed: int,
    sound_format: SoundFormat,
    field: str = "text",
) -> tuple[int, AsyncGenerator[Piece, None]]:
    """The samples a second of a speech whose first sound is there, and its pieces, which are counted.

    Raises what answers a text, which is in this field of the body, or a voice that cannot be used, and
    ClientDisconnect.
    """
    begun = time.perf_counter()
    figures = await _checked(request, speaker, text, voice_id, sound_format, field)
    pieces = speaker.stream(owner, text, voice_id, speed=speed, seed=seed, sound_format=sound_format)
    first = await unless_left(request, anext(pieces))
    figures.first_byte.observe(time.perf_counter() - begun)
    return first.rate, _counted(first, pieces, figures, Meter(owner), len(text))


async def sound_of(pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[bytes, None]:
    """The bytes of the pieces."""
    async with aclosing(pieces):
        async for piece in pieces:
            yield piece.data


async def _checked(
    request: Request,
    speaker: Speaker,
    text: str,
    voice_id: str,
    sound_format: SoundFormat,
    field: str = "text",
) -> SpeechFigures:
    """Where the figures of a text go. Raises what answers a text or voice that cannot be used."""

    def engine() -> str:
        try:
            speaker.check(text, voice_id)
            return speaker.voice(voice_id).engine
        except InputError as error:
            raise refusal(error, field) from None

    metrics: Metrics = request.app.state.metrics
    return metrics.speech.begin(await run_in_threadpool(engine), sound_format, len(text))


async def _counted(
    first: Piece, pieces: AsyncGenerator[Piece, None], figures: SpeechFigures, meter: Meter, length: int
) -> AsyncGenerator[Piece, None]:
    """length: of the text, characters."""
    try:
        async with aclosing(pieces):
            figures.seconds.inc(first.seconds)
            meter.count(first)
            yield first
            async for piece in pieces:
                figures.seconds.inc(piece.seconds)
                meter.count(piece)
                yield piece
            meter.characters = length
    finally:
        await meter.charge()
