"""What the API asks of whoever knows caption templates and transcripts, and how it tells what they refuse."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeAlias

from fastapi import Depends, Request

from morgana.errors import ErrorCode

SubtitleForm: TypeAlias = Literal["srt", "vtt", "ass"]

# The field of a request that a refusal is about.
REFUSED_FIELDS = {ErrorCode.TRANSCRIPT_INVALID: "transcript", ErrorCode.LANGUAGE_UNKNOWN: "language"}


class Template(Protocol):
    """A caption style; created_at: Unix time in seconds."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def created_at(self) -> int: ...


class Captioner(Protocol):
    """The live room, as seen from here."""

    def templates(self) -> Sequence[Template]:
        """Every template, in the order in which they are listed."""

    def template(self, template_id: str) -> Template | None:
        """The template with this id."""

    def check_transcript(self, text: str) -> None:
        """Raise InputError if nobody can tell what the transcript says."""

    def check_language(self, language: str) -> None:
        """Raise InputError if speech in the language cannot be recognised."""

    def subtitles(self, transcript: bytes, form: SubtitleForm, size: tuple[int, int] | None = None) -> str:
        """The transcript of a video, which is JSON, in another form; size: of its pictures, if known."""

    async def film(self, template_id: str) -> Path:
        """An MP4 that shows a template, kept from when it is first asked for; a new version has a new name.

        Raises InputError if something that it needs is missing.
        """

    async def poster(self, template_id: str) -> Path:
        """A JPEG of one moment of it, kept as well. Raises as `film`."""


def _captioner(request: Request) -> Captioner:
    captioner: Captioner = request.app.state.captioner
    return captioner


CaptioningRoom = Annotated[Captioner, Depends(_captioner)]
