"""`client.captions`: videos in which the words are written as they are said."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from morgana.client.connection import Connection, create, path
from morgana.client.errors import InvalidRequestError, Problem
from morgana.client.listing import MOST, each
from morgana.client.objects import CaptionTemplate, Transcript, Video
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.transport import Request
from morgana.client.uploads import File, Part, fields, file_part
from morgana.client.videos import Films

_TEMPLATES = "/v1/videos/captions/templates"
_ID = "ctpl_"  # what the id of a template begins with


class Templates(Resource[M_co]):
    """Caption styles."""

    @iteration
    async def list(
        self, *, after: str | None = None, limit: int = MOST
    ) -> AsyncGenerator[CaptionTemplate, None]:
        """All templates, by name."""
        query = {"after": after, "limit": limit}
        async for template in each(self._connection, CaptionTemplate, _TEMPLATES, query):
            yield template

    @operation
    async def retrieve(self, template: str) -> CaptionTemplate:
        """The template with this id. Raises NotFoundError."""
        request = Request("GET", path("videos", "captions", "templates", template))
        return await self._connection.fetch(CaptionTemplate, request)


class Captions(Films[M_co]):
    """Captioned videos, which are videos."""

    templates: Templates[M_co]

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.templates = Templates(connection)

    @operation
    async def create(
        self,
        video: File | Video | None = None,
        *,
        template: str | CaptionTemplate,
        video_id: str | None = None,
        transcript: str | Path | Mapping[str, Any] | Transcript | None = None,
        language: str | None = None,
        vocabulary: Sequence[str] = (),
        position: str | float | None = None,
        font_size: float | None = None,
        highlight_color: str | None = None,
        emphasize: Sequence[str] = (),
        share: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Video:
        """Have a captioned copy made of a video; it is PROCESSING until `wait` returns.

        video: an MP4 or MOV to upload (a path, bytes or an open file), or a Video of the server; or video_id:
        one's id. template: an id, or a name, which is looked up. transcript: what is said, as a text, SRT or
        WebVTT, as a path to such a file, or as words with times.
        """
        if isinstance(video, Video):
            video_id, video = video.id, None
        texts = {
            "caption_template_id": await self._template_id(template),
            "video_id": video_id,
            "language": language,
            "vocabulary": vocabulary,
            "position": position,
            "font_size": font_size,
            "highlight_color": highlight_color,
            "emphasize": emphasize,
            "share": share,
        }
        parts = [*fields(texts), *_transcript(transcript)]
        if video is not None:
            parts.append(file_part("video", video))
        return await self._connection.fetch(Video, create("/v1/videos/captions", idempotency_key, parts))

    @iteration
    async def list(
        self, *, after: str | None = None, order: Literal["asc", "desc"] | None = None, limit: int = MOST
    ) -> AsyncGenerator[Video, None]:
        """The captioned ones of all videos, the newest first."""
        query = {"after": after, "order": order, "limit": limit}
        async for video in each(self._connection, Video, "/v1/videos", query):
            if video.caption_template_id is not None:
                yield video

    async def _template_id(self, template: str | CaptionTemplate) -> str:
        if isinstance(template, CaptionTemplate):
            return template.id
        if template.startswith(_ID):
            return template
        ids = {}
        async for one in each(self._connection, CaptionTemplate, _TEMPLATES, {}):
            ids[one.name.casefold()] = one.id
            if template in (one.id, one.name):
                return one.id
        if template.casefold() in ids:
            return ids[template.casefold()]
        near = ", ".join(get_close_matches(template.casefold(), ids, 3, 0.5))
        message = f"There is no template {template!r}. " + (f"Near it: {near}." if near else "")
        problem = Problem(("body", "template"), message.strip(), "unknown_name")
        raise InvalidRequestError(422, problem.type, problem.message, problems=(problem,))


def _transcript(told: str | Path | Mapping[str, Any] | Transcript | None) -> list[Part]:
    if isinstance(told, Path):
        return [file_part("transcript", told)]
    if isinstance(told, Transcript):
        told = {"words": [word.model_dump() for word in told.words]}
    return fields({"transcript": told})
