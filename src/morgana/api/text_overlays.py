"""`/v1/meta/text_overlays`: have texts written over copies of a video, one each."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from morgana import store
from morgana.api import forms, items, videos
from morgana.api.auth import Authenticated
from morgana.api.errors import ApiError, documented
from morgana.api.idempotency import Attempt, IdempotencyKey, attempt
from morgana.api.jobs import Jobs, JobsRoom
from morgana.api.limits import Overlaying, Polling
from morgana.api.links import Links
from morgana.api.overlaying import Overlayer, OverlayingRoom
from morgana.api.pagination import AskedPage, fetch, plausible
from morgana.api.parts import Form
from morgana.api.schemas import MetaTextOverlay, MetaTextOverlayList
from morgana.api.submission import gathering, json_answer, replayed, submit, tell
from morgana.api.uploads import receive_form
from morgana.store.records import Blobs

router = APIRouter(prefix="/v1/meta/text_overlays", tags=["Meta Text Overlays"])

TextOverlayId = Annotated[str, Path(description="The `id` of a text overlay")]


@router.post(
    "",
    summary="Create Meta Text Overlay",
    operation_id="createMetaTextOverlay",
    response_model=MetaTextOverlay,
    response_description="The text overlay, which is QUEUED",
    responses=documented(401, 404, 409, 413),
    openapi_extra=items.request_body(),
)
async def create_text_overlay(
    request: Request,
    owner: Overlaying,
    jobs: JobsRoom,
    overlayer: OverlayingRoom,
    key: IdempotencyKey = None,
) -> Response:
    """Have 1 to 4 texts written over a video, each over a copy of its own. Poll it until it is neither QUEUED
    nor PROCESSING."""
    async with (
        attempt(owner, key) as attempted,
        receive_form(request, items.file_fields(), items.LISTS) as form,
    ):
        return await run_in_threadpool(_create, request, owner, form, attempted, jobs, overlayer)


@router.get(
    "", summary="List Meta Text Overlays", operation_id="listMetaTextOverlays", responses=documented(401)
)
def list_text_overlays(request: Request, owner: Polling, page: AskedPage) -> MetaTextOverlayList:
    """Beyond the contract: the text overlays of this API key's user and organisation, by creation time."""
    found = fetch(page, page.limit + 1, "text overlay", partial(store.text_overlays.page, owner))
    data = [_shown(request, made) for made in found[: page.limit]]
    return MetaTextOverlayList(data=data, has_more=len(found) > page.limit)


@router.get(
    "/{text_overlay_id}",
    summary="Retrieve Meta Text Overlay",
    operation_id="getMetaTextOverlay",
    responses=documented(401, 404),
)
def get_text_overlay(request: Request, owner: Polling, text_overlay_id: TextOverlayId) -> MetaTextOverlay:
    """The status of a text overlay, and what became of each text."""
    return _shown(request, find(owner, text_overlay_id))


@router.delete(
    "/{text_overlay_id}",
    summary="Cancel or Delete Meta Text Overlay",
    operation_id="deleteMetaTextOverlay",
    response_model=MetaTextOverlay,
    response_description="It was QUEUED or PROCESSING and is now CANCELLED",
    responses=documented(401, 404) | {204: {"description": "It was finished and is now deleted"}},
)
def delete_text_overlay(
    request: Request, owner: Authenticated, text_overlay_id: TextOverlayId, jobs: JobsRoom
) -> Response:
    """Beyond the contract: cancel one that is QUEUED or PROCESSING; delete a finished one and its files."""
    find(owner, text_overlay_id)
    if store.text_overlays.cancel(owner, text_overlay_id):
        tell(jobs.cancel, text_overlay_id)
        return json_answer(_shown(request, find(owner, text_overlay_id)).model_dump_json())
    removed = store.text_overlays.remove(owner, text_overlay_id)
    if removed is None:
        raise _not_found()
    store.blobs.delete(*removed.blobs())
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(
    request: Request, owner: store.Owner, form: Form, attempted: Attempt, jobs: Jobs, overlayer: Overlayer
) -> Response:
    fields = items.checked(form)
    asked = forms.fingerprint("POST /v1/meta/text_overlays", fields, form)
    if (earlier := attempted.replay(asked)) is not None:
        return replayed(earlier)
    wanted = fields.asked()
    items.check_items(wanted, fields, overlayer)
    text_overlay_id = store.text_overlays.new_id()
    source = None if fields.video_id is None else videos.find(owner, fields.video_id)
    draft = store.TextOverlayDraft(text_overlay_id, tuple(wanted), _inputs(text_overlay_id, form, source))
    return submit(
        text_overlay_id,
        draft.inputs,
        lambda: _shown(request, store.text_overlays.create(owner, draft)),
        attempted,
        asked,
        jobs,
    )


def _inputs(text_overlay_id: str, form: Form, source: store.Video | None) -> Blobs:
    """Store the upload, or a copy of the source, which may be deleted at any time afterwards."""
    with gathering(f"text_overlays/{text_overlay_id}") as inputs:
        inputs.upload(form.files)
        if source is not None:
            try:
                inputs.copy("video", videos.output(source))
            except FileNotFoundError:
                raise videos.not_found() from None
        return inputs.keys


def _shown(request: Request, made: store.TextOverlay) -> MetaTextOverlay:
    return MetaTextOverlay.of(made, Links.of(request))


def find(owner: store.Owner, text_overlay_id: str) -> store.TextOverlay:
    """The owner's text overlay. Raises ApiError (404), for another owner's just as for none."""
    made = store.text_overlays.get(owner, text_overlay_id) if plausible(text_overlay_id) else None
    if made is None:
        raise _not_found()
    return made


def _not_found() -> ApiError:
    message = (
        "There is no such text overlay. GET /v1/meta/text_overlays lists those that this API key may see."
    )
    return ApiError(HTTPStatus.NOT_FOUND, "text_overlay_not_found", message)
