"""What a client may ask for in `POST /v1/videos`: the contract's fields and, marked as such, a few more."""

import hashlib
import json
from typing import Annotated, Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from morgana.api.errors import problem
from morgana.api.formats import JPEG, MP3, PNG, WAV
from morgana.api.parts import FileField, Form
from morgana.api.schemas import VideoModel
from morgana.settings import settings
from morgana.store.records import Options

Expression = Literal["auto", "neutral", "happy", "serious", "surprised", "sad"]


def _number(text: object) -> object:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else text


class CreateVideoFields(BaseModel):
    """The fields that are texts."""

    model_config = ConfigDict(extra="forbid")

    model: VideoModel = Field(default="mirage-video-1-latest", description="Model to use for generation")
    fps: Annotated[Literal[25, 30], BeforeValidator(_number)] = Field(
        default=25, description="Beyond the contract: frames per second"
    )
    expression: Expression = Field(
        default="auto", description="Beyond the contract: the expression; `auto` follows the speech"
    )
    expression_intensity: float = Field(
        default=0.5,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Beyond the contract: how strong the expression is",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        description="Beyond the contract: the same inputs and seed give the same video",
    )

    def options(self) -> Options:
        """What the pipeline is told."""
        return self.model_dump(exclude={"model"})


def file_fields() -> dict[str, FileField]:
    limits = settings()
    return {
        "image_reference": FileField(limits.max_image_bytes, (JPEG, PNG), "a JPEG or PNG image"),
        "audio_reference": FileField(limits.max_audio_bytes, (WAV, MP3), "a WAV or MP3 recording"),
    }


def checked(form: Form) -> CreateVideoFields:
    """The text fields of a form in which nothing is wrong. Raises RequestValidationError."""
    fields, problems = None, form.problems
    try:
        fields = CreateVideoFields.model_validate(form.fields)
    except ValidationError as error:
        entries = error.errors(include_url=False, include_context=False, include_input=False)
        problems = problems + [problem(("body", *e["loc"]), e["type"], e["msg"]) for e in entries]
    if problems or fields is None:
        raise RequestValidationError(problems)
    return fields


def fingerprint(route: str, fields: CreateVideoFields, form: Form) -> str:
    """Equal for two requests exactly if they ask for the same: route, fields and the bytes of each file."""
    files = {name: upload.sha256 for name, upload in sorted(form.files.items())}
    asked = json.dumps([route, fields.model_dump(), files], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def request_body() -> dict[str, Any]:
    """The body for OpenAPI, since it is read as a stream and not through a FastAPI parameter."""
    schema = CreateVideoFields.model_json_schema()
    files = {
        name: {"type": "string", "format": "binary", "description": f"Send {field.expected}"}
        for name, field in file_fields().items()
    }
    schema |= {
        "title": "CreateVideoRequest",
        "description": "An image and speech, and how to make a video of them",
        "required": [*files],
        "properties": files | schema["properties"],
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
