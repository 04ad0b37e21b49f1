"""What is said in a video, and when: as words with times, and as subtitles."""

import json
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from morgana import store
from morgana.api.captioning import Captioner, CaptioningRoom, SubtitleForm
from morgana.api.errors import ApiError, documented
from morgana.api.limits import Polling
from morgana.api.videos import VideoId, find, output

router = APIRouter(prefix="/v1/videos/{video_id}", tags=["Videos"])

# Of these only text/vtt is registered; the others are what players and their systems go by.
_CONTENT_TYPES: Final = {"srt": "application/x-subrip", "vtt": "text/vtt", "ass": "text/x-ssa"}


class TranscriptWord(BaseModel):
    """A word as it is written, with its punctuation."""

    text: str
    start: float = Field(description="Seconds from the start of the video")
    end: float = Field(description="Seconds from the start of the video")


class Transcript(BaseModel):
    """What is said in a video."""

    language: str | None = Field(description="ISO 639-1; null where it is not known", examples=["en"])
    duration: float = Field(description="Of the video, in seconds")
    words: list[TranscriptWord]


@router.get(
    "/transcript",
    summary="Retrieve Transcript",
    operation_id="getTranscript",
    responses=documented(401, 404, 409),
)
def get_transcript(owner: Polling, video_id: VideoId) -> Transcript:
    """Beyond the contract: the words of a video and when each of them is said."""
    return Transcript.model_validate_json(_read(find(owner, video_id)))


@router.get(
    "/transcript.srt",
    summary="Retrieve Transcript as SRT",
    operation_id="getTranscriptSrt",
    response_class=Response,
    responses=documented(401, 404, 409)
    | {200: {"description": "Subtitles", "content": {"application/x-subrip": {}}}},
)
def get_srt(owner: Polling, captioner: CaptioningRoom, video_id: VideoId) -> Response:
    """Beyond the contract: the words of a video as subtitles in SRT."""
    return _subtitles(owner, captioner, video_id, "srt")


@router.get(
    "/transcript.vtt",
    summary="Retrieve Transcript as WebVTT",
    operation_id="getTranscriptVtt",
    response_class=Response,
    responses=documented(401, 404, 409) | {200: {"description": "Subtitles", "content": {"text/vtt": {}}}},
)
def get_vtt(owner: Polling, captioner: CaptioningRoom, video_id: VideoId) -> Response:
    """Beyond the contract: the words of a video as subtitles in WebVTT."""
    return _subtitles(owner, captioner, video_id, "vtt")


@router.get(
    "/transcript.ass",
    summary="Retrieve Transcript as ASS",
    operation_id="getTranscriptAss",
    response_class=Response,
    responses=documented(401, 404, 409) | {200: {"description": "Subtitles", "content": {"text/x-ssa": {}}}},
)
def get_ass(owner: Polling, captioner: CaptioningRoom, video_id: VideoId) -> Response:
    """Beyond the contract: the words of a video as subtitles in ASS, each lit from when it is said."""
    return _subtitles(owner, captioner, video_id, "ass")


def _subtitles(owner: store.Owner, captioner: Captioner, video_id: str, form: SubtitleForm) -> Response:
    video = find(owner, video_id)
    said = _read(video)
    size = None if video.facts is None else (video.facts.width, video.facts.height)
    headers = {"Content-Disposition": f'inline; filename="{video.id}.{form}"'}
    if (language := json.loads(said)["language"]) is not None:
        headers["Content-Language"] = language
    text = captioner.subtitles(said, form, size)
    return Response(text, media_type=f"{_CONTENT_TYPES[form]}; charset=utf-8", headers=headers)


def _read(video: store.Video) -> bytes:
    output(video)
    try:
        return store.blobs.read(video.outputs["transcript"])
    except (KeyError, FileNotFoundError):
        message = "This video has no transcript. Caption it with POST /v1/videos/captions; the copy has one."
        raise ApiError(HTTPStatus.NOT_FOUND, "transcript_not_found", message) from None
