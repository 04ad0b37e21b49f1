"""Stopping work on a job, and nothing else: unlike DELETE, a cancel that comes too late deletes nothing."""

from fastapi import APIRouter

from morgana import store
from morgana.api import text_overlays, videos
from morgana.api.auth import Authenticated
from morgana.api.errors import documented
from morgana.api.jobs import JobsRoom
from morgana.api.links import AskedLinks
from morgana.api.schemas import MAVideo, MetaTextOverlay
from morgana.api.submission import tell
from morgana.api.text_overlays import TextOverlayId
from morgana.api.videos import VideoId

router = APIRouter(prefix="/v1")


@router.post(
    "/videos/{video_id}/cancel",
    tags=["Videos"],
    summary="Cancel Video",
    operation_id="cancelVideo",
    response_description="The video, CANCELLED unless it had ended before",
    responses=documented(401, 404),
)
def cancel_video(owner: Authenticated, video_id: VideoId, jobs: JobsRoom, links: AskedLinks) -> MAVideo:
    """Beyond the contract: stop work on a video. One that has ended stays as it is. May be repeated."""
    videos.find(owner, video_id)
    if store.videos.cancel(owner, video_id):
        tell(jobs.cancel, video_id)
    return MAVideo.of(videos.find(owner, video_id), links)


@router.post(
    "/meta/text_overlays/{text_overlay_id}/cancel",
    tags=["Meta Text Overlays"],
    summary="Cancel Meta Text Overlay",
    operation_id="cancelMetaTextOverlay",
    response_description="The text overlay, CANCELLED unless it had ended before",
    responses=documented(401, 404),
)
def cancel_text_overlay(
    owner: Authenticated, text_overlay_id: TextOverlayId, jobs: JobsRoom, links: AskedLinks
) -> MetaTextOverlay:
    """Beyond the contract: stop work on a text overlay. One that has ended stays as it is."""
    text_overlays.find(owner, text_overlay_id)
    if store.text_overlays.cancel(owner, text_overlay_id):
        tell(jobs.cancel, text_overlay_id)
    return MetaTextOverlay.of(text_overlays.find(owner, text_overlay_id), links)
