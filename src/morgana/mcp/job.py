"""Something that was asked for and takes a while, and who does it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from morgana.errors import ErrorCode

Kind: TypeAlias = Literal["video", "caption", "overlay", "speak"]
Listing: TypeAlias = Sequence[dict[str, Any]]

_WAITING = ("QUEUED", "PROCESSING")


class Refused(Exception):  # noqa: N818 (nothing broke)
    """What was asked for cannot be done; the message says what to do about it."""


@dataclass
class Job:
    """A job as it is now. status: as of the API; progress: 0 to 1; files: what it has written."""

    id: str
    kind: Kind
    status: str = "PROCESSING"
    progress: float = 0.0
    files: list[str] = field(default_factory=list)
    code: str | None = None
    message: str | None = None

    @property
    def ended(self) -> bool:
        return self.status not in _WAITING

    def fail(self, code: str, message: str) -> None:
        self.status, self.code, self.message = "FAILED", code, message


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made. Paths are such as may be read and written; wishes that are None are left open.

    source: a film, to be captioned or written on. subtitles: SRT, WebVTT or ASS file to write as well.
    """

    kind: Kind
    output: Path
    source: Path | None = None
    image: Path | None = None
    actor: str | None = None
    audio: Path | None = None
    text: str | None = None
    template: str | None = None
    transcript: Path | None = None
    subtitles: Path | None = None
    wishes: dict[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        return [str(path) for path in (self.output, self.subtitles) if path]


class Maker(Protocol):
    """Does what is ordered, on this machine or through a server."""

    has_actors: bool

    async def start(self, order: Order) -> Job:
        """Begin, and go on in the background. Raises Refused."""

    async def look(self, job_id: str) -> Job:
        """The job as it is now. Raises Refused."""

    async def cancel(self, job_id: str) -> Job:
        """Stop a job; one that has ended stays as it is. Raises Refused."""

    async def fetch(self, job_id: str, output: Path, index: int) -> None:
        """Write what a finished job has made to another file. Raises Refused."""

    async def voices(self) -> Listing:
        """Who can speak."""

    async def templates(self) -> Listing:
        """How captions can look."""

    async def fonts(self) -> Listing:
        """What text can be written in."""

    async def actors(self) -> Listing:
        """Faces that a server keeps. Raises Refused where there is no server."""

    async def close(self) -> None:
        """End what is going on."""


def unknown(job_id: str) -> Refused:
    return Refused(
        f"There is no job {job_id[:60]!r}. Use the job_id that a tool returned; jobs of this machine are "
        "forgotten when the MCP server ends."
    )


INTERNAL = ErrorCode.INTERNAL_ERROR.value
