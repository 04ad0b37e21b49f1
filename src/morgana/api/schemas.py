"""The objects of the contract, with its names."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from morgana.store import Status, Video

VideoModel = Literal["mirage-video-1-latest"]


class MAVideoError(BaseModel):
    """Error payload that explains why generation failed, if applicable"""

    code: str = Field(description="Error code", examples=["no_face_detected"])
    message: str = Field(description="What went wrong and what to do about it")


class MAVideo(BaseModel):
    """A video, made from an image and speech or by captioning another video."""

    id: str = Field(description="Video generation job ID", examples=["video_abc123def456"])
    object: Literal["video"] = "video"
    status: Literal["PROCESSING", "COMPLETE", "FAILED", "CANCELLED"] = Field(
        description="Current state of the video; a waiting job is PROCESSING with progress 0"
    )
    created_at: int = Field(description="When the video was created (unix timestamp)")
    completed_at: int | None = Field(
        default=None, description="When the video became COMPLETE, FAILED or CANCELLED (unix timestamp)"
    )
    progress: int | None = Field(
        default=None, ge=0, le=100, description="Progress percentage; 100 only when COMPLETE"
    )
    error: MAVideoError | None = Field(default=None, description="Error details if status is FAILED")
    model: VideoModel | None = Field(default=None, description="Model used for generation")
    source_video_id: str | None = Field(default=None, description="The input video that was captioned")
    caption_template_id: str | None = Field(default=None, description="Caption style template used")
    share_link_url: str | None = Field(default=None, description="Public share link, when enabled")
    video_id: str = Field(description='Use "id" instead.', deprecated=True)

    @classmethod
    def of(cls, video: Video) -> Self:
        return cls.model_validate(
            {
                "id": video.id,
                "status": video.status.value,
                "created_at": _seconds(video.created_at),
                "completed_at": _seconds(video.completed_at),
                "progress": video.progress,
                "error": _error(video),
                "model": video.model,
                "video_id": video.id,
            }
        )


def _error(video: Video) -> MAVideoError | None:
    if video.status is not Status.FAILED:
        return None
    return MAVideoError(code=video.error_code or "internal_error", message=video.error_message or "")


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
