"""Answers whose bytes are made while they are sent."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class Streamed(StreamingResponse):
    """Closes its source as soon as the client leaves, and cuts the connection where the source breaks."""

    def __init__(
        self, source: AsyncGenerator[bytes, None], *, media_type: str, length: int | None = None
    ) -> None:
        headers = {"Cache-Control": "no-store"}
        if length is not None:
            headers["Content-Length"] = str(length)
        super().__init__(source, headers=headers, media_type=media_type)
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._source):
            await super().__call__(scope, receive, send)
