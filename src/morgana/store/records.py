"""What the store hands out: plain frozen records, never rows of an open session."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Options: TypeAlias = dict[str, str | int | float | bool | None]


class Status(StrEnum):
    """Where a video is. The values are those of the HTTP API; all but PROCESSING are terminal."""

    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Kind(StrEnum):
    """Which pipeline makes the video."""

    GENERATION = "generation"
    CAPTION = "caption"


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
class Draft:
    """A video to be made. `inputs` names the blobs it is made from: `{"image": key, "audio": key}`."""

    id: str
    kind: Kind
    model: str | None
    options: Options
    inputs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Video:
    """A video as its owner sees it. `error_code` and `error_message` are set exactly when it FAILED."""

    id: str
    kind: Kind
    owner: Owner
    status: Status
    progress: int
    error_code: str | None
    error_message: str | None
    model: str | None
    options: Options
    inputs: dict[str, str]
    output: str | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs in order to make a video."""

    id: str
    kind: Kind
    model: str | None
    options: Options
    inputs: dict[str, str]
