"""What is said in a video, and when: as words with times, and as subtitles."""

from http import HTTPStatus

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from morgana import store
from morgana.api.captioning import CaptioningRoom
from morgana.api.errors import ApiError, documented
from morgana.api.limits import Polling
from morgana.api.videos import VideoId, find, output

router = APIRouter(prefix="/v1/videos/{video_id}", tags=["Videos"])


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
    return Transcript.model_validate_json(_read(owner, video_id))


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
    text = captioner.subtitles(_read(owner, video_id), "srt")
    return Response(text, media_type="application/x-subrip; charset=utf-8")


@router.get(
    "/transcript.vtt",
    summary="Retrieve Transcript as WebVTT",
    operation_id="getTranscriptVtt",
    response_class=Response,
    responses=documented(401, 404, 409) | {200: {"description": "Subtitles", "content": {"text/vtt": {}}}},
)
def get_vtt(owner: Polling, captioner: CaptioningRoom, video_id: VideoId) -> Response:
    """Beyond the contract: the words of a video as subtitles in WebVTT."""
    return Response(captioner.subtitles(_read(owner, video_id), "vtt"), media_type="text/vtt")


def _read(owner: store.Owner, video_id: str) -> bytes:
    video = find(owner, video_id)
    output(video)
    try:
        return store.blobs.read(video.outputs["transcript"])
    except (KeyError, FileNotFoundError):
        message = "This video has no transcript. Caption it with POST /v1/videos/captions; the copy has one."
        raise ApiError(HTTPStatus.NOT_FOUND, "transcript_not_found", message) from None
