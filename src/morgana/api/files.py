"""A file as an answer: whole, a part of it, or word that the client has it already."""

from collections.abc import AsyncIterable, Callable
from http import HTTPStatus

from fastapi import Request
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
