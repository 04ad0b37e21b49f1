"""`/v1/audio/speech` and `/v1/models`: speech for clients of OpenAI's API."""

import base64
import json
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response, StreamingResponse

from morgana.api import sound
from morgana.api.bodies import json_body, receive_json
from morgana.api.errors import ApiError
from morgana.api.limits import Polling, Speaking
from morgana.api.openai_errors import OpenAIRoute, openai_documented
from morgana.api.speaking import Piece, SoundFormat, Speaker, SpeakingRoom
from morgana.api.speech import begin_speech, max_body_bytes, sound_of
from morgana.api.streaming import Streamed

router = APIRouter(prefix="/v1", tags=["OpenAI"], route_class=OpenAIRoute)

# All of them speak alike; the names are those that clients send unless they are told otherwise.
_MODELS: Final = ("mirage-audio-1", "tts-1", "tts-1-hd", "gpt-4o-mini-tts")
_DATED: Final = "gpt-4o-mini-tts-20"

# OpenAI's voices, and those of ours that are most like them.
VOICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alloy": "af_alloy",
        "ash": "am_michael",
        "ballad": "bm_george",
        "cedar": "am_fenrir",
        "coral": "af_bella",
        "echo": "am_echo",
        "fable": "bm_fable",
        "marin": "af_heart",
        "nova": "af_nova",
        "onyx": "am_onyx",
        "sage": "af_sarah",
        "shimmer": "af_aoede",
        "verse": "am_puck",
    }
)
_STEPS: Final = 40  # a second of speech: both engines decide how long a sound is in steps of 25 ms


def _named(voice: object) -> object:
    """A voice may also be sent as an object with its ID."""
    return voice.get("id") if isinstance(voice, dict) else voice


class SpeechRequest(BaseModel):
    """What OpenAI's clients send; fields that are not here are not read."""

    model: str = Field(description=f"One of {', '.join(_MODELS)}, which speak alike", examples=["tts-1"])
    input: str = Field(description="The text to speak", examples=["Hello, welcome to Mirage!"])
    voice: Annotated[str, BeforeValidator(_named)] = Field(
        description="A voice of GET /v1/voices, or of OpenAI's, which stands for one of ours",
        examples=["heart"],
    )
    response_format: SoundFormat = Field(default="mp3", description="The form of the sound")
    speed: float = Field(default=1.0, ge=0.5, le=2.0, allow_inf_nan=False)
    stream_format: Literal["audio", "sse"] = Field(
        default="audio", description="sse: as server-sent events, with the sound in base64"
    )


class Model(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int = Field(default=0, description="Not known: 0")
    owned_by: str = "morgana"


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]


async def _received(request: Request) -> SpeechRequest:
    return await receive_json(request, SpeechRequest, max_body_bytes())


@router.post(
    "/audio/speech",
    summary="Generate Speech, for OpenAI's Clients",
    operation_id="createOpenAISpeech",
    response_class=StreamingResponse,
    responses=openai_documented(400, 401, 404, 413, 429)
    | {
        200: {
            "description": "The speech, sent as it is spoken",
            "content": sound.described() | {"text/event-stream": {}},
        }
    },
    openapi_extra=json_body(SpeechRequest),
)
async def create_speech(
    request: Request,
    owner: Speaking,
    speaker: SpeakingRoom,
    asked: Annotated[SpeechRequest, Depends(_received)],
) -> Response:
    """Beyond the contract: speak a text, asked for as clients of OpenAI's API do. `X-Voice-Id` says whose
    voice it is."""
    _known_model(asked.model)
    voice_id = _voice_id(speaker, asked.voice)
    rate, pieces = await begin_speech(
        request,
        owner,
        speaker,
        asked.input,
        voice_id,
        speed=asked.speed,
        seed=0,
        sound_format=asked.response_format,
        field="input",
    )
    if asked.stream_format == "sse":
        answer = Streamed(_events(pieces, len(asked.input)), media_type="text/event-stream")
    else:
        answer = Streamed(sound_of(pieces), media_type=sound.content_type(asked.response_format, rate))
    answer.headers["X-Voice-Id"] = voice_id
    return answer


@router.get(
    "/models",
    summary="List Models, for OpenAI's Clients",
    operation_id="listOpenAIModels",
    responses=openai_documented(401, 429),
)
def list_models(_owner: Polling) -> ModelList:
    """Beyond the contract: what `model` may be at `/v1/audio/speech`."""
    return ModelList(data=[Model(id=name) for name in _MODELS])


@router.get(
    "/models/{model}",
    summary="Retrieve Model, for OpenAI's Clients",
    operation_id="getOpenAIModel",
    responses=openai_documented(401, 404, 429),
)
def get_model(_owner: Polling, model: Annotated[str, Path(description="The `id` of a model")]) -> Model:
    """Beyond the contract: a model."""
    return Model(id=_known_model(model))


def _known_model(name: str) -> str:
    if name not in _MODELS and not name.startswith(_DATED):
        raise ApiError(
            HTTPStatus.NOT_FOUND,
            "model_not_found",
            f"There is no model '{name[:40]}'. Choose one of {', '.join(_MODELS)}: they speak alike.",
        )
    return name


def _voice_id(speaker: Speaker, asked: str) -> str:
    """Ours for one of OpenAI's names: the default voice until the one that is meant is installed."""
    if asked not in VOICES:
        return asked
    meant = speaker.voice(VOICES[asked])
    return meant.id if meant.available else speaker.voices()[0].id


async def _events(pieces: AsyncGenerator[Piece, None], characters: int) -> AsyncGenerator[bytes, None]:
    """The sound as events of OpenAI's `speech.audio` kind. Tokens: characters read, and steps spoken."""
    seconds = 0.0
    async with aclosing(pieces):
        async for piece in pieces:
            seconds += piece.seconds
            if piece.data:
                audio = base64.b64encode(piece.data).decode()
                yield _event({"type": "speech.audio.delta", "audio": audio})
    spoken = math.ceil(seconds * _STEPS)
    usage = {"input_tokens": characters, "output_tokens": spoken, "total_tokens": characters + spoken}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(fields: Mapping[str, object]) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()
