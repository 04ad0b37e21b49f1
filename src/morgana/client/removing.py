"""Deleting, so that what is told to be gone is gone, however often it had to be said."""

from http import HTTPStatus

from morgana.client.connection import Connection
from morgana.client.errors import NotFoundError
from morgana.client.transport import Request


async def remove(connection: Connection, url: str) -> None:
    """Delete what is at a URL; a job that was still going on is cancelled by the first request for it.

    Raises NotFoundError if there was nothing from the start.
    """
    sent = 0

    async def attempt() -> bool:
        nonlocal sent
        sent += 1
        async with connection.opened(Request("DELETE", url)) as answer:
            await answer.read()
            return answer.status == HTTPStatus.NO_CONTENT

    try:
        while not await connection.retried(attempt):
            pass
    except NotFoundError:
        if sent == 1:
            raise
