"""`client.overlays`: one video, and up to four texts, each over a copy of its own."""

import json
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from morgana.client.connection import create, path
from morgana.client.downloading import Share, download
from morgana.client.errors import JobFailed
from morgana.client.listing import MOST, each
from morgana.client.objects import Failure, TextOverlay
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.removing import remove
from morgana.client.transport import Request
from morgana.client.uploads import File, fields, file_part
from morgana.client.waiting import OnProgress, ended

_URL = "/v1/meta/text_overlays"


class Overlays(Resource[M_co]):
    """Text overlays."""

    @operation
    async def create(
        self,
        video: File,
        *,
        texts: Sequence[str] = (),
        fonts: Sequence[str | None] = (),
        sizes: Sequence[float | None] = (),
        colors: Sequence[str | None] = (),
        items: Sequence[Mapping[str, Any]] = (),
        position: str | float | None = None,
        align: Literal["left", "center", "right"] | None = None,
        background: Literal["none", "box", "line"] | None = None,
        stroke: bool | None = None,
        shadow: bool | None = None,
        start: float | None = None,
        end: float | None = None,
        idempotency_key: str | None = None,
    ) -> TextOverlay:
        """Have 1 to 4 texts written over copies of a video, one each.

        video: an MP4 or MOV (a path, bytes or an open file). fonts, sizes and colors are in the order of
        the texts, and None in them is decided for you. items: in their place, {"text", "style": {...}} each.
        """
        wishes = {
            "texts": [texts] if isinstance(texts, str) else texts,
            "fonts": fonts,
            "sizes": sizes,
            "colors": colors,
            "items": json.dumps([*items]) if items else None,
            "position": position,
            "align": align,
            "background": background,
            "stroke": stroke,
            "shadow": shadow,
            "start": start,
            "end": end,
        }
        request = create(_URL, idempotency_key, (file_part("video", video), *fields(wishes)))
        return await self._connection.fetch(TextOverlay, request)

    @operation
    async def retrieve(self, overlay: str | TextOverlay) -> TextOverlay:
        """The text overlay as it is now, with new links. Raises NotFoundError."""
        return await self._look(overlay)

    @iteration
    async def list(
        self, *, after: str | None = None, order: Literal["asc", "desc"] | None = None, limit: int = MOST
    ) -> AsyncGenerator[TextOverlay, None]:
        """All text overlays, the newest first."""
        query = {"after": after, "order": order, "limit": limit}
        async for overlay in each(self._connection, TextOverlay, _URL, query):
            yield overlay

    @operation
    async def wait(
        self,
        overlay: str | TextOverlay,
        *,
        on_progress: OnProgress[TextOverlay] | None = None,
        timeout: float | None = None,
        poll: float = 1.0,
    ) -> TextOverlay:
        """The text overlay once it is COMPLETE: every text has its result, if only an error of its own.

        Raises JobFailed, which says why, JobCancelled, and Timeout while it goes on.
        """
        return await ended(self._connection, lambda: self._look(overlay), on_progress, timeout, poll)

    @operation
    async def download(
        self,
        overlay: str | TextOverlay,
        file: str | os.PathLike[str],
        *,
        index: int = 0,
        on_progress: Share | None = None,
    ) -> Path:
        """Save the MP4 of the text with this index, as `videos.download` does.

        Raises JobFailed if that text failed, and IndexError if there is no result for it (yet).
        """

        async def locate() -> str:
            return _link(await self._look(overlay), index)

        return await download(self._connection, locate, Path(file), on_progress)

    @operation
    async def thumbnail(
        self, overlay: str | TextOverlay, file: str | os.PathLike[str], *, index: int = 0
    ) -> Path:
        """Save a picture (JPEG) of the film of the text with this index. Raises NotFoundError."""

        async def locate() -> str:
            return path("meta", "text_overlays", _id(overlay), "results", str(index), "thumbnail")

        return await download(self._connection, locate, Path(file))

    @operation
    async def cancel(self, overlay: str | TextOverlay) -> TextOverlay:
        """Stop work on a text overlay. One that has ended stays as it is."""
        request = Request("POST", path("meta", "text_overlays", _id(overlay), "cancel"))
        return await self._connection.fetch(TextOverlay, request)

    @operation
    async def delete(self, overlay: str | TextOverlay) -> None:
        """Delete a text overlay and its files; one that is not finished is cancelled first."""
        await remove(self._connection, path("meta", "text_overlays", _id(overlay)))

    async def _look(self, overlay: str | TextOverlay) -> TextOverlay:
        request = Request("GET", path("meta", "text_overlays", _id(overlay)))
        return await self._connection.fetch(TextOverlay, request)


def _link(overlay: TextOverlay, index: int) -> str:
    result = next((result for result in overlay.results if result.index == index), None)
    if result is None:
        raise IndexError(f"{overlay.id} is {overlay.status} and has no result {index}")
    if result.video_url is None:
        why = result.error or Failure()
        raise JobFailed(why.code, why.message, overlay)
    return result.video_url


def _id(overlay: str | TextOverlay) -> str:
    return overlay.id if isinstance(overlay, TextOverlay) else overlay
