"""`client.videos`: talking-head videos, and what all videos have, however they were made."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Literal

from morgana.client.connection import create, path
from morgana.client.downloading import Share, download
from morgana.client.listing import MOST, each
from morgana.client.objects import Actor, Transcript, Video
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.removing import remove
from morgana.client.transport import Request
from morgana.client.uploads import File, fields, file_part
from morgana.client.waiting import OnProgress, ended

SubtitleFormat = Literal["srt", "vtt", "ass"]


class Films(Resource[M_co]):
    """What can be done with a video, whether it was generated or captioned."""

    @operation
    async def retrieve(self, video: str | Video) -> Video:
        """The video as it is now. Raises NotFoundError."""
        return await self._look(video)

    @operation
    async def wait(
        self,
        video: str | Video,
        *,
        on_progress: OnProgress[Video] | None = None,
        timeout: float | None = None,
        poll: float = 1.0,
    ) -> Video:
        """The video once it is COMPLETE.

        on_progress is called with the video whenever it has changed; timeout and poll are seconds.
        Raises JobFailed, which says why, JobCancelled, and Timeout while it goes on.
        """
        return await ended(self._connection, lambda: self._look(video), on_progress, timeout, poll)

    @operation
    async def download(
        self, video: str | Video, file: str | os.PathLike[str], *, on_progress: Share | None = None
    ) -> Path:
        """Save the MP4 of a COMPLETE video. The file appears when it is whole.

        Goes on where a connection broke, also when it is called again. on_progress is called with the share
        that is there, 0 to 1. Raises ConflictError for a video that is not finished.
        """

        async def locate() -> str:
            return path("videos", _id(video), "content")

        return await download(self._connection, locate, Path(file), on_progress)

    @operation
    async def thumbnail(self, video: str | Video, file: str | os.PathLike[str]) -> Path:
        """Save a picture (JPEG) of a COMPLETE video. Raises NotFoundError where there is none."""

        async def locate() -> str:
            return path("videos", _id(video), "thumbnail")

        return await download(self._connection, locate, Path(file))

    @operation
    async def cancel(self, video: str | Video) -> Video:
        """Stop work on a video. One that has ended stays as it is."""
        return await self._connection.fetch(Video, Request("POST", path("videos", _id(video), "cancel")))

    @operation
    async def delete(self, video: str | Video) -> None:
        """Delete a video and its files; one that is still PROCESSING is cancelled first."""
        await remove(self._connection, path("videos", _id(video)))

    @operation
    async def transcript(self, video: str | Video) -> Transcript:
        """What is said, and when. Raises NotFoundError where it is not known."""
        return await self._connection.fetch(
            Transcript, Request("GET", path("videos", _id(video), "transcript"))
        )

    @operation
    async def subtitles(self, video: str | Video, format: SubtitleFormat = "srt") -> str:  # noqa: A002
        """What is said, as subtitles."""
        request = Request("GET", path("videos", _id(video), f"transcript.{format}"))
        return (await self._connection.send(request)).decode()

    @operation
    async def share(self, video: str | Video, *, title: str | None = None) -> Video:
        """Have a video shown to whoever has its `share_link_url`, which it has once it is COMPLETE."""
        asked = {} if title is None else {"title": title}
        request = Request("POST", path("videos", _id(video), "share"), json=asked)
        return await self._connection.fetch(Video, request)

    @operation
    async def unshare(self, video: str | Video) -> None:
        """Close a video's public page at once; its link never works again."""
        await self._connection.send(Request("DELETE", path("videos", _id(video), "share")))

    async def _look(self, video: str | Video) -> Video:
        return await self._connection.fetch(Video, Request("GET", path("videos", _id(video))))


class Videos(Films[M_co]):
    """Talking-head videos."""

    @operation
    async def create(
        self,
        *,
        image: File | None = None,
        actor: str | Actor | None = None,
        audio: File | None = None,
        script: str | None = None,
        voice: str | None = None,
        speed: float | None = None,
        fps: int | None = None,
        expression: str | None = None,
        expression_intensity: float | None = None,
        seed: int | None = None,
        renderer: str | None = None,
        share: bool | None = None,
        model: str | None = None,
        idempotency_key: str | None = None,
    ) -> Video:
        """Have a video made of a face and speech; it is PROCESSING until `wait` returns.

        image: a JPEG or PNG; or actor: one's id. audio: a WAV or MP3; or script: what to say, in `voice`.
        share: whether it gets a public page, `share_link_url`, once it is COMPLETE.
        A file is a path, its content as bytes, or a file that is open in binary. What is None is not sent.
        """
        files = {"image_reference": image, "audio_reference": audio}
        texts = {
            "model": model,
            "actor_id": actor.id if isinstance(actor, Actor) else actor,
            "script": script,
            "voice_id": voice,
            "speed": speed,
            "fps": fps,
            "expression": expression,
            "expression_intensity": expression_intensity,
            "seed": seed,
            "renderer": renderer,
            "share": share,
        }
        uploads = [file_part(name, file) for name, file in files.items() if file is not None]
        request = create("/v1/videos", idempotency_key, (*uploads, *fields(texts)))
        return await self._connection.fetch(Video, request)

    @iteration
    async def list(
        self, *, after: str | None = None, order: Literal["asc", "desc"] | None = None, limit: int = MOST
    ) -> AsyncGenerator[Video, None]:
        """All videos, captioned ones as well, the newest first; limit: of one page, of which more follow."""
        query = {"after": after, "order": order, "limit": limit}
        async for video in each(self._connection, Video, "/v1/videos", query):
            yield video


def _id(video: str | Video) -> str:
    return video.id if isinstance(video, Video) else video
