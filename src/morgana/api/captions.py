"""`/v1/videos/captions`: have words written over a video as they are said."""

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from morgana import store
from morgana.api import forms
from morgana.api.captioning import REFUSED_FIELDS, Captioner, CaptioningRoom
from morgana.api.errors import documented, problem
from morgana.api.idempotency import Attempt, IdempotencyKey, attempt
from morgana.api.jobs import Jobs, JobsRoom
from morgana.api.limits import Captioning
from morgana.api.links import AskedLinks, Links
from morgana.api.parts import Form
from morgana.api.schemas import MAVideo
from morgana.api.submission import gathering, replayed, submit
from morgana.api.uploads import receive_form
from morgana.api.videos import find, not_found, output
from morgana.api.wishes import LISTS, AddCaptionsFields, checked, file_fields, request_body
from morgana.errors import InputError
from morgana.store.records import Blobs

router = APIRouter(prefix="/v1/videos/captions", tags=["Video Captions"])


@router.post(
    "",
    summary="Add Captions to a Video",
    operation_id="addCaptions",
    response_model=MAVideo,
    response_description="The captioned video, which is PROCESSING from now on",
    responses=documented(401, 404, 409, 413),
    openapi_extra=request_body(),
)
async def add_captions(
    request: Request,
    owner: Captioning,
    jobs: JobsRoom,
    captioner: CaptioningRoom,
    links: AskedLinks,
    key: IdempotencyKey = None,
) -> Response:
    """Have a captioned copy made of a video. Poll it as any video until it is no longer PROCESSING."""
    async with attempt(owner, key) as attempted, receive_form(request, file_fields(), LISTS) as form:
        return await run_in_threadpool(_create, owner, form, attempted, jobs, captioner, links)


def _create(
    owner: store.Owner, form: Form, attempted: Attempt, jobs: Jobs, captioner: Captioner, links: Links
) -> Response:
    fields = checked(form, captioner)
    asked = forms.fingerprint("POST /v1/videos/captions", fields, form)
    if (earlier := attempted.replay(asked)) is not None:
        return replayed(earlier)
    _check_contents(form, fields, captioner)
    source = None if fields.video_id is None else find(owner, fields.video_id)
    video_id = store.videos.new_id()
    draft = store.VideoDraft(
        video_id,
        store.Kind.CAPTION,
        fields.options(),
        _store_inputs(video_id, form, fields, source),
        source_video_id=fields.video_id,
        caption_template_id=fields.caption_template_id,
        share=fields.share,
    )
    return submit(
        video_id,
        draft.inputs,
        lambda: MAVideo.of(store.videos.create(owner, draft), links),
        attempted,
        asked,
        jobs,
    )


def _check_contents(form: Form, fields: AddCaptionsFields, captioner: Captioner) -> None:
    """Raise RequestValidationError for what every worker would refuse."""
    try:
        if fields.language is not None:
            captioner.check_language(fields.language)
        if "transcript" in form.files:
            captioner.check_transcript(_text(form))
    except InputError as error:
        loc = ("body", REFUSED_FIELDS[error.code])
        raise RequestValidationError([problem(loc, error.code.value, error.message)]) from None


def _text(form: Form) -> str:
    """The transcript. Raises RequestValidationError if it is in another encoding."""
    data = form.files["transcript"].file
    try:
        text = data.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The transcript must be UTF-8. Save it again in that encoding"
        raise RequestValidationError([problem(("body", "transcript"), "string_unicode", message)]) from None
    data.seek(0)
    return text


def _store_inputs(video_id: str, form: Form, fields: AddCaptionsFields, source: store.Video | None) -> Blobs:
    """Store the uploads, or copies of what the source has, which may be deleted at any time afterwards."""
    with gathering(f"videos/{video_id}") as inputs:
        inputs.upload(form.files)
        if source is not None:
            try:
                inputs.copy("video", _picture(source, fields))
                if "transcript" not in form.files and _is_known(source, fields):
                    inputs.copy("words", source.outputs["transcript"])
            except FileNotFoundError:
                raise not_found() from None
        return inputs.keys


def _picture(source: store.Video, fields: AddCaptionsFields) -> str:
    """The blob to write over. Raises ApiError (409) if the source is not finished."""
    finished = output(source)
    replaced = fields.replace_captions and source.kind is store.Kind.CAPTION
    return source.inputs["video"] if replaced else finished


def _is_known(source: store.Video, fields: AddCaptionsFields) -> bool:
    """Whether nobody has to listen to the source: not even for the names and the language told only now."""
    recorded = source.kind is store.Kind.GENERATION and "script" not in source.options
    told = bool(fields.vocabulary or fields.language)
    return "transcript" in source.outputs and not (recorded and told)
