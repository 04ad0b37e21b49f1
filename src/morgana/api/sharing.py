"""`/v1/videos/{id}/share` shows a video to whoever has the link, and `/s/{token}` is where it leads."""

import json
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response, StreamingResponse

from morgana import store
from morgana.api import share_page
from morgana.api.auth import Authenticated
from morgana.api.bodies import json_body, receive_json
from morgana.api.captioning import CaptioningRoom
from morgana.api.errors import ApiError, documented
from morgana.api.files import file_answer
from morgana.api.limits import Managing
from morgana.api.links import AskedLinks, Links
from morgana.api.schemas import MAVideo
from morgana.api.share_page import Shared
from morgana.api.videos import VideoId, find, not_found, output

router = APIRouter()

_MAX_BODY: Final = 4096  # bytes
_HIDDEN: Final = {
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",  # the address of the page is all it takes to see it
    "X-Content-Type-Options": "nosniff",
}
_PAGE: Final = _HIDDEN | {"Cache-Control": "no-store"}
_FILE: Final = _HIDDEN | {"Cache-Control": "private, no-cache"}  # asked again each time, in case it is closed
_FILES: Final = {"video.mp4": ("video", "video/mp4"), "poster.jpg": ("thumbnail", "image/jpeg")}


class ShareRequest(BaseModel):
    """How a video is shown on its page."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: str | None = Field(
        default=None,
        max_length=120,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="What it is called; by default as it was, or a name for any video of its kind",
    )


async def _received(request: Request) -> ShareRequest:
    return await receive_json(request, ShareRequest, _MAX_BODY, optional=True)


@router.post(
    "/v1/videos/{video_id}/share",
    tags=["Videos"],
    summary="Share Video",
    operation_id="shareVideo",
    responses=documented(401, 404, 409, 413),
    openapi_extra=json_body(ShareRequest, required=False),
)
async def share_video(
    owner: Managing,
    video_id: VideoId,
    links: AskedLinks,
    asked: Annotated[ShareRequest, Depends(_received)],
) -> MAVideo:
    """Beyond the contract: have a video shown to whoever has its `share_link_url`. One that is shared already
    keeps that; one that is PROCESSING has it once it is COMPLETE."""
    return await run_in_threadpool(_share, owner, video_id, links, asked.title)


@router.delete(
    "/v1/videos/{video_id}/share",
    tags=["Videos"],
    summary="Unshare Video",
    operation_id="unshareVideo",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 404) | {204: {"description": "Its page is closed, if there was one"}},
)
def unshare_video(owner: Authenticated, video_id: VideoId) -> Response:
    """Beyond the contract: close a video's page at once. Its link never works again."""
    find(owner, video_id)
    if not store.shares.close(owner, video_id):
        raise not_found()
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _share(owner: store.Owner, video_id: str, links: Links, title: str | None) -> MAVideo:
    video = find(owner, video_id)
    if video.status is not store.Status.PROCESSING:
        output(video)
    opened = store.shares.open_to_public(owner, video_id, title)
    if opened is None:
        raise not_found()
    return MAVideo.of(opened, links)


_Token = Annotated[str, Path(description="What a share link ends with")]


def _shared(token: _Token) -> store.Video | None:
    """The video that the token opens."""
    return store.shares.shared(token) if token.isascii() else None


_AskedVideo = Annotated[store.Video | None, Depends(_shared)]
_HTML: Final[dict[str, Any]] = {"content": {"text/html": {}}}


@router.head("/s/{token}", include_in_schema=False)
@router.get(
    "/s/{token}",
    tags=["Sharing"],
    summary="Shared Video Page",
    operation_id="getSharedPage",
    response_class=HTMLResponse,
    responses=documented()
    | {
        200: _HTML | {"description": "A page that shows the video"},
        404: _HTML | {"description": "A page that says that there is no such video"},
    },
)
def get_page(links: AskedLinks, token: _Token, video: _AskedVideo) -> Response:
    """Beyond the contract: a video's public page. The link is complete in itself and needs no API key."""
    headers = _PAGE | {"Content-Security-Policy": share_page.policy()}
    if video is None:
        return HTMLResponse(share_page.gone(), HTTPStatus.NOT_FOUND, headers)
    shared = Shared(video, links.page(token), _language(video))
    return HTMLResponse(share_page.shown(shared), headers=headers)


@router.get(
    "/s/{token}/captions.vtt",
    tags=["Sharing"],
    summary="Shared Video Captions",
    operation_id="getSharedCaptions",
    response_class=Response,
    responses=documented(404) | {200: {"description": "Subtitles", "content": {"text/vtt": {}}}},
)
def get_captions(captioner: CaptioningRoom, video: _AskedVideo) -> Response:
    """Beyond the contract: what is said in a shared video."""
    said = None if video is None else _transcript(video)
    if said is None:
        raise _no_file()
    return Response(captioner.subtitles(said, "vtt"), media_type="text/vtt", headers=_FILE)


@router.head("/s/{token}/{name}", include_in_schema=False)
@router.get(
    "/s/{token}/{name}",
    tags=["Sharing"],
    summary="Shared Video File",
    operation_id="getSharedFile",
    response_class=StreamingResponse,
    responses=documented(404, 416)
    | {
        status: {"description": said, "content": {kind: {} for _, kind in _FILES.values()}}
        for status, said in ((200, "The file"), (206, "The bytes asked for in Range"))
    }
    | {304: {"description": "The file is still the one named in If-None-Match"}},
)
def get_shared_file(
    request: Request,
    name: Annotated[str, Path(description="`video.mp4` or `poster.jpg`")],
    video: _AskedVideo,
) -> Response:
    """Beyond the contract: the film of a shared video, or its picture."""
    role, content_type = _FILES.get(name, ("", ""))
    key = None if video is None else video.outputs.get(role)
    blob = None if key is None else store.blobs.info(key)
    if blob is None:
        raise _no_file()
    headers = _FILE | {"Content-Disposition": f'inline; filename="{name}"'}
    return file_answer(
        request, blob, content_type, headers, lambda start, end: store.blobs.stream(blob.key, start, end)
    )


def _no_file() -> ApiError:
    message = "This link leads to no video, or not to this file of it. Ask whoever shared it for a new one."
    return ApiError(HTTPStatus.NOT_FOUND, "share_not_found", message)


def _language(video: store.Video) -> str | None:
    """Of what is said; None where that is not known."""
    said = _transcript(video)
    if said is None:
        return None
    found: str | None = json.loads(said)["language"]
    return found


def _transcript(video: store.Video) -> bytes | None:
    try:
        return store.blobs.read(video.outputs["transcript"])
    except (KeyError, FileNotFoundError):
        return None
