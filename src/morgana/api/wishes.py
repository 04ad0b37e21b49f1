"""What a client may ask for in `POST /v1/videos/captions`: the contract's fields and more, marked so."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from morgana.api import forms
from morgana.api.captioning import Captioner
from morgana.api.formats import MOV, MP4, TEXT
from morgana.api.parts import FileField, Form
from morgana.settings import settings
from morgana.store.records import Options

LISTS: Final = ("vocabulary", "emphasize")  # fields that may be repeated

_MAX_TRANSCRIPT_BYTES = 256 * 1024
_MAX_WORDS, _MAX_WORD = 200, 80
_POSITION = r"top|middle|bottom|0|1|1\.0+|0?\.[0-9]{1,9}"


def _placed(position: str) -> str:
    if not re.fullmatch(_POSITION, position):
        raise PydanticCustomError(
            "position", "Send top, middle, bottom, or a number from 0 (the top) to 1 (the bottom)"
        )
    return position


def _primary(language: str) -> str:
    """Without a region: the recogniser hears no difference."""
    return language.strip().lower().partition("-")[0]


def _split(texts: list[str]) -> list[str]:
    words = [word.strip() for text in texts for word in re.split(r"[,\n]", text)]
    return [word for word in dict.fromkeys(words) if word]


def _few(words: list[str]) -> list[str]:
    if len(words) > _MAX_WORDS or any(len(word) > _MAX_WORD for word in words):
        raise PydanticCustomError(
            "too_many_words",
            f"Send at most {_MAX_WORDS} words or names, each of at most {_MAX_WORD} characters",
        )
    return words


_Words = Annotated[list[str], AfterValidator(_split), AfterValidator(_few)]


class AddCaptionsFields(BaseModel):
    """The fields that are texts."""

    model_config = ConfigDict(extra="forbid")

    caption_template_id: str = Field(
        min_length=1, description="Caption template to use. GET /v1/videos/captions/templates lists them"
    )
    video_id: str | None = Field(
        default=None,
        min_length=1,
        description="A COMPLETE video of yours, in place of `video`; a captioned one as well",
    )
    replace_captions: bool = Field(
        default=False,
        description="Beyond the contract: with the `video_id` of a captioned video, write over the video as "
        "it was before, as for words put right or another template",
    )
    language: Annotated[str, AfterValidator(_primary)] | None = Field(
        default=None,
        description="Beyond the contract: the language that is spoken, such as `en`; it is found out "
        "where none is sent",
    )
    vocabulary: _Words = Field(
        default=[],
        description="Beyond the contract: names and words to spell as given here, separated by commas or "
        "sent in several fields of this name",
    )
    position: Annotated[str, AfterValidator(_placed)] | None = Field(
        default=None,
        json_schema_extra={"pattern": f"^({_POSITION})$"},
        description="Beyond the contract: where the text stands: `top`, `middle`, `bottom`, or the share of "
        "the height above its middle, such as 0.7; by default as the template has it",
    )
    font_size: float | None = Field(
        default=None,
        ge=0.5,
        le=2,
        allow_inf_nan=False,
        description="Beyond the contract: how large the text is; 1 is as the template has it",
    )
    highlight_color: str | None = Field(
        default=None,
        pattern="^#[0-9a-fA-F]{6}$",
        description="Beyond the contract: the colour of the word being said, as #RRGGBB",
    )
    emphasize: _Words = Field(
        default=[],
        description="Beyond the contract: words that stand out, separated by commas or sent in several "
        "fields of this name",
    )

    share: bool = Field(
        default=False,
        description="Beyond the contract: whether the captioned video gets a public page, `share_link_url`, "
        "once it is COMPLETE",
    )

    def options(self) -> Options:
        """What the pipeline is told."""
        wanted: Options = {
            "template": self.caption_template_id,
            "uploaded": self.video_id is None,
            "language": self.language,
            "vocabulary": self.vocabulary,
            "position": self.position,
            "font_size": self.font_size,
            "highlight_color": self.highlight_color,
            "emphasize": self.emphasize,
        }
        return {name: value for name, value in wanted.items() if value not in (None, [])}


def file_fields() -> dict[str, FileField]:
    return {
        "video": FileField(settings().max_video_bytes, (MP4, MOV), "an MP4 or MOV video"),
        "transcript": FileField(
            _MAX_TRANSCRIPT_BYTES,
            (TEXT,),
            "what is said: plain text, SRT, WebVTT, or words with times as JSON, in a file or as a text",
            or_text=True,
        ),
    }


def checked(form: Form, captioner: Captioner) -> AddCaptionsFields:
    """The text fields of a form in which nothing is wrong. Raises RequestValidationError."""
    if {"video", "video_id"} <= form.sent:
        form.reject("video_id", "mutually_exclusive", "Send video or video_id, not both")
    elif not {"video", "video_id"} & form.sent:
        form.miss("video", "Field required: send video or video_id")
    template_id = form.fields.get("caption_template_id")
    if template_id is None:
        form.miss("caption_template_id")
    elif captioner.template(template_id) is None:
        message = "There is no such caption template. GET /v1/videos/captions/templates lists all"
        form.reject("caption_template_id", "unknown_id", message)
    return forms.checked(form, AddCaptionsFields)


def request_body() -> dict[str, Any]:
    """The body for OpenAPI."""
    return forms.multipart_body(
        "AddCaptionsRequest",
        "A template, and a video: uploaded, or one of yours.",
        AddCaptionsFields,
        file_fields(),
        required=["caption_template_id"],
        oneOf=[{"required": ["video"]}, {"required": ["video_id"]}],
    )
