"""The picture that stands for a finished video: a redirect to a signed link, as for the video itself."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from morgana import store
from morgana.api.errors import ApiError, documented
from morgana.api.limits import Polling
from morgana.api.links import AskedLinks
from morgana.api.text_overlays import TextOverlayId
from morgana.api.text_overlays import find as find_text_overlay
from morgana.api.videos import VideoId, find, output
from morgana.store.records import Blobs

router = APIRouter()

_REDIRECT: dict[int | str, dict[str, Any]] = {
    302: {"description": "Redirects to the JPEG, at a link that needs no API key and expires"}
}
_DESCRIBED: dict[str, Any] = {
    "status_code": HTTPStatus.FOUND,
    "response_class": RedirectResponse,
    "responses": documented(401, 404, 409) | _REDIRECT,
}


@router.get(
    "/v1/videos/captions/{video_id}/thumbnail",
    tags=["Video Captions"],
    summary="Retrieve Captioned Video Thumbnail",
    operation_id="getCaptionsThumbnail",
    **_DESCRIBED,
)
@router.get(
    "/v1/videos/{video_id}/thumbnail",
    tags=["Videos"],
    summary="Retrieve Video Thumbnail",
    operation_id="getVideoThumbnail",
    **_DESCRIBED,
)
def get_video_thumbnail(links: AskedLinks, owner: Polling, video_id: VideoId) -> Response:
    """Beyond the contract: a picture of a finished video (redirects to the picture's URL)."""
    video = find(owner, video_id)
    output(video)
    return _redirect(links, video.outputs, "thumbnail")


@router.get(
    "/v1/meta/text_overlays/{text_overlay_id}/results/{index}/thumbnail",
    tags=["Meta Text Overlays"],
    summary="Retrieve Meta Text Overlay Thumbnail",
    operation_id="getMetaTextOverlayThumbnail",
    **_DESCRIBED,
)
def get_text_overlay_thumbnail(
    links: AskedLinks,
    owner: Polling,
    text_overlay_id: TextOverlayId,
    index: Annotated[int, Path(ge=0, description="The `index` of a result")],
) -> Response:
    """Beyond the contract: a picture of the video that one text was written over (redirects to its URL)."""
    made = find_text_overlay(owner, text_overlay_id)
    if made.status is not store.Status.COMPLETE:
        message = "This text overlay has no videos, or not yet. Look at its `status` and `error`."
        raise ApiError(HTTPStatus.CONFLICT, "text_overlay_not_ready", message)
    return _redirect(links, made.outputs, f"thumbnail{index}")


def _redirect(links: AskedLinks, outputs: Blobs, name: str) -> Response:
    if name not in outputs:
        message = (
            "There is no picture of this video: it was made by an older release, or could not be made. "
            "The video itself is there."
        )
        raise ApiError(HTTPStatus.NOT_FOUND, "thumbnail_not_found", message)
    return RedirectResponse(links.file(outputs[name]), HTTPStatus.FOUND, {"Cache-Control": "no-store"})
