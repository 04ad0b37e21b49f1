"""`Client` and `AsyncClient`: the same operations, with results to be had or to be awaited."""

import os
from types import TracebackType
from typing import Generic, Self
from urllib.parse import urlsplit

import httpx2

from morgana import __version__
from morgana.client.actors import Actors
from morgana.client.captions import Captions
from morgana.client.catalogues import Fonts, Voices
from morgana.client.connection import Connection
from morgana.client.errors import MorganaError
from morgana.client.events import Events
from morgana.client.operations import Awaited, Blocking, M_co
from morgana.client.overlays import Overlays
from morgana.client.speech import Speech
from morgana.client.transport import AwaitedTransport, BlockingTransport, Transport
from morgana.client.usage import UsageLedger
from morgana.client.videos import Videos
from morgana.client.webhooks import Webhooks

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
_CONNECT_SECONDS = 10.0


class _Rooms(Generic[M_co]):
    """The resources of a server."""

    def __init__(
        self, transport: Transport, base_url: str | None, api_key: str | None, max_retries: int
    ) -> None:
        connection = Connection(
            transport,
            _base(base_url or os.environ.get("MORGANA_BASE_URL") or DEFAULT_BASE_URL),
            {
                "x-api-key": _key(api_key or os.environ.get("MORGANA_API_KEY")),
                "User-Agent": f"morgana-python/{__version__}",
            },
            max_retries,
        )
        self.base_url = connection.base
        self.videos: Videos[M_co] = Videos(connection)
        self.captions: Captions[M_co] = Captions(connection)
        self.overlays: Overlays[M_co] = Overlays(connection)
        self.speech: Speech[M_co] = Speech(connection)
        self.actors: Actors[M_co] = Actors(connection)
        self.voices: Voices[M_co] = Voices(connection)
        self.fonts: Fonts[M_co] = Fonts(connection)
        self.events: Events[M_co] = Events(connection)
        self.usage: UsageLedger[M_co] = UsageLedger(connection)
        self.webhooks: Webhooks[M_co] = Webhooks(connection)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"


class Client(_Rooms[Blocking]):
    """A server of this API: Morgana's, or any other that keeps to the contract.

    base_url: by default MORGANA_BASE_URL, else http://127.0.0.1:8000. api_key: by default MORGANA_API_KEY.
    timeout: seconds that the server may be silent. max_retries: how often a request that failed for a
    reason that may pass (429, 5xx, a broken connection) is sent again, after waits that grow from half a
    second to eight, or as long as the server asks for, up to two minutes. http_client: in place of one of
    the client's own, to set proxies or certificates; it is not closed with the client.

    May be used by several threads. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
        max_retries: int = 4,
        http_client: httpx2.Client | None = None,
    ) -> None:
        self._http = http_client or httpx2.Client(timeout=_timeout(timeout))
        self._own = http_client is None
        super().__init__(BlockingTransport(self._http), base_url, api_key, max_retries)

    def close(self) -> None:
        if self._own:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Rooms[Awaited]):
    """As `Client`, with everything to be awaited, and lists and streams for `async for`."""

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
        max_retries: int = 4,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._http = http_client or httpx2.AsyncClient(timeout=_timeout(timeout))
        self._own = http_client is None
        super().__init__(AwaitedTransport(self._http), base_url, api_key, max_retries)

    async def close(self) -> None:
        if self._own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _timeout(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"base_url is {url!r}, and should be such as {DEFAULT_BASE_URL}")
    return url.rstrip("/").removesuffix("/v1")


def _key(key: str | None) -> str:
    if not key:
        raise MorganaError(
            "There is no API key. Give api_key, or set MORGANA_API_KEY; `morgana keys create` makes one."
        )
    if not (key.isascii() and key.isprintable()):
        raise ValueError("api_key has characters that no key has")
    return key
