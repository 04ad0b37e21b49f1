"""`/v1/videos`: create, list, look at, cancel and delete videos."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from morgana import store
from morgana.api import actors, forms
from morgana.api.auth import Authenticated
from morgana.api.creation import CreateVideoFields, checked, file_fields, request_body
from morgana.api.errors import ApiError, documented
from morgana.api.idempotency import Attempt, IdempotencyKey, attempt
from morgana.api.jobs import Jobs, JobsRoom
from morgana.api.limits import Generating, Polling
from morgana.api.links import AskedLinks, Links
from morgana.api.pagination import AskedPage, fetch, plausible
from morgana.api.parts import Form
from morgana.api.schemas import MAVideo
from morgana.api.speaking import Speaker, SpeakingRoom, refusal
from morgana.api.submission import gathering, json_answer, replayed, submit, tell
from morgana.api.uploads import receive_form
from morgana.errors import InputError
from morgana.store.records import Blobs

router = APIRouter(prefix="/v1/videos", tags=["Videos"])

VideoId = Annotated[str, Path(description="The `id` of a video")]


def find(owner: store.Owner, video_id: str) -> store.Video:
    """The owner's video. Raises ApiError (404), for another owner's just as for none."""
    video = store.videos.get(owner, video_id) if plausible(video_id) else None
    if video is None:
        raise not_found()
    return video


def not_found() -> ApiError:
    message = "There is no such video. GET /v1/videos lists those that this API key may see."
    return ApiError(HTTPStatus.NOT_FOUND, "video_not_found", message)


def output(video: store.Video) -> str:
    """The blob key of a finished video. Raises ApiError (409) for any other."""
    if "video" in video.outputs:
        return video.outputs["video"]
    code, message = {
        store.Status.FAILED: ("video_failed", "This video failed; its `error` says why."),
        store.Status.CANCELLED: ("video_cancelled", "This video was cancelled. Create a new one."),
    }.get(video.status, ("video_not_ready", "This video is not finished. Poll it until it is COMPLETE."))
    raise ApiError(HTTPStatus.CONFLICT, code, message)


@router.post(
    "",
    summary="Create Video",
    operation_id="createVideo",
    response_model=MAVideo,
    response_description="The video, which is PROCESSING from now on",
    responses=documented(401, 404, 409, 413),
    openapi_extra=request_body(),
)
async def create_video(
    request: Request,
    owner: Generating,
    jobs: JobsRoom,
    speaker: SpeakingRoom,
    links: AskedLinks,
    key: IdempotencyKey = None,
) -> Response:
    """Have a video made of a face and speech. Poll it until it is no longer PROCESSING."""
    async with attempt(owner, key) as attempted, receive_form(request, file_fields()) as form:
        return await run_in_threadpool(_create, owner, form, attempted, jobs, speaker, links)


@router.get("", summary="List Videos", operation_id="listVideos", responses=documented(401))
def list_videos(owner: Polling, page: AskedPage, links: AskedLinks) -> list[MAVideo]:
    """The videos of this API key's user and organisation, by creation time."""
    videos = fetch(page, page.limit, "video", partial(store.videos.page, owner))
    return [MAVideo.of(video, links) for video in videos]


@router.get("/{video_id}", summary="Retrieve Video", operation_id="getVideo", responses=documented(401, 404))
def get_video(owner: Polling, video_id: VideoId, links: AskedLinks) -> MAVideo:
    """The status of a video."""
    return MAVideo.of(find(owner, video_id), links)


@router.delete(
    "/{video_id}",
    summary="Cancel or Delete Video",
    operation_id="deleteVideo",
    response_model=MAVideo,
    response_description="It was PROCESSING and is now CANCELLED",
    responses=documented(401, 404) | {204: {"description": "It was finished and is now deleted"}},
)
def delete_video(owner: Authenticated, video_id: VideoId, jobs: JobsRoom, links: AskedLinks) -> Response:
    """Beyond the contract: cancel a video that is PROCESSING; delete a finished one and its files."""
    find(owner, video_id)
    if store.videos.cancel(owner, video_id):
        tell(jobs.cancel, video_id)
        return json_answer(MAVideo.of(find(owner, video_id), links).model_dump_json())
    removed = store.videos.remove(owner, video_id)
    if removed is None:
        raise not_found()
    store.blobs.delete(*removed.blobs())
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(
    owner: store.Owner, form: Form, attempted: Attempt, jobs: Jobs, speaker: Speaker, links: Links
) -> Response:
    fields = checked(form)
    asked = forms.fingerprint("POST /v1/videos", fields, form)
    if (earlier := attempted.replay(asked)) is not None:
        return replayed(earlier)
    actor = None if fields.actor_id is None else actors.castable(owner, fields.actor_id)
    voice_id = fields.voice(actor, speaker)
    _check_script(speaker, fields, voice_id)
    video_id = store.videos.new_id()
    draft = store.VideoDraft(
        video_id,
        store.Kind.GENERATION,
        fields.options(actor, voice_id),
        _store_inputs(video_id, form, actor),
        fields.model,
        fields.actor_id,
        voice_id,
        share=fields.share,
    )
    answer = submit(
        video_id,
        draft.inputs,
        lambda: MAVideo.of(store.videos.create(owner, draft), links),
        attempted,
        asked,
        jobs,
    )
    if actor is not None:
        actors.call_up(actor, jobs)
    return answer


def _check_script(speaker: Speaker, fields: CreateVideoFields, voice_id: str | None) -> None:
    if fields.script is None or voice_id is None:
        return
    try:
        speaker.check(fields.script, voice_id)
    except InputError as error:
        raise refusal(error, "script") from None


def _store_inputs(video_id: str, form: Form, actor: store.Actor | None) -> Blobs:
    """Store the uploads and what is taken of the actor; the blob key of each."""
    with gathering(f"videos/{video_id}") as inputs:
        inputs.upload({field.removesuffix("_reference"): upload for field, upload in form.files.items()})
        if actor is not None:
            actors.lend(actor, inputs)
        return inputs.keys
