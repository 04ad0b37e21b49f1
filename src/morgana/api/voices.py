"""`/v1/voices`: who can speak, and how they sound."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.responses import Response

from morgana.api.errors import documented, problem
from morgana.api.files import kept_file
from morgana.api.leaving import unless_left
from morgana.api.limits import Polling
from morgana.api.speaking import SpeakingRoom, refusal
from morgana.api.speaking import Voice as KnownVoice
from morgana.errors import InputError
from morgana.settings import settings

router = APIRouter(prefix="/v1/voices", tags=["Voices"])

VoiceId = Annotated[str, Path(description="The `id` of a voice")]
Gender = Literal["female", "male"]


class Voice(BaseModel):
    """A voice that can say a text."""

    id: str = Field(description="Stable; the `voice_id` of other requests", examples=["heart"])
    object: Literal["voice"] = "voice"
    name: str
    language: str = Field(description="The language that it reads a text in (BCP 47)", examples=["en-US"])
    gender: Gender
    engine: str = Field(description="What makes its sound", examples=["kokoro"])
    licence: str = Field(description="SPDX", examples=["Apache-2.0"])
    available: bool = Field(description="Whether its weights are installed, so that it can speak now")
    preview_url: str | None = Field(description="A recording (MP3) of an available voice; needs no API key")

    @classmethod
    def of(cls, request: Request, voice: KnownVoice) -> Self:
        base = (settings().public_url or str(request.base_url)).rstrip("/")
        preview = f"{base}{router.prefix}/{quote(voice.id)}/preview"
        fields = {name: getattr(voice, name) for name in cls.model_fields if hasattr(voice, name)}
        return cls.model_validate(fields | {"preview_url": preview if voice.available else None})


class VoiceList(BaseModel):
    """Part of the list of voices."""

    object: Literal["list"] = "list"
    data: list[Voice]
    has_more: bool = Field(description="Whether there are more voices after these")


@router.get("", summary="List Voices", operation_id="listVoices", responses=documented(401))
def list_voices(
    request: Request,
    _owner: Polling,
    speaker: SpeakingRoom,
    language: Annotated[
        str | None, Query(description="Only voices of this language, such as `en-GB`, or `en` for both of it")
    ] = None,
    gender: Annotated[Gender | None, Query(description="Only voices of this gender")] = None,
    engine: Annotated[str | None, Query(description="Only voices of this engine")] = None,
    available: Annotated[bool | None, Query(description="Only voices that can, or cannot, speak now")] = None,
    after: Annotated[str | None, Query(description="Return voices strictly after this voice ID")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Max number of voices to return")] = 20,
) -> VoiceList:
    """Beyond the contract: the voices, the default one first."""
    matching = [
        voice
        for voice in _after(speaker.voices(), after)
        if (language is None or _speaks(voice, language))
        and gender in (None, voice.gender)
        and engine in (None, voice.engine)
        and available in (None, voice.available)
    ]
    data = [Voice.of(request, voice) for voice in matching[:limit]]
    return VoiceList(data=data, has_more=len(matching) > limit)


@router.get("/{voice_id}", summary="Retrieve Voice", operation_id="getVoice", responses=documented(401, 404))
def get_voice(request: Request, _owner: Polling, speaker: SpeakingRoom, voice_id: VoiceId) -> Voice:
    """Beyond the contract: a voice."""
    try:
        return Voice.of(request, speaker.voice(voice_id))
    except InputError as error:
        raise refusal(error) from None


@router.head("/{voice_id}/preview", include_in_schema=False)
@router.get(
    "/{voice_id}/preview",
    summary="Hear Voice",
    operation_id="getVoicePreview",
    response_class=Response,
    responses=documented(404, 409, 416)
    | {
        200: {"description": "A sentence in the voice's language", "content": {"audio/mpeg": {}}},
        206: {"description": "The bytes asked for in Range", "content": {"audio/mpeg": {}}},
        304: {"description": "The recording is still the one named in If-None-Match"},
    },
)
async def get_voice_preview(request: Request, speaker: SpeakingRoom, voice_id: VoiceId) -> Response:
    """Beyond the contract: how the voice sounds. Needs no API key."""
    try:
        path = await unless_left(request, speaker.preview(voice_id))
    except InputError as error:
        raise refusal(error) from None
    return await kept_file(request, path, "audio/mpeg")


def _after(voices: Sequence[KnownVoice], after: str | None) -> Sequence[KnownVoice]:
    if after is None:
        return voices
    ids = [voice.id for voice in voices]
    if after not in ids:
        message = "There is no voice with this ID to continue after"
        raise RequestValidationError([problem(("query", "after"), "unknown_id", message)])
    return voices[ids.index(after) + 1 :]


def _speaks(voice: KnownVoice, language: str) -> bool:
    asked, spoken = language.lower().split("-"), voice.language.lower().split("-")
    return spoken[: len(asked)] == asked
