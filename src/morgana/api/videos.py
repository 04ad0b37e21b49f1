"""`/v1/videos`: create, list, look at, cancel and delete videos."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from morgana import store
from morgana.api.auth import Authenticated
from morgana.api.creation import checked, file_fields, fingerprint, request_body
from morgana.api.errors import ApiError, documented, problem
from morgana.api.idempotency import Attempt, IdempotencyKey, attempt
from morgana.api.jobs import Jobs, JobsRoom
from morgana.api.pagination import AskedPage
from morgana.api.parts import Form
from morgana.api.schemas import MAVideo
from morgana.api.uploads import receive_form
from morgana.store.idempotency import ClaimLostError
from morgana.store.videos import UnknownCursorError

router = APIRouter(prefix="/v1/videos", tags=["Videos"])
log = structlog.get_logger()

VideoId = Annotated[str, Path(description="The `id` of a video")]


def find(owner: store.Owner, video_id: str) -> store.Video:
    """The owner's video. Raises ApiError (404), for another owner's just as for none."""
    video = store.videos.get(owner, video_id) if _plausible(video_id) else None
    if video is None:
        raise not_found()
    return video


def not_found() -> ApiError:
    message = "There is no such video. GET /v1/videos lists those that this API key may see."
    return ApiError(HTTPStatus.NOT_FOUND, "video_not_found", message)


@router.post(
    "",
    summary="Create Video",
    operation_id="createVideo",
    response_model=MAVideo,
    response_description="The video, which is PROCESSING from now on",
    responses=documented(401, 409, 413),
    openapi_extra=request_body(),
)
async def create_video(
    request: Request, owner: Authenticated, jobs: JobsRoom, key: IdempotencyKey = None
) -> Response:
    """Have a video made of an image and speech. Poll it until it is no longer PROCESSING."""
    async with attempt(owner, key) as attempted, receive_form(request, file_fields()) as form:
        return await run_in_threadpool(_create, owner, form, attempted, jobs)


@router.get("", summary="List Videos", operation_id="listVideos", responses=documented(401))
def list_videos(owner: Authenticated, page: AskedPage) -> list[MAVideo]:
    """The videos of this API key's user and organisation, by creation time."""
    try:
        if page.after is not None and not _plausible(page.after):
            raise UnknownCursorError(page.after)
        videos = store.videos.page(owner, after=page.after, limit=page.limit, order=page.order)
    except UnknownCursorError:
        message = "There is no video with this ID to continue after"
        raise RequestValidationError([problem(("query", "after"), "unknown_id", message)]) from None
    return [MAVideo.of(video) for video in videos]


@router.get("/{video_id}", summary="Retrieve Video", operation_id="getVideo", responses=documented(401, 404))
def get_video(owner: Authenticated, video_id: VideoId) -> MAVideo:
    """The status of a video."""
    return MAVideo.of(find(owner, video_id))


@router.delete(
    "/{video_id}",
    summary="Cancel or Delete Video",
    operation_id="deleteVideo",
    response_model=MAVideo,
    response_description="It was PROCESSING and is now CANCELLED",
    responses=documented(401, 404) | {204: {"description": "It was finished and is now deleted"}},
)
def delete_video(owner: Authenticated, video_id: VideoId, jobs: JobsRoom) -> Response:
    """Beyond the contract: cancel a video that is PROCESSING; delete a finished one and its files."""
    find(owner, video_id)
    if store.videos.cancel(owner, video_id):
        _tell(jobs.cancel, video_id)
        return _json(MAVideo.of(find(owner, video_id)).model_dump_json())
    removed = store.videos.remove(owner, video_id)
    if removed is None:
        raise not_found()
    store.blobs.delete(*removed.inputs.values(), *([removed.output] if removed.output else []))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(owner: store.Owner, form: Form, attempted: Attempt, jobs: Jobs) -> Response:
    fields = checked(form)
    asked = fingerprint("POST /v1/videos", fields, form)
    if (earlier := attempted.replay(asked)) is not None:
        return _json(earlier, {"Idempotent-Replayed": "true"})
    video_id = store.videos.new_id()
    draft = store.Draft(
        video_id, store.Kind.GENERATION, fields.model, fields.options(), _store_files(video_id, form)
    )
    try:
        with store.transaction():
            answer = MAVideo.of(store.videos.create(owner, draft)).model_dump_json()
            attempted.finish(asked, answer)
    except ClaimLostError:
        store.blobs.delete(*draft.inputs.values())
        raise
    _tell(jobs.enqueue, video_id)
    return _json(answer)


def _store_files(video_id: str, form: Form) -> dict[str, str]:
    """Store the uploads; the blob key of each. Left without a record, `store.sweep` deletes them."""
    uploads = {field.removesuffix("_reference"): upload for field, upload in form.files.items()}
    keys = {role: f"videos/{video_id}/{role}{upload.format.suffix}" for role, upload in uploads.items()}
    try:
        for role, upload in uploads.items():
            store.blobs.put(keys[role], upload.file, content_type=upload.format.content_type)
    except Exception:
        store.blobs.delete(*keys.values())
        raise
    return keys


def _tell(action: Callable[[str], None], video_id: str) -> None:
    """Tell the jobs room. The record is the truth, so a worker that is not told finds out by itself."""
    try:
        action(video_id)
    except Exception:
        log.exception("jobs_not_told", video_id=video_id)


def _json(body: str, headers: dict[str, str] | None = None) -> Response:
    return Response(body, media_type="application/json", headers=headers)


def _plausible(video_id: str) -> bool:
    """Whether a database can be asked for this id at all; PostgreSQL refuses NUL, for one."""
    return video_id.isascii() and video_id.isprintable()
