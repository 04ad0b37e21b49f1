"""One request over HTTP, by a library that blocks or by one that awaits; nothing is retried here."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from time import sleep
from typing import Any, Protocol

import httpx2

from morgana.client.errors import ConnectionError, Timeout  # noqa: A004
from morgana.client.uploads import Part, opened


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. url: a path of the API, or a whole URL. json and parts: a body of either kind."""

    method: str
    url: str
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Its body is read while the connection is open."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks])


class Transport(Protocol):
    """How requests are sent and time passes."""

    blocking: bool

    def open(self, request: Request) -> AbstractAsyncContextManager[Answer]:
        """The answer, whatever its status. Raises ConnectionError and Timeout, also while it is read."""

    async def sleep(self, seconds: float) -> None: ...


class BlockingTransport:
    """Coroutines that never suspend."""

    blocking = True

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncGenerator[Answer, None]:
        with opened(request.parts) as form, _translated():
            response = self._client.send(
                _built(self._client, request, form), stream=True, follow_redirects=False
            )
        try:
            yield Answer(response.status_code, response.headers, _blocking_chunks(response))
        finally:
            response.close()

    async def sleep(self, seconds: float) -> None:
        sleep(seconds)


class AwaitedTransport:
    """Coroutines for the event loop that they are awaited in."""

    blocking = False

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncGenerator[Answer, None]:
        with opened(request.parts) as form, _translated():
            response = await self._client.send(
                _built(self._client, request, form), stream=True, follow_redirects=False
            )
        try:
            yield Answer(response.status_code, response.headers, _awaited_chunks(response))
        finally:
            await response.aclose()

    async def sleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)


def _built(
    client: httpx2.Client | httpx2.AsyncClient, request: Request, form: list[tuple[str, Any]]
) -> httpx2.Request:
    return client.build_request(
        request.method,
        request.url,
        params=dict(request.query) or None,
        headers=dict(request.headers),
        json=request.json,
        files=form or None,
    )


async def _blocking_chunks(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    with _translated():
        for chunk in response.iter_bytes():
            yield chunk


async def _awaited_chunks(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    with _translated():
        async for chunk in response.aiter_bytes():
            yield chunk


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except httpx2.TimeoutException as error:
        raise Timeout(f"The server did not answer in time ({type(error).__name__}).") from error
    except httpx2.TransportError as error:
        reason = str(error) or type(error).__name__
        raise ConnectionError(f"The server cannot be reached, or the connection broke: {reason}") from error
