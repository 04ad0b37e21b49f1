"""A file as an answer: whole, a part of it, or word that the client has it already."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from morgana.api import ranges
from morgana.api.errors import answer
from morgana.store.blobs import BlobInfo


def file_answer(
    request: Request,
    blob: BlobInfo,
    content_type: str,
    headers: dict[str, str],
    read: Callable[[int, int], AsyncIterable[bytes]],
) -> Response:
    """200, 206, 304 or 416. read: gives the bytes from the first up to, not including, the second."""
    headers = headers | {
        "Accept-Ranges": "bytes",
        "ETag": blob.etag,
        "Last-Modified": ranges.last_modified(blob),
    }
    if ranges.unchanged(request.headers, blob):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    try:
        part = ranges.asked_range(request.headers, blob)
    except ranges.NotSatisfiableError:
        message = f"The file has {blob.size} bytes. Ask for a range that begins within them."
        outside = {"Content-Range": f"bytes */{blob.size}"}
        return answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "range_not_satisfiable", message, outside)
    start, end = part or (0, blob.size)
    headers["Content-Length"] = str(end - start)
    status = HTTPStatus.OK
    if part is not None:
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{blob.size}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=content_type)
    return StreamingResponse(read(start, end), status, headers, content_type)


async def kept_file(request: Request, path: Path, content_type: str) -> Response:
    """A small file that anybody may keep for a day. Its name tells which version it is."""
    data = await run_in_threadpool(path.read_bytes)
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    blob = BlobInfo(path.name, len(data), f'"{path.stem}"', modified)

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        yield data[start:end]

    return file_answer(request, blob, content_type, {"Cache-Control": "public, max-age=86400"}, read)
