"""`/v1/actors`: faces that are analysed once and used for many videos."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from morgana import store
from morgana.api import forms
from morgana.api.auth import Authenticated
from morgana.api.errors import ApiError, documented
from morgana.api.formats import JPEG, PNG
from morgana.api.idempotency import Attempt, IdempotencyKey, attempt
from morgana.api.jobs import Jobs, JobsRoom
from morgana.api.limits import Generating, Polling
from morgana.api.links import Links
from morgana.api.pagination import AskedPage, fetch, plausible
from morgana.api.parts import FileField, Form
from morgana.api.schemas import Actor, ActorList, Expression, Intensity
from morgana.api.speaking import Speaker, SpeakingRoom, refusal
from morgana.api.submission import Inputs, gathering, replayed, submit, tell
from morgana.api.uploads import receive_form
from morgana.errors import InputError
from morgana.settings import settings

log = structlog.get_logger()
router = APIRouter(prefix="/v1/actors", tags=["Actors"])

ActorId = Annotated[str, Path(description="The `id` of an actor")]
_PLAIN = r"^[^\x00-\x1f\x7f]*$"  # without control characters
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_PLAIN)]


def _file_fields() -> dict[str, FileField]:
    return {"portrait": FileField(settings().max_image_bytes, (JPEG, PNG), "a JPEG or PNG image")}


class CreateActorFields(BaseModel):
    """The fields that are texts."""

    model_config = ConfigDict(extra="forbid")

    name: _Name = Field(description="What to call the actor")
    voice_id: str | None = Field(default=None, description="The voice of scripts that name none")
    expression: Expression | None = Field(default=None, description="The expression of videos that name none")
    expression_intensity: Intensity | None = Field(
        default=None, description="How strong the expression is in videos that do not say so"
    )


def castable(owner: store.Owner, actor_id: str) -> store.Actor:
    """An actor that a video can be made with. Raises ApiError (404, 409)."""
    actor = _find(owner, actor_id)
    if actor.status is store.Status.FAILED:
        raise ApiError(
            HTTPStatus.CONFLICT, "actor_failed", f"This actor cannot be used: {actor.error_message}"
        )
    return actor


def lend(actor: store.Actor, inputs: Inputs) -> None:
    """Copy what a video needs of the actor, so that it may be deleted at any time afterwards.

    The picture is enough for an actor that is still PROCESSING. Raises ApiError (404) if it was just deleted.
    """
    try:
        for role, key in (actor.inputs | actor.outputs).items():
            inputs.copy(role, key)
    except FileNotFoundError:
        raise _not_found() from None


def call_up(actor: store.Actor, jobs: Jobs) -> None:
    """Have a built-in actor that is used for the first time analysed, for the videos that follow."""
    if not actor.built_in or actor.status is not store.Status.COMPLETE or actor.outputs:
        return
    try:
        called = store.actors.call_up(actor.id)
    except Exception:  # the video that was asked for is recorded, and can do without
        log.exception("actor_not_called_up", job_id=actor.id)
        return
    if called:
        tell(jobs.enqueue, actor.id)


@router.post(
    "",
    summary="Create Actor",
    operation_id="createActor",
    response_model=Actor,
    response_description="The actor, which is PROCESSING from now on and can be used at once",
    responses=documented(401, 404, 409, 413),
    openapi_extra=forms.multipart_body(
        "CreateActorRequest",
        "A face, and what its videos take by default",
        CreateActorFields,
        _file_fields(),
        required=["name", "portrait"],
    ),
)
async def create_actor(
    request: Request,
    owner: Generating,
    jobs: JobsRoom,
    speaker: SpeakingRoom,
    key: IdempotencyKey = None,
) -> Response:
    """Beyond the contract: have a portrait analysed once, for any number of videos."""
    async with attempt(owner, key) as attempted, receive_form(request, _file_fields()) as form:
        return await run_in_threadpool(_create, request, owner, form, attempted, jobs, speaker)


@router.get("", summary="List Actors", operation_id="listActors", responses=documented(401))
def list_actors(request: Request, owner: Polling, page: AskedPage) -> ActorList:
    """Beyond the contract: the actors of this API key's user and organisation and the built-in ones, by
    creation time."""
    found = fetch(page, page.limit + 1, "actor", partial(store.actors.page, owner))
    data = [_shown(request, actor) for actor in found[: page.limit]]
    return ActorList(data=data, has_more=len(found) > page.limit)


@router.get("/{actor_id}", summary="Retrieve Actor", operation_id="getActor", responses=documented(401, 404))
def get_actor(request: Request, owner: Polling, actor_id: ActorId) -> Actor:
    """Beyond the contract: an actor."""
    return _shown(request, _find(owner, actor_id))


@router.delete(
    "/{actor_id}",
    summary="Delete Actor",
    operation_id="deleteActor",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 404),
)
def delete_actor(owner: Authenticated, actor_id: ActorId, jobs: JobsRoom) -> Response:
    """Beyond the contract: delete an actor, also while it is PROCESSING. Its videos stay as they are."""
    if _find(owner, actor_id).built_in:
        message = "This actor is built in and belongs to everybody; it cannot be deleted."
        raise ApiError(HTTPStatus.FORBIDDEN, "actor_built_in", message)
    removed = store.actors.remove(owner, actor_id)
    if removed is None:
        raise _not_found()
    tell(jobs.cancel, actor_id)
    store.blobs.delete(*removed.blobs())
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(
    request: Request, owner: store.Owner, form: Form, attempted: Attempt, jobs: Jobs, speaker: Speaker
) -> Response:
    for name in ("name", "portrait"):
        if name not in form.sent:
            form.miss(name)
    fields = forms.checked(form, CreateActorFields)
    asked = forms.fingerprint("POST /v1/actors", fields, form)
    if (earlier := attempted.replay(asked)) is not None:
        return replayed(_with_new_link(request, owner, earlier))
    _check_voice(speaker, fields.voice_id)
    actor_id = store.actors.new_id()
    with gathering(f"actors/{actor_id}") as inputs:
        inputs.upload({"image": form.files["portrait"]})
    draft = store.ActorDraft(
        actor_id,
        fields.name,
        inputs.keys,
        fields.voice_id,
        fields.expression,
        fields.expression_intensity,
    )
    return submit(
        actor_id,
        draft.inputs,
        lambda: _shown(request, store.actors.create(owner, draft)),
        attempted,
        asked,
        jobs,
    )


def _check_voice(speaker: Speaker, voice_id: str | None) -> None:
    if voice_id is None:
        return
    try:
        speaker.voice(voice_id)
    except InputError as error:
        raise refusal(error) from None


def _with_new_link(request: Request, owner: store.Owner, earlier: str) -> str:
    """An earlier answer whose link, which may have expired, is a new one if the actor is still there."""
    answer = Actor.model_validate_json(earlier)
    actor = store.actors.get(owner, answer.id)
    if actor is None:
        return earlier
    url = _shown(request, actor).portrait_url
    return answer.model_copy(update={"portrait_url": url}).model_dump_json()


def _shown(request: Request, actor: store.Actor) -> Actor:
    return Actor.of(actor, Links.of(request).file(actor.inputs["image"]))


def _find(owner: store.Owner, actor_id: str) -> store.Actor:
    actor = store.actors.get(owner, actor_id) if plausible(actor_id) else None
    if actor is None:
        raise _not_found()
    return actor


def _not_found() -> ApiError:
    message = "There is no such actor. GET /v1/actors lists those that this API key may use."
    return ApiError(HTTPStatus.NOT_FOUND, "actor_not_found", message)
