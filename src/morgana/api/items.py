"""What a client may ask for in `POST /v1/meta/text_overlays`: the contract's fields and more, marked so."""

import re
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, WithJsonSchema
from pydantic_core import PydanticCustomError

from morgana.api import forms
from morgana.api.errors import problem
from morgana.api.formats import MOV, MP4
from morgana.api.overlaying import Overlayer
from morgana.api.parts import FileField, Form
from morgana.settings import settings
from morgana.store.records import Item

LISTS: Final = ("texts", "fonts", "sizes", "colors")  # fields that are repeated, in the order of the texts
MOST: Final = 4  # texts over one video

_ALIGNED: Final = {"fonts": "font", "sizes": "size", "colors": "color"}
_NUMBER = re.compile(r"[0-9]{0,6}\.?[0-9]{1,9}|[0-9]{1,6}\.")


def _unless_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _placed(position: object) -> object:
    if isinstance(position, str) and _NUMBER.fullmatch(position):
        return float(position)
    if position in (None, "top", "middle", "bottom") or (
        isinstance(position, int | float) and not isinstance(position, bool)
    ):
        return position
    raise PydanticCustomError(
        "position", "Send top, middle, bottom, or a number from 0 (the top) to 1 (the bottom)"
    )


_Blank: Final = BeforeValidator(_unless_blank)
_Texts: Final = WithJsonSchema({"type": "array", "items": {"type": "string"}, "maxItems": MOST})
_Font: TypeAlias = Annotated[str | None, _Blank]
_Size: TypeAlias = Annotated[float | None, _Blank]
_Color: TypeAlias = Annotated[str | None, _Blank]


class _Wishes(BaseModel):
    """Beyond the contract: what may be wished for all texts, and for one in its style."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    position: Annotated[
        float | str | None,
        BeforeValidator(_placed),
        _Blank,
        WithJsonSchema({"type": "string", "pattern": r"^(top|middle|bottom|0|1|1\.0+|0?\.[0-9]{1,9})$"}),
    ] = Field(
        default=None,
        description="Beyond the contract: where the text stands: `top`, `middle`, `bottom`, or a number from "
        "0 (top) to 1 (bottom) of the room that the platforms' buttons leave; by default where it covers no "
        "face and is read best",
    )
    align: Annotated[Literal["left", "center", "right"] | None, _Blank] = Field(
        default=None, description="Beyond the contract: how the lines of the text are aligned"
    )
    background: Annotated[Literal["none", "box", "line"] | None, _Blank] = Field(
        default=None,
        description="Beyond the contract: a `box` behind the text, a label behind each `line`, or `none`; by "
        "default as the text needs it",
    )
    stroke: Annotated[bool | None, _Blank] = Field(
        default=None, description="Beyond the contract: whether the letters have an outline"
    )
    shadow: Annotated[bool | None, _Blank] = Field(
        default=None, description="Beyond the contract: whether the text has a shadow"
    )
    start: Annotated[float | None, _Blank] = Field(
        default=None,
        description="Beyond the contract: second of the video at which the text appears; by default 0",
    )
    end: Annotated[float | None, _Blank] = Field(
        default=None,
        description="Beyond the contract: second of the video at which it is gone; by default its end",
    )


class _Style(_Wishes):
    font: _Font = None
    size: _Size = None
    color: _Color = None


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    style: _Style | None = None


_Items: TypeAlias = Annotated[
    Json[Annotated[list[_Item], Field(min_length=1, max_length=MOST)]] | None,
    WithJsonSchema({"type": "string", "minLength": 1, "contentMediaType": "application/json"}),
]


class CreateTextOverlayFields(_Wishes):
    """The fields that are texts."""

    texts: Annotated[list[str] | None, Field(max_length=MOST), _Texts] = Field(
        default=None, description=f"Texts to write over the video, each over a copy of its own (max {MOST})"
    )
    video_id: str | None = Field(
        default=None, description="Beyond the contract: a COMPLETE video of yours, in place of `video`"
    )
    items: _Items = Field(
        default=None,
        description="In place of `texts`: a JSON array of objects with `text` and, if wished, `style`, an "
        "object with `font`, `size` and `color`. Beyond the contract, `style` may have `position`, `align`, "
        "`background`, `stroke`, `shadow`, `start` and `end` as well, which go before the fields of the form",
    )
    fonts: Annotated[list[_Font], _Texts] = Field(
        default=[],
        description="The font of each text, in the order of the texts; a blank one is chosen for you. "
        "GET /v1/fonts lists them",
    )
    sizes: Annotated[list[_Size], _Texts] = Field(
        default=[], description="The font size of each text, in pixels of the video; likewise"
    )
    colors: Annotated[list[_Color], _Texts] = Field(
        default=[], description="The colour of each text, as #RRGGBB; likewise"
    )

    def asked(self) -> list[Item]:
        """What the pipeline is told of each text."""
        common = self.model_dump(include={*_Wishes.model_fields}, exclude_none=True)
        if self.items is not None:
            return [{"text": one.text, **common, **_given(one.style)} for one in self.items]
        return [{"text": text, **common, **self._aligned(at)} for at, text in enumerate(self.texts or ())]

    def place(self, index: int, field: str) -> tuple[str | int, ...]:
        """Where in the form `field` of the item came from."""
        if self.items is not None:
            if field == "text":
                return ("items", index, field)
            return ("items", index, "style", field) if field in _given(self.items[index].style) else (field,)
        lists = {"text": "texts"} | {one: many for many, one in _ALIGNED.items()}
        return (lists[field], index) if field in lists else (field,)

    def _aligned(self, index: int) -> Item:
        values = {one: getattr(self, many)[index : index + 1] for many, one in _ALIGNED.items()}
        return {one: value[0] for one, value in values.items() if value not in ([], [None])}


def _given(wishes: _Wishes | None) -> Item:
    return {} if wishes is None else wishes.model_dump(exclude_none=True)


def file_fields() -> dict[str, FileField]:
    return {"video": FileField(settings().max_video_bytes, (MP4, MOV), "an MP4 or MOV video")}


def checked(form: Form) -> CreateTextOverlayFields:
    """The text fields of a form in which nothing is wrong. Raises RequestValidationError."""
    if {"video", "video_id"} <= form.sent:
        form.reject("video_id", "mutually_exclusive", "Send video or video_id, not both")
    elif not {"video", "video_id"} & form.sent:
        form.miss("video", "Field required: send video or video_id")
    if {"texts", "items"} <= form.sent:
        form.reject("items", "mutually_exclusive", "Send texts or items, not both")
    elif not {"texts", "items"} & form.sent:
        form.miss("texts", f"Field required: send 1 to {MOST} texts, or items")
    for name, one in _ALIGNED.items():
        if "items" in form.sent and name in form.sent:
            message = f"{name} go with texts; in items, put {one} into the style of each"
            form.reject(name, "mutually_exclusive", message)
        elif "texts" in form.sent:
            _check_count(form, name)
    return forms.checked(form, CreateTextOverlayFields)


def _check_count(form: Form, name: str) -> None:
    sent, texts = len(form.lists.get(name, ())), len(form.lists["texts"])
    if sent > texts:
        message = f"There are {sent} {name} for {texts} texts. Send one for each text, or fewer"
        form.problems.append(problem(("body", name, texts), "too_long", message))


def check_items(items: list[Item], fields: CreateTextOverlayFields, overlayer: Overlayer) -> None:
    """Raise RequestValidationError for what could be written over no video."""
    found = {}
    for index, item in enumerate(items):
        for field, error in overlayer.refusals(item).items():
            place = ("body", *fields.place(index, field))
            found[place] = problem(place, error.code.value, error.message)
    if found:
        raise RequestValidationError([*found.values()])


def request_body() -> dict[str, Any]:
    """The body for OpenAPI."""
    return forms.multipart_body(
        "CreateMetaTextOverlayRequest",
        f"A video, and 1 to {MOST} texts to write over copies of it.",
        CreateTextOverlayFields,
        file_fields(),
        allOf=[
            {"oneOf": [{"required": ["video"]}, {"required": ["video_id"]}]},
            {"oneOf": [{"required": ["texts"]}, {"required": ["items"]}]},
        ],
    )
