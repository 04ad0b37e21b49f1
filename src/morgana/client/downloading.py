"""Files, whole or not at all: what a broken connection leaves is gone on with, also by the next call."""

import fcntl
import hashlib
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

from morgana.client.connection import Connection
from morgana.client.errors import APIError, ConnectionError, MorganaError, Timeout  # noqa: A004
from morgana.client.transport import Answer, Request

Share = Callable[[float], object]  # called with the share of the file that is there, 0 to 1
Locate = Callable[[], Awaitable[str]]

_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class _Part:
    """What there is of a file, in a hidden file beside it. tag: the server's name for its content."""

    path: Path
    tag: str | None
    file: BinaryIO

    @property
    def size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def clear(self) -> None:
        self.file.truncate(0)


@dataclass
class _Download:
    """A file on its way to `path`."""

    connection: Connection
    locate: Locate
    path: Path
    on_progress: Share | None
    opened: ExitStack
    parts: list[_Part] = field(default_factory=list)  # the last one is of what the server has now

    @property
    def part(self) -> _Part | None:
        return self.parts[-1] if self.parts else None

    @property
    def have(self) -> int:
        return self.part.size if self.part else 0

    def begin(self, tag: str | None) -> _Part:
        """The part for what the server calls `tag`, with what an earlier download has left of it."""
        if self.part is None or self.part.tag != tag:
            self.parts.append(_taken(self.opened, self.path, tag))
        assert self.part is not None  # noqa: S101
        return self.part


async def download(
    connection: Connection, locate: Locate, path: Path, on_progress: Share | None = None
) -> Path:
    """What is at the URL that `locate` tells, in the file `path`, which appears when it is whole.

    Goes on where a connection broke. What is there when all attempts are used up stays in a hidden file
    beside it, and the next call goes on from there; after anything else, nothing is left.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent}")
    with ExitStack() as opened:
        wanted = _Download(connection, locate, path, on_progress, opened)
        try:
            return await _persistently(wanted)
        except (ConnectionError, Timeout):
            raise
        except BaseException:
            for part in wanted.parts:
                part.path.unlink(missing_ok=True)
            raise


async def _persistently(wanted: _Download) -> Path:
    """As long as attempts bring something, and for some that do not."""
    failures = 0
    while True:
        before = wanted.have
        try:
            return await _attempt(wanted)
        except MorganaError as failure:
            failures = 1 if wanted.have > before else failures + 1
            wait = _wait(wanted, failure, failures)
            if wait is None:
                raise
        await wanted.connection.transport.sleep(wait)


def _wait(wanted: _Download, failure: MorganaError, failures: int) -> float | None:
    """Seconds until the next attempt; None for none."""
    status = failure.status if isinstance(failure, APIError) else None
    part = wanted.part
    if part is not None and part.size and failures <= wanted.connection.retries:
        if status == HTTPStatus.FORBIDDEN:  # the link has expired on the way
            return 0.0
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.clear()
            return 0.0
    return wanted.connection.wait_after(failure, failures)


async def _attempt(wanted: _Download) -> Path:
    url = await wanted.locate()
    for _ in range(_MOST_REDIRECTS + 1):
        start = wanted.have
        request = Request("GET", url, headers=_headers(wanted.part))
        async with wanted.connection.opened(request) as answer:
            location = answer.headers.get("location")
            if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST and location:
                url = urljoin(wanted.connection.url(url), location)
                continue
            if start and answer.status == HTTPStatus.PARTIAL_CONTENT:
                return await _receive(wanted, answer, start)
            part = wanted.begin(_tag(answer.headers))
            if not start and part.size:
                continue  # an earlier download has left something: ask for the rest
            part.clear()
            return await _receive(wanted, answer, 0)
    raise ConnectionError(f"{url} leads from one place to another without an end.")


async def _receive(wanted: _Download, answer: Answer, start: int) -> Path:
    """Append the answer to what is there; the file is whole then, or ConnectionError is raised."""
    part = wanted.part
    assert part is not None  # noqa: S101
    first, whole = _extent(answer)
    if first != start:
        part.clear()
        raise ConnectionError(f"The server sent byte {first} on when it was asked for byte {start}.")
    async for chunk in answer.chunks:
        part.file.write(chunk)
        if wanted.on_progress is not None and whole:
            wanted.on_progress(min(1.0, part.size / whole))
    if whole is not None and part.size != whole:
        raise ConnectionError(f"The connection ended after {part.size} of {whole} bytes.")
    os.fsync(part.file.fileno())
    part.path.replace(wanted.path)
    for other in wanted.parts[:-1]:
        other.path.unlink(missing_ok=True)
    return wanted.path


def _taken(opened: ExitStack, path: Path, tag: str | None) -> _Part:
    """The hidden file, which nobody else writes at the same time. Raises BlockingIOError."""
    name = hashlib.sha256(f"{path.name}\n{tag}".encode()).hexdigest()[:24]
    hidden = path.with_name(f".{name}.part")
    while True:
        file = opened.enter_context(hidden.open("ab", buffering=0))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BlockingIOError(f"{path} is being downloaded already") from None
        # Another download may have made it whole, and given it its name, just before the lock.
        if hidden.exists() and os.path.samestat(hidden.stat(), os.fstat(file.fileno())):
            if tag is None:  # nothing says what the rest would be of
                file.truncate(0)
            return _Part(hidden, tag, file)


def _headers(part: _Part | None) -> dict[str, str]:
    # Compressed on the way, the bytes could not be counted.
    headers = {"Accept-Encoding": "identity"}
    if part is not None and part.size and part.tag is not None:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": part.tag}
    return headers


def _tag(headers: Mapping[str, str]) -> str | None:
    """The ETag, unless it is weak: RFC 9110, section 13.1.5, allows no ranges of those."""
    tag = headers.get("etag")
    return None if tag is None or tag.startswith("W/") else tag


def _extent(answer: Answer) -> tuple[int, int | None]:
    """The first byte of the answer and the length of the whole, where it is told."""
    extent = answer.headers.get("content-range", "").removeprefix("bytes ")
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        first, _, rest = extent.partition("-")
        whole = rest.rpartition("/")[2]
        return int(first) if first.isdecimal() else -1, int(whole) if whole.isdecimal() else None
    length = answer.headers.get("content-length", "")
    return 0, int(length) if length.isdecimal() else None
