"""What the store hands out: plain frozen records, never rows of an open session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Item: TypeAlias = Mapping[str, str | float | bool]
Options: TypeAlias = dict[str, str | int | float | bool | list[str] | list[Item] | None]
Blobs: TypeAlias = dict[str, str]  # what a blob is -> its key


class Status(StrEnum):
    """Where a job is. The values are those of the HTTP API for a video; all but PROCESSING are terminal."""

    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Resource(StrEnum):
    """What a job makes."""

    VIDEO = "video"
    ACTOR = "actor"
    TEXT_OVERLAY = "text_overlay"


class Kind(StrEnum):
    """Which pipeline makes it."""

    GENERATION = "generation"
    CAPTION = "caption"
    ACTOR = "actor"
    OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a record is. `org` is empty for a person without an organisation."""

    user: str
    org: str = ""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as it may be shown: the secret itself is kept nowhere."""

    id: str
    name: str
    prefix: str
    owner: Owner
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs in order to make something. `inputs` names blobs, by what they are in it.

    request_id: of the request that asked for it, for the log. waited: seconds from its creation until it was
    begun, if it was begun just now for the first time.
    """

    id: str
    resource: Resource
    kind: Kind
    options: Options
    inputs: Blobs
    request_id: str | None = None
    waited: float | None = None


@dataclass(frozen=True, slots=True)
class VideoDraft:
    """A video to be made. `inputs` names the blobs that it is made from, such as `{"image": key}`."""

    id: str
    kind: Kind
    options: Options
    inputs: Blobs
    model: str | None = None
    actor_id: str | None = None
    voice_id: str | None = None
    source_video_id: str | None = None
    caption_template_id: str | None = None


@dataclass(frozen=True, slots=True)
class ActorDraft:
    """An actor to be analysed. `inputs` is `{"image": key}`; the rest is what its videos take by default."""

    id: str
    name: str
    inputs: Blobs
    voice_id: str | None = None
    expression: str | None = None
    expression_intensity: float | None = None


@dataclass(frozen=True, slots=True)
class TextOverlayDraft:
    """A video to be written over, once for each item: its `text`, and what is wished for it."""

    id: str
    items: tuple[Item, ...]
    inputs: Blobs


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a part of what a job makes could not be made, while the rest was."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What is known of anything that a job makes, as its owner sees it.

    `stage` says what is being done, and is None unless it is PROCESSING and begun. `error_code` and
    `error_message` are set exactly when it FAILED. `outputs` is empty until it is COMPLETE.
    """

    id: str
    status: Status
    progress: int
    stage: str | None
    error_code: str | None
    error_message: str | None
    inputs: Blobs
    outputs: Blobs
    created_at: datetime
    completed_at: datetime | None

    def blobs(self) -> tuple[str, ...]:
        """The keys of every blob that goes with it."""
        return *self.inputs.values(), *self.outputs.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(_Made):
    """A video; `outputs` has its file as `video` and the times of the words that are said in it as
    `transcript`."""

    owner: Owner
    kind: Kind
    options: Options
    model: str | None
    actor_id: str | None
    voice_id: str | None
    source_video_id: str | None
    caption_template_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(_Made):
    """A face that videos can be made of, and what they take by default; `outputs` has its analysis as
    `portrait`. A built-in one is everybody's."""

    name: str
    voice_id: str | None
    expression: str | None
    expression_intensity: float | None
    built_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOverlay(_Made):
    """A video that is written over once for each item; `outputs` has what became of item 0 as `video0`.

    begun: whether a worker has taken it up. failures: by the item's index; an item has either a file or a
    failure once it is COMPLETE, and neither before.
    """

    items: tuple[Item, ...]
    begun: bool
    failures: dict[int, Failure]
