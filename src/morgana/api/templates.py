"""`/v1/videos/captions/templates`: the caption styles, and what each of them looks like."""

from collections.abc import Awaitable
from http import HTTPStatus
from pathlib import Path as File
from typing import Annotated, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.responses import Response

from morgana.api.captioning import Captioner, CaptioningRoom, Template
from morgana.api.errors import ApiError, documented, problem
from morgana.api.files import kept_file
from morgana.api.leaving import unless_left
from morgana.api.limits import Polling
from morgana.errors import InputError
from morgana.settings import settings

router = APIRouter(prefix="/v1/videos/captions/templates", tags=["Video Captions"])

TemplateId = Annotated[str, Path(description="The `id` of a caption template")]


class MACaptionTemplate(BaseModel):
    """Represents a caption style template"""

    id: str = Field(description="Unique template identifier", examples=["ctpl_DxflLOnuKkb198FNdI9E"])
    object: Literal["caption_template"] = "caption_template"
    name: str = Field(description="Human-readable template name", examples=["Bold White"])
    preview_url: str | None = Field(
        default=None, description="URL to a preview video (MP4) of the template; needs no API key"
    )
    created_at: int = Field(description="When the template was created (unix timestamp)")
    poster_url: str = Field(
        description="Beyond the contract: a picture (JPEG) of the preview; needs no API key"
    )

    @classmethod
    def of(cls, request: Request, template: Template) -> Self:
        base = (settings().public_url or str(request.base_url)).rstrip("/")
        place = f"{base}{router.prefix}/{quote(template.id)}"
        return cls(
            id=template.id,
            name=template.name,
            preview_url=f"{place}/preview.mp4",
            created_at=template.created_at,
            poster_url=f"{place}/poster.jpg",
        )


class MACaptionTemplateList(BaseModel):
    """Paginated list of caption templates"""

    data: list[MACaptionTemplate] = Field(description="List of caption templates")
    object: Literal["list"] = "list"
    has_more: bool = Field(description="Whether there are more templates after this page")


@router.get(
    "", summary="List Caption Templates", operation_id="listCaptionTemplates", responses=documented(401)
)
def list_templates(
    request: Request,
    _owner: Polling,
    captioner: CaptioningRoom,
    after: Annotated[
        str | None, Query(description="Return templates strictly after this template ID")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Max number of templates to return")] = 20,
) -> MACaptionTemplateList:
    """The caption styles, by name."""
    found = list(captioner.templates())
    if after is not None:
        ids = [template.id for template in found]
        if after not in ids:
            message = "There is no caption template with this ID to continue after"
            raise RequestValidationError([problem(("query", "after"), "unknown_id", message)])
        found = found[ids.index(after) + 1 :]
    data = [MACaptionTemplate.of(request, template) for template in found[:limit]]
    return MACaptionTemplateList(data=data, has_more=len(found) > limit)


@router.get(
    "/{template_id}",
    summary="Retrieve Caption Template",
    operation_id="getCaptionTemplate",
    responses=documented(401, 404),
)
def get_template(
    request: Request, _owner: Polling, captioner: CaptioningRoom, template_id: TemplateId
) -> MACaptionTemplate:
    """A caption style."""
    return MACaptionTemplate.of(request, _find(captioner, template_id))


@router.head("/{template_id}/preview.mp4", include_in_schema=False)
@router.get(
    "/{template_id}/preview.mp4",
    summary="Watch Caption Template",
    operation_id="getCaptionTemplatePreview",
    response_class=Response,
    responses=documented(404, 409, 416)
    | {200: {"description": "Three seconds of sample words", "content": {"video/mp4": {}}}},
)
async def get_preview(request: Request, captioner: CaptioningRoom, template_id: TemplateId) -> Response:
    """Beyond the contract: a film of the template. Needs no API key."""
    _find(captioner, template_id)
    return await kept_file(request, await _made(request, captioner.film(template_id)), "video/mp4")


@router.head("/{template_id}/poster.jpg", include_in_schema=False)
@router.get(
    "/{template_id}/poster.jpg",
    summary="See Caption Template",
    operation_id="getCaptionTemplatePoster",
    response_class=Response,
    responses=documented(404, 409, 416)
    | {200: {"description": "One moment of the preview", "content": {"image/jpeg": {}}}},
)
async def get_poster(request: Request, captioner: CaptioningRoom, template_id: TemplateId) -> Response:
    """Beyond the contract: a picture of the template. Needs no API key."""
    _find(captioner, template_id)
    return await kept_file(request, await _made(request, captioner.poster(template_id)), "image/jpeg")


async def _made(request: Request, making: Awaitable[File]) -> File:
    try:
        return await unless_left(request, making)
    except InputError as error:
        raise ApiError(HTTPStatus.CONFLICT, "model_missing", error.message) from None


def _find(captioner: Captioner, template_id: str) -> Template:
    template = captioner.template(template_id)
    if template is None:
        message = "There is no such caption template. GET /v1/videos/captions/templates lists all."
        raise ApiError(HTTPStatus.NOT_FOUND, "template_not_found", message)
    return template
