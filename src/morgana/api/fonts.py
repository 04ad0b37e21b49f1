"""`/v1/fonts`: the fonts and looks that text is written in, and what each of them looks like."""

from http import HTTPStatus
from typing import Annotated, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.responses import Response

from morgana.api.errors import ApiError, documented, problem
from morgana.api.files import kept_file
from morgana.api.leaving import unless_left
from morgana.api.limits import Polling
from morgana.api.overlaying import Font as KnownFont
from morgana.api.overlaying import OverlayingRoom
from morgana.errors import ErrorCode, InputError
from morgana.settings import settings

router = APIRouter(prefix="/v1/fonts", tags=["Fonts"])

FontName = Annotated[str, Path(description="The `name` of a font or a look, however its letters are cased")]


class Font(BaseModel):
    """A font, or a look: a way to set text in one."""

    name: str = Field(description="What other requests call `font`", examples=["Anton"])
    object: Literal["font"] = "font"
    kind: Literal["font", "look"]
    summary: str = Field(description="What it is like", examples=["condensed"])
    family: str = Field(description="The font family; of a font, its name", examples=["Anton"])
    weights: list[int] = Field(description="Those that there are, 100 to 900; of a look, its own")
    scripts: list[str] | None = Field(
        description="The ways of writing that it has letters for; others are written in another font. Null "
        "unless available"
    )
    licence: str = Field(description="SPDX", examples=["OFL-1.1"])
    origin: str = Field(description="Who made the letters")
    available: bool = Field(description="Whether it is installed, so that it can be used now")
    preview_url: str | None = Field(description="A picture (PNG) of an available one; needs no API key")

    @classmethod
    def of(cls, request: Request, font: KnownFont) -> Self:
        base = (settings().public_url or str(request.base_url)).rstrip("/")
        preview = f"{base}{router.prefix}/{quote(font.name)}/preview.png"
        fields = {name: getattr(font, name) for name in cls.model_fields if hasattr(font, name)}
        return cls.model_validate(fields | {"preview_url": preview if font.available else None})


class FontList(BaseModel):
    """Part of the list of fonts."""

    object: Literal["list"] = "list"
    data: list[Font]
    has_more: bool = Field(description="Whether there are more fonts after these")


@router.get("", summary="List Fonts", operation_id="listFonts", responses=documented(401))
def list_fonts(
    request: Request,
    _owner: Polling,
    overlayer: OverlayingRoom,
    after: Annotated[
        str | None, Query(description="Return fonts strictly after the one of this name")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Max number of fonts to return")] = 20,
) -> FontList:
    """Beyond the contract: the looks, then the fonts, by name."""
    found = list(overlayer.fonts())
    if after is not None:
        names = [font.name for font in found]
        if after not in names:
            message = "There is no font of this name to continue after"
            raise RequestValidationError([problem(("query", "after"), "unknown_id", message)])
        found = found[names.index(after) + 1 :]
    data = [Font.of(request, font) for font in found[:limit]]
    return FontList(data=data, has_more=len(found) > limit)


@router.get("/{name}", summary="Retrieve Font", operation_id="getFont", responses=documented(401, 404))
def get_font(request: Request, _owner: Polling, overlayer: OverlayingRoom, name: FontName) -> Font:
    """Beyond the contract: a font or a look."""
    try:
        return Font.of(request, overlayer.font(name))
    except InputError as error:
        raise _refusal(error) from None


@router.head("/{name}/preview.png", include_in_schema=False)
@router.get(
    "/{name}/preview.png",
    summary="See Font",
    operation_id="getFontPreview",
    response_class=Response,
    responses=documented(404, 409, 416)
    | {
        200: {"description": "Its name and a line of text", "content": {"image/png": {}}},
        206: {"description": "The bytes asked for in Range", "content": {"image/png": {}}},
        304: {"description": "The picture is still the one named in If-None-Match"},
    },
)
async def get_font_preview(request: Request, overlayer: OverlayingRoom, name: FontName) -> Response:
    """Beyond the contract: a picture of a font or a look. Needs no API key."""
    try:
        path = await unless_left(request, overlayer.preview(name))
    except InputError as error:
        raise _refusal(error) from None
    return await kept_file(request, path, "image/png")


def _refusal(error: InputError) -> ApiError:
    if error.code is ErrorCode.FONT_NOT_FOUND:
        return ApiError(HTTPStatus.NOT_FOUND, "font_not_found", error.message)
    return ApiError(HTTPStatus.CONFLICT, "model_missing", error.message)
