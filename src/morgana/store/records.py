"""What the store hands out: plain frozen records, never rows of an open session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from morgana.queues import Queue

Item: TypeAlias = Mapping[str, str | float | bool]
Options: TypeAlias = dict[str, str | int | float | bool | list[str] | list[Item] | None]
Blobs: TypeAlias = dict[str, str]  # what a blob is -> its key

_LONGEST = 7 * 24 * 3600.0  # seconds


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


QUEUES: Final[Mapping[Kind, Queue]] = {
    Kind.GENERATION: Queue.PORTRAIT,
    Kind.ACTOR: Queue.PORTRAIT,
    Kind.CAPTION: Queue.CAPTIONS,
    Kind.OVERLAY: Queue.OVERLAYS,
}
# The version of what a job of each kind is given, its options and inputs. One is raised with a change that
# workers of earlier releases would do wrong; they leave such jobs to others.
PAYLOADS: Final[Mapping[Kind, int]] = {
    Kind.GENERATION: 1,
    Kind.ACTOR: 1,
    Kind.CAPTION: 1,
    Kind.OVERLAY: 1,
}


class EventType(StrEnum):
    """What webhooks tell of. The values are part of the HTTP API and are documented in docs/webhooks.md."""

    VIDEO_COMPLETED = "video.completed"
    VIDEO_FAILED = "video.failed"
    VIDEO_CANCELLED = "video.cancelled"
    CAPTIONS_COMPLETED = "video_captions.completed"
    CAPTIONS_FAILED = "video_captions.failed"
    CAPTIONS_CANCELLED = "video_captions.cancelled"
    TEXT_OVERLAY_COMPLETED = "text_overlay.completed"
    TEXT_OVERLAY_FAILED = "text_overlay.failed"
    TEXT_OVERLAY_CANCELLED = "text_overlay.cancelled"
    ACTOR_COMPLETED = "actor.completed"
    ACTOR_FAILED = "actor.failed"
    TEST = "webhook.test"


class DeliveryStatus(StrEnum):
    """What became of an event for one webhook; all but PENDING are final, unless it is replayed."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"  # after the last attempt
    CANCELLED = "CANCELLED"  # the webhook was disabled


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
    share: bool = False


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
class Facts:
    """What was measured of a result: how many seconds of film it is, and the size of its pictures, pixels.

    generated: whether the film says that it is, or that a part of it is. renderer: "mesh" or "learned", which
    made the pictures; None where none did, and of films of older releases.
    """

    seconds: float
    width: int
    height: int
    generated: bool = False
    renderer: Literal["mesh", "learned"] | None = None

    def __post_init__(self) -> None:
        measured = 0 <= self.seconds <= _LONGEST and min(self.width, self.height) > 0
        if not measured or self.renderer not in (None, "mesh", "learned"):
            raise ValueError(f"these are no facts of a film: {self}")


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
    """A video; `outputs` has its file as `video`, a picture of it as `thumbnail` and the times of the words
    that are said in it as `transcript`. facts: where they were measured. share_token, share_title: of its
    public page."""

    owner: Owner
    kind: Kind
    options: Options
    model: str | None
    actor_id: str | None
    voice_id: str | None
    source_video_id: str | None
    caption_template_id: str | None
    facts: Facts | None = None
    share_token: str | None = None
    share_title: str | None = None


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


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where an owner is told of what became of their jobs.

    events: what is told of; empty for everything. base: the address under which the owner reaches the server,
    which links begin with. previous_secret: until when it is used beside `secret`. disabled_reason: why the
    service disabled it, if it was not its owner. failing_since: the first failure since the last success.
    """

    id: str
    url: str
    description: str
    events: tuple[EventType, ...]
    base: str
    secret: str = field(repr=False)
    previous_secret: str | None = field(repr=False)
    previous_until: datetime | None
    enabled: bool
    disabled_reason: str | None
    failing_since: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    url: str
    base: str
    description: str = ""
    events: tuple[EventType, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a record: `made` is the record as it was then. Of a test it is the webhook."""

    id: str
    type: EventType
    created_at: datetime
    made: Video | TextOverlay | Actor | Webhook


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One attempt to deliver; `status` and `answer` are those of HTTP, `error` says why there is none."""

    started_at: datetime
    seconds: float
    status: int | None
    answer: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for one webhook, as the webhook's owner sees it. next_attempt_at: None once it is ended."""

    id: str
    webhook_id: str
    event: Event
    resource_id: str | None
    status: DeliveryStatus
    attempts: tuple[DeliveryAttempt, ...]
    next_attempt_at: datetime | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery that this process is to attempt now, and nobody else.

    claim: proves so. secrets: those to sign with. retries: attempts that failed since it was created or
    replayed. request_id: of the request that asked for what was made, for the log.
    """

    delivery_id: str
    claim: str
    webhook_id: str
    url: str
    base: str
    secrets: tuple[str, ...] = field(repr=False)
    event: Event
    retries: int
    request_id: str | None
