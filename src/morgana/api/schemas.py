"""The objects of the contract, with its names."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from morgana import store
from morgana.api.links import Links
from morgana.store import Status, TextOverlay, Video

VideoModel = Literal["mirage-video-1-latest"]
Expression = Literal["auto", "neutral", "happy", "serious", "surprised", "sad"]
WantedRenderer = Literal["auto", "mesh", "learned"]
_UNTOLD = store.Failure("internal_error", "Something went wrong on the server. Try again.")
Intensity = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


_STAGE = (
    "Beyond the contract: what is being done now: fetch, start, analyse, speak, listen, design, render or "
    "publish; null unless it is being worked on"
)


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
    stage: str | None = Field(default=None, description=_STAGE)
    error: MAVideoError | None = Field(default=None, description="Error details if status is FAILED")
    model: VideoModel | None = Field(default=None, description="Model used for generation")
    source_video_id: str | None = Field(default=None, description="The input video that was captioned")
    caption_template_id: str | None = Field(default=None, description="Caption style template used")
    share_link_url: str | None = Field(
        default=None,
        description="Public share link, when enabled: of a COMPLETE video that was created with `share`, or "
        "shared since",
    )
    video_id: str = Field(description='Use "id" instead.', deprecated=True)
    actor_id: str | None = Field(default=None, description="Beyond the contract: the actor it was made with")
    voice_id: str | None = Field(default=None, description="Beyond the contract: the voice of its script")
    renderer: Literal["mesh", "learned"] | None = Field(
        default=None,
        description="Beyond the contract: what made its frames; null until it is COMPLETE, of captioned "
        "videos, and of videos of older releases",
    )
    expires_at: int | None = Field(
        default=None,
        description="Beyond the contract: when it is deleted at the earliest (unix timestamp); null "
        "until it is finished, and where finished ones are kept",
    )
    video_url: str | None = Field(
        default=None,
        description="Beyond the contract: the video (MP4), at a link that needs no API key and expires; null "
        "until it is COMPLETE",
    )
    thumbnail_url: str | None = Field(
        default=None,
        description="Beyond the contract: a picture of the video (JPEG), at a link that needs no API key and "
        "expires; null until it is COMPLETE, and of videos of older releases",
    )

    @classmethod
    def of(cls, video: Video, links: Links) -> Self:
        return cls.model_validate(
            {
                "id": video.id,
                "status": video.status.value,
                "created_at": seconds(video.created_at),
                "completed_at": seconds(video.completed_at),
                "progress": video.progress,
                "stage": video.stage,
                "error": _error(video),
                "model": video.model,
                "video_id": video.id,
                "actor_id": video.actor_id,
                "voice_id": video.voice_id,
                "renderer": video.facts and video.facts.renderer,
                "source_video_id": video.source_video_id,
                "caption_template_id": video.caption_template_id,
                "expires_at": seconds(store.retention.expires_at(video)),
                "video_url": _link(links, video.outputs.get("video")),
                "thumbnail_url": _link(links, video.outputs.get("thumbnail")),
                "share_link_url": _page(links, video),
            }
        )


class MetaTextOverlayResult(BaseModel):
    """What became of one text."""

    index: int = Field(description="Zero-based index matching the order of the texts")
    text: str = Field(description="The text as it was sent")
    status: Literal["COMPLETE", "FAILED"] = Field(description="Terminal status of this item")
    video_url: str | None = Field(
        default=None, description="The video (MP4), at a link that needs no API key and expires"
    )
    thumbnail_url: str | None = Field(
        default=None, description="Beyond the contract: a picture of the video (JPEG), at such a link as well"
    )
    error: MAVideoError | None = Field(default=None, description="Error details if this item failed")


class MetaTextOverlay(BaseModel):
    """A video that is written over with several texts, each on a copy of its own."""

    id: str = Field(description="Text overlay job ID", examples=["d7f76ec6-2500-4d23-a2bc-648f4e904555"])
    object: Literal["text_overlay"] = "text_overlay"
    status: Literal["QUEUED", "PROCESSING", "COMPLETE", "FAILED", "CANCELLED"] = Field(
        description="Current state of the job; COMPLETE as soon as every text has a result, even if that is "
        "an error"
    )
    created_at: int = Field(description="When the job was created (unix timestamp)")
    completed_at: int | None = Field(
        default=None, description="When the job became COMPLETE, FAILED or CANCELLED (unix timestamp)"
    )
    progress: int = Field(ge=0, le=100, description="Beyond the contract: percentage; 100 only when COMPLETE")
    stage: str | None = Field(default=None, description=_STAGE)
    expires_at: int | None = Field(
        default=None,
        description="Beyond the contract: when it is deleted at the earliest (unix timestamp); null "
        "until it is finished, and where finished ones are kept",
    )
    results: list[MetaTextOverlayResult] = Field(
        default=[], description="A result for each text, in their order; empty unless COMPLETE"
    )
    error: MAVideoError | None = Field(
        default=None, description="Error details if the job failed before it came to the texts"
    )

    @classmethod
    def of(cls, made: TextOverlay, links: Links) -> Self:
        complete = made.status is Status.COMPLETE
        waiting = made.status is Status.PROCESSING and not made.begun
        return cls.model_validate(
            {
                "id": made.id,
                "status": "QUEUED" if waiting else made.status.value,
                "created_at": seconds(made.created_at),
                "completed_at": seconds(made.completed_at),
                "progress": made.progress,
                "stage": made.stage,
                "expires_at": seconds(store.retention.expires_at(made)),
                "results": [_result(made, at, links) for at in range(len(made.items))] if complete else [],
                "error": _error(made),
            }
        )


class MetaTextOverlayList(BaseModel):
    """Part of the list of text overlays."""

    object: Literal["list"] = "list"
    data: list[MetaTextOverlay]
    has_more: bool = Field(description="Whether there are more text overlays after these")


class Actor(BaseModel):
    """A face that videos can be made of, and what they take by default."""

    id: str = Field(description="The `actor_id` of other requests", examples=["actor_abc123def456"])
    object: Literal["actor"] = "actor"
    name: str
    status: Literal["PROCESSING", "READY", "FAILED"] = Field(
        description="PROCESSING until the portrait is analysed; it can be used then, too"
    )
    error: MAVideoError | None = Field(default=None, description="Error details if status is FAILED")
    voice_id: str | None = Field(default=None, description="The voice of scripts that name none")
    expression: Expression | None = Field(default=None, description="The expression of videos that name none")
    expression_intensity: float | None = Field(default=None, description="How strong that expression is")
    created_at: int = Field(description="When the actor was created (unix timestamp)")
    built_in: bool = Field(description="Whether it comes with the server: everybody's, and not to be deleted")
    synthetic: bool = Field(
        description="Whether the actor is a person who does not exist: a built-in one whose face is "
        "generated. False where nothing is known of the portrait"
    )
    summary: str | None = Field(default=None, description="What the portrait of such a person shows")
    portrait_url: str = Field(description="The portrait, at a link that needs no API key and expires")

    @classmethod
    def of(cls, actor: store.Actor, portrait_url: str) -> Self:
        person = store.persons.persons().get(actor.id)
        return cls.model_validate(
            {
                "id": actor.id,
                "name": actor.name,
                "status": "READY" if actor.status is Status.COMPLETE else actor.status.value,
                "error": _error(actor),
                "voice_id": actor.voice_id,
                "expression": actor.expression,
                "expression_intensity": actor.expression_intensity,
                "created_at": seconds(actor.created_at),
                "built_in": actor.built_in,
                "synthetic": person is not None,
                "summary": person and person.summary,
                "portrait_url": portrait_url,
            }
        )


class ActorList(BaseModel):
    """Part of the list of actors."""

    object: Literal["list"] = "list"
    data: list[Actor]
    has_more: bool = Field(description="Whether there are more actors after these")


def _result(made: TextOverlay, index: int, links: Links) -> MetaTextOverlayResult:
    text = str(made.items[index]["text"])
    key, failure = made.outputs.get(f"video{index}"), made.failures.get(index)
    if key is not None and failure is None:
        picture = _link(links, made.outputs.get(f"thumbnail{index}"))
        return MetaTextOverlayResult(
            index=index, text=text, status="COMPLETE", video_url=links.file(key), thumbnail_url=picture
        )
    failure = failure or _UNTOLD
    error = MAVideoError(code=failure.code, message=failure.message)
    return MetaTextOverlayResult(index=index, text=text, status="FAILED", error=error)


def shown(made: Video | TextOverlay | store.Actor, links: Links) -> "MAVideo | MetaTextOverlay | Actor":
    """What GET answers for it."""
    match made:
        case Video():
            return MAVideo.of(made, links)
        case TextOverlay():
            return MetaTextOverlay.of(made, links)
        case store.Actor():
            return Actor.of(made, links.file(made.inputs["image"]))


def _link(links: Links, key: str | None) -> str | None:
    return None if key is None else links.file(key)


def _page(links: Links, video: Video) -> str | None:
    if video.share_token is None or video.status is not Status.COMPLETE:
        return None
    return links.page(video.share_token)


def _error(made: Video | TextOverlay | store.Actor) -> MAVideoError | None:
    if made.status is not Status.FAILED:
        return None
    return MAVideoError(code=made.error_code or "internal_error", message=made.error_message or "")


def seconds(moment: datetime | None) -> int | None:
    """As the contract writes times: Unix time, in whole seconds."""
    return None if moment is None else int(moment.timestamp())
