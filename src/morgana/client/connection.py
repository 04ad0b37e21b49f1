"""A server, reached over a transport: the key, errors as exceptions, and retries."""

import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from morgana.client.errors import (
    APIError,
    ConnectionError,  # noqa: A004
    MorganaError,
    ResponseError,
    Timeout,
    refusal,
)
from morgana.client.transport import Answer, Request, Transport
from morgana.client.uploads import Part

Model = TypeVar("Model", bound=BaseModel)
R = TypeVar("R")

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0  # seconds between two attempts, doubled each time
_LONGEST_ASKED_WAIT = 120.0  # seconds; a server that asks for more is not waited for
_IN_FLIGHT = "idempotency_key_in_flight"  # the attempt before this one is still being carried out


@dataclass(frozen=True, slots=True)
class Connection:
    """base: the URL that paths are appended to; retries: how often a request is sent again."""

    transport: Transport
    base: str
    headers: Mapping[str, str] = field(repr=False)  # the key is one of them
    retries: int

    @property
    def blocking(self) -> bool:
        return self.transport.blocking

    async def fetch(self, model: type[Model], request: Request, *, once: bool = False) -> Model:
        """The object that the server answers with. once: of a request that must not get there twice."""
        body = await (self._send_once(request) if once else self.send(request))
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            raise ResponseError(
                f"{self.base} answered {request.method} {request.url} with something that is not of this "
                f"API. Is the base URL right? ({error.error_count()} problems)"
            ) from error

    async def send(self, request: Request) -> bytes:
        """The body of the answer. Raises what the server refuses with, once it was retried in vain."""

        return await self.retried(lambda: self._send_once(request))

    async def _send_once(self, request: Request) -> bytes:
        async with self.opened(request) as answer:
            return await answer.read()

    async def stream(self, request: Request) -> AsyncGenerator[bytes, None]:
        """The body as it comes. What breaks once it has begun is not retried."""
        async with AsyncExitStack() as stack:

            async def attempt() -> Answer:
                return await stack.enter_async_context(self.opened(request))

            answer = await self.retried(attempt)
            async for chunk in answer.chunks:
                yield chunk

    @asynccontextmanager
    async def opened(self, request: Request) -> AsyncGenerator[Answer, None]:
        """The answer to one attempt, which may be a redirect. Raises APIError for an error status."""
        whole = replace(request, url=self.url(request.url), headers=self._headers(request))
        async with self.transport.open(whole) as answer:
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise refusal(answer.status, answer.headers, await answer.read())
            yield answer

    async def retried(self, attempt: Callable[[], Awaitable[R]]) -> R:
        """The result of the first attempt that succeeds, or the exception of the last one."""
        failures = 0
        while True:
            try:
                return await attempt()
            except MorganaError as failure:
                failures += 1
                wait = self.wait_after(failure, failures)
                if wait is None:
                    raise
            await self.transport.sleep(wait)

    def wait_after(self, failure: MorganaError, failures: int) -> float | None:
        """Seconds until another attempt after so many failures in a row; None for none.

        Exponential, with jitter, so that clients that failed together do not come back together.
        """
        if failures > self.retries or not _passes(failure):
            return None
        asked = failure.retry_after if isinstance(failure, APIError) else None
        if asked is not None:
            return None if asked > _LONGEST_ASKED_WAIT else asked + random.uniform(0, 0.25)  # noqa: S311
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (failures - 1))
        return wait * random.uniform(0.5, 1)  # noqa: S311

    def url(self, url: str) -> str:
        return url if "://" in url else self.base + url

    def _headers(self, request: Request) -> Mapping[str, str]:
        """With the key, unless the request is to another server than the key's."""
        ours = _origin(self.url(request.url)) == _origin(self.base)
        return {**(self.headers if ours else {}), **request.headers}


def create(url: str, idempotency_key: str | None, parts: Sequence[Part] = (), json: object = None) -> Request:
    """A request that creates once, however often it is sent."""
    headers = {"Idempotency-Key": idempotency_key or str(uuid4())}
    return Request("POST", url, headers=headers, parts=tuple(parts), json=json)


def path(*segments: str) -> str:
    """A path under /v1. Raises ValueError for an id that would lead to another place."""
    if any(segment in ("", ".", "..") for segment in segments):
        raise ValueError(f"There is no id {segments[-1]!r}")
    return "/".join(["/v1", *(quote(segment, safe="") for segment in segments)])


def _passes(failure: MorganaError) -> bool:
    """Whether another attempt may succeed."""
    if isinstance(failure, APIError):
        passing = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
        broken = failure.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        lasting = failure.status == HTTPStatus.NOT_IMPLEMENTED
        return failure.status in passing or (broken and not lasting) or failure.code == _IN_FLIGHT
    return isinstance(failure, ConnectionError | Timeout)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
