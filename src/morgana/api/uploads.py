"""Multipart bodies, read as a stream: files go to disk as they arrive, and reading stops at their limit."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from morgana.api.errors import problem
from morgana.api.parts import (
    FileField,
    FilePart,
    Form,
    IgnoredPart,
    ListPart,
    Part,
    RefusedPart,
    TextPart,
    too_large,
)
from morgana.settings import data_folder

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# It warns of every malformed body; the client is told, and the log need not repeat what it sent.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_MAX_PARTS = 64
_OVERHEAD_BYTES = 1024 * 1024  # boundaries, part headers and text fields, all together


@asynccontextmanager
async def receive_form(
    request: Request, files: Mapping[str, FileField], lists: Collection[str] = ()
) -> AsyncIterator[Form]:
    """The form in the body of `request`, whose file fields are `files`; those in `lists` may be repeated.

    The files can be read for as long as the context lasts. Raises ApiError (413) as soon as a file, or the
    whole body, is larger than it may be.
    """
    reader = _Reader(files, lists)
    try:
        await _read(request, reader)
        yield reader.form
    finally:
        reader.close()


async def _read(request: Request, reader: "_Reader") -> None:
    content_type, parameters = parse_options_header(request.headers.get("content-type"))
    if content_type != b"multipart/form-data" or b"boundary" not in parameters:
        reader.form.complete = True
        reader.form.hint = "; the body must be multipart/form-data with a boundary"
        return
    reader.expect(int(request.headers.get("content-length", 0)))
    try:
        parser = MultipartParser(parameters[b"boundary"], reader.callbacks())
        async for chunk in request.stream():
            await run_in_threadpool(reader.feed, parser, chunk)
    except FormParserError:
        reader.form.complete = False
    if not reader.form.complete:
        reader.report_malformed()


class _Reader:
    """Takes the parser's events and turns each part into a field, a file or a problem of the form."""

    def __init__(self, files: Mapping[str, FileField], lists: Collection[str]) -> None:
        self.form = Form()
        self._max_bytes = _most_bytes(files)
        self._files = files
        self._lists = lists
        self._names: set[str] = set()
        self._parts: list[Part] = []
        self._received = 0
        self._header_name = self._header_value = self._disposition = b""
        self._part: Part = IgnoredPart()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": lambda data, start, end: self._part.write(data[start:end]),
            "on_part_end": lambda: self._part.finish(self.form),
            "on_end": self._on_end,
        }

    def feed(self, parser: MultipartParser, chunk: bytes) -> None:
        self._received += len(chunk)
        self.expect(self._received)
        parser.write(chunk)

    def expect(self, size: int) -> None:
        """Raise ApiError (413) if a body of `size` bytes is larger than it may be."""
        if self._max_bytes is not None and size > self._max_bytes:
            raise too_large("The upload", self._max_bytes)

    def report_malformed(self) -> None:
        message = "The body is not a whole multipart/form-data body"
        self.form.problems.append(problem(("body",), "multipart_invalid", message))

    def close(self) -> None:
        for part in self._parts:
            part.close()

    def _on_part_begin(self) -> None:
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode(errors="replace")
        file_name = options.get(b"filename")
        if len(self._parts) == _MAX_PARTS:
            raise FormParserError("too many parts")
        self._part = self._begin(name, file_name)

    def _on_end(self) -> None:
        self.form.complete = True

    def _begin(self, name: str, file_name: bytes | None) -> Part:
        if name in self._names and name not in self._lists:
            self.form.reject(name, "repeated", "Send this field once")
            return IgnoredPart()
        self._names.add(name)
        self._parts.append(self._open(name, file_name))
        return self._parts[-1]

    def _open(self, name: str, file_name: bytes | None) -> Part:
        file = self._files.get(name)
        if file is not None and (file_name is not None or file.or_text):
            return FilePart(name, file, data_folder("uploads"), chosen=bool(file_name))
        if file is not None:
            return RefusedPart(name, "file_expected", f"Send a file with a file name: {file.expected}")
        if file_name is not None:
            return RefusedPart(name, "extra_forbidden", "A file is not permitted here")
        return ListPart(name) if name in self._lists else TextPart(name)


def _most_bytes(files: Mapping[str, FileField]) -> int | None:
    """Of a whole body; None where there is no limit."""
    limits = [file.max_bytes for file in files.values()]
    known = [limit for limit in limits if limit is not None]
    return _OVERHEAD_BYTES + sum(known) if len(known) == len(limits) else None
