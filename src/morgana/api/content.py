"""The finished video: a redirect to a signed link, and what such a link serves, of a video or an actor."""

from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from morgana import store
from morgana.api.errors import ApiError, documented
from morgana.api.files import file_answer
from morgana.api.formats import JPEG, PNG
from morgana.api.limits import Polling
from morgana.api.links import AskedLinks, signed_key
from morgana.api.videos import VideoId, find, output

router = APIRouter()

_CONTENT_TYPES = {".mp4": "video/mp4", JPEG.suffix: JPEG.content_type, PNG.suffix: PNG.content_type}
_CONTENT: dict[str, Any] = {content_type: {} for content_type in _CONTENT_TYPES.values()}

_REDIRECT: dict[int | str, dict[str, Any]] = {
    302: {"description": "Redirects to the MP4, at a link that needs no API key and expires"}
}


@router.head("/v1/videos/{video_id}/content", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/content",
    tags=["Videos"],
    summary="Retrieve Video Content",
    operation_id="getVideoContent",
    status_code=HTTPStatus.FOUND,
    response_class=RedirectResponse,
    responses=documented(401, 404, 409) | _REDIRECT,
)
def get_video_content(links: AskedLinks, owner: Polling, video_id: VideoId) -> Response:
    """Download the video file (redirects to the video's URL)."""
    key = output(find(owner, video_id))
    return RedirectResponse(links.file(key), HTTPStatus.FOUND, {"Cache-Control": "no-store"})


@router.head("/files/{key:path}", include_in_schema=False)
@router.get(
    "/files/{key:path}",
    tags=["Videos"],
    summary="Download File",
    operation_id="getFile",
    response_class=StreamingResponse,
    responses=documented(403, 404, 416)
    | {
        200: {"description": "The file", "content": _CONTENT},
        206: {
            "description": "The bytes asked for in Range",
            "content": _CONTENT,
        },
        304: {"description": "The file is still the one named in If-None-Match"},
    },
)
def get_file(request: Request, key: Annotated[str, Depends(signed_key)]) -> Response:
    """A video or a portrait. The link is complete in itself and needs no API key."""
    blob = store.blobs.info(key)
    if blob is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "file_not_found", "This file was deleted.")
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f'attachment; filename="{store.blobs.shown_name(blob.key)}"',
        "X-Content-Type-Options": "nosniff",  # a picture of a stranger's is shown as a picture or not at all
    }
    return file_answer(
        request,
        blob,
        _CONTENT_TYPES[PurePosixPath(blob.key).suffix],
        headers,
        lambda start, end: store.blobs.stream(blob.key, start, end),
    )
