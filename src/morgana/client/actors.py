"""`client.actors`: faces that are analysed once and used for many videos."""

from collections.abc import AsyncGenerator
from typing import Literal

from morgana.client.connection import create, path
from morgana.client.listing import MOST, each
from morgana.client.objects import Actor
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.removing import remove
from morgana.client.transport import Request
from morgana.client.uploads import File, fields, file_part
from morgana.client.waiting import OnProgress, ended

_URL = "/v1/actors"


class Actors(Resource[M_co]):
    """Actors."""

    @operation
    async def create(
        self,
        name: str,
        portrait: File,
        *,
        voice: str | None = None,
        expression: str | None = None,
        expression_intensity: float | None = None,
        idempotency_key: str | None = None,
    ) -> Actor:
        """Have a portrait (JPEG or PNG) analysed. The actor can be used at once, before it is READY."""
        texts = {
            "name": name,
            "voice_id": voice,
            "expression": expression,
            "expression_intensity": expression_intensity,
        }
        request = create(_URL, idempotency_key, (file_part("portrait", portrait), *fields(texts)))
        return await self._connection.fetch(Actor, request)

    @operation
    async def retrieve(self, actor: str | Actor) -> Actor:
        """The actor as it is now. Raises NotFoundError."""
        return await self._look(actor)

    @iteration
    async def list(
        self, *, after: str | None = None, order: Literal["asc", "desc"] | None = None, limit: int = MOST
    ) -> AsyncGenerator[Actor, None]:
        """All actors, built-in ones as well, the newest first."""
        query = {"after": after, "order": order, "limit": limit}
        async for actor in each(self._connection, Actor, _URL, query):
            yield actor

    @operation
    async def wait(
        self,
        actor: str | Actor,
        *,
        on_progress: OnProgress[Actor] | None = None,
        timeout: float | None = None,
        poll: float = 1.0,
    ) -> Actor:
        """The actor once it is READY. Raises JobFailed, which says why, and Timeout while it goes on."""
        return await ended(self._connection, lambda: self._look(actor), on_progress, timeout, poll)

    @operation
    async def delete(self, actor: str | Actor) -> None:
        """Delete an actor. Its videos stay as they are."""
        await remove(self._connection, path("actors", _id(actor)))

    async def _look(self, actor: str | Actor) -> Actor:
        return await self._connection.fetch(Actor, Request("GET", path("actors", _id(actor))))


def _id(actor: str | Actor) -> str:
    return actor.id if isinstance(actor, Actor) else actor
