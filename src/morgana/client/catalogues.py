"""`client.voices` and `client.fonts`: what there is to choose from."""

from collections.abc import AsyncGenerator
from typing import Literal

from morgana.client.connection import path
from morgana.client.listing import MOST, each
from morgana.client.objects import Font, Voice
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.transport import Request


class Voices(Resource[M_co]):
    """Who can speak."""

    @iteration
    async def list(
        self,
        *,
        language: str | None = None,
        gender: Literal["female", "male"] | None = None,
        engine: str | None = None,
        available: bool | None = None,
        after: str | None = None,
        limit: int = MOST,
    ) -> AsyncGenerator[Voice, None]:
        """The voices, the default one first. language: such as `en-GB`, or `en` for all of English."""
        query = {
            "language": language,
            "gender": gender,
            "engine": engine,
            "available": available,
            "after": after,
            "limit": limit,
        }
        async for voice in each(self._connection, Voice, "/v1/voices", query):
            yield voice

    @operation
    async def retrieve(self, voice: str) -> Voice:
        """The voice with this id. Raises NotFoundError."""
        return await self._connection.fetch(Voice, Request("GET", path("voices", voice)))

    @operation
    async def preview(self, voice: str | Voice) -> bytes:
        """A recording of it (MP3)."""
        voice_id = voice.id if isinstance(voice, Voice) else voice
        return await self._connection.send(Request("GET", path("voices", voice_id, "preview")))


class Fonts(Resource[M_co]):
    """What text is written in."""

    @iteration
    async def list(self, *, after: str | None = None, limit: int = MOST) -> AsyncGenerator[Font, None]:
        """The looks, then the fonts, by name."""
        query = {"after": after, "limit": limit}
        async for font in each(self._connection, Font, "/v1/fonts", query, lambda one: one.name):
            yield font

    @operation
    async def retrieve(self, font: str) -> Font:
        """The font or look of this name, however its letters are cased. Raises NotFoundError."""
        return await self._connection.fetch(Font, Request("GET", path("fonts", font)))

    @operation
    async def preview(self, font: str | Font) -> bytes:
        """A picture of it (PNG)."""
        name = font.name if isinstance(font, Font) else font
        return await self._connection.send(Request("GET", path("fonts", name, "preview.png")))
