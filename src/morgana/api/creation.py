"""What a client may ask for in `POST /v1/videos`: the contract's fields and, marked as such, a few more."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from morgana import store
from morgana.api import forms
from morgana.api.formats import JPEG, MP3, PNG, WAV
from morgana.api.parts import FileField, Form
from morgana.api.schemas import Expression, Intensity, VideoModel, WantedRenderer
from morgana.api.speaking import Speaker
from morgana.settings import settings
from morgana.store.records import Options

DEFAULT_VOICE = "heart"

# A file, and the text that may be sent in its place.
_ALTERNATIVES = {"image_reference": "actor_id", "audio_reference": "script"}


def _number(text: object) -> object:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else text


class CreateVideoFields(BaseModel):
    """The fields that are texts."""

    model_config = ConfigDict(extra="forbid")

    model: VideoModel = Field(default="mirage-video-1-latest", description="Model to use for generation")
    actor_id: str | None = Field(
        default=None, min_length=1, description="Beyond the contract: an actor, in place of `image_reference`"
    )
    script: str | None = Field(
        default=None,
        min_length=1,
        description="Beyond the contract: what to say, in place of `audio_reference`, with marks such as "
        "`[happy]` and `[pause 1s]`",
    )
    voice_id: str | None = Field(
        default=None,
        description="Beyond the contract: the voice of the script; by default the actor's, else "
        f"`{DEFAULT_VOICE}`. GET /v1/voices lists them. A built-in actor whose voice is not installed speaks "
        f"with `{DEFAULT_VOICE}` if that has the same gender, and not at all (409) otherwise",
    )
    speed: float | None = Field(
        default=None,
        ge=0.5,
        le=2,
        allow_inf_nan=False,
        description="Beyond the contract: how fast the script is said; by default 1, the voice's own pace",
    )
    fps: Annotated[Literal[25, 30], BeforeValidator(_number)] = Field(
        default=25, description="Beyond the contract: frames per second"
    )
    expression: Expression | None = Field(
        default=None,
        description="Beyond the contract: the expression; by default the actor's, else `auto`, which follows "
        "the speech",
    )
    expression_intensity: Intensity | None = Field(
        default=None,
        description="Beyond the contract: how strong the expression is; by default the actor's, else 0.5",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        description="Beyond the contract: the same inputs and seed give the same video",
    )
    renderer: WantedRenderer | None = Field(
        default=None,
        description="Beyond the contract: what makes the frames: `mesh`, which moves the photo and draws the "
        "inside of the mouth, `learned`, which has a network make the inside of the mouth, or `auto`, the "
        "better one that can be had; by default what the server is set to",
    )
    share: bool = Field(
        default=False,
        description="Beyond the contract: whether the video gets a public page, `share_link_url`, once it is "
        "COMPLETE",
    )

    def voice(self, actor: store.Actor | None, speaker: Speaker) -> str | None:
        """Who says the script; None without one."""
        if self.script is None:
            return None
        return self.voice_id or (actor and _own_voice(actor, speaker)) or DEFAULT_VOICE

    def options(self, actor: store.Actor | None, voice_id: str | None) -> Options:
        """What the pipeline is told. voice_id: who says the script."""
        intensity = self.expression_intensity
        if intensity is None and actor is not None:
            intensity = actor.expression_intensity
        options: Options = {
            "fps": self.fps,
            "expression": self.expression or (actor and actor.expression) or "auto",
            "expression_intensity": 0.5 if intensity is None else intensity,
            "seed": self.seed,
        }
        if self.renderer is not None:
            options["renderer"] = self.renderer
        if self.script is not None:
            options["script"] = self.script
            options["voice_id"] = voice_id
            options["speed"] = self.speed or 1.0
        return options


def _own_voice(actor: store.Actor, speaker: Speaker) -> str | None:
    """The actor's voice, or what may stand for it: nobody chose the voice of a built-in actor."""
    if actor.voice_id is None or not actor.built_in:
        return actor.voice_id
    own, default = speaker.voice(actor.voice_id), speaker.voice(DEFAULT_VOICE)
    return own.id if own.available or own.gender != default.gender else default.id


def file_fields() -> dict[str, FileField]:
    limits = settings()
    return {
        "image_reference": FileField(limits.max_image_bytes, (JPEG, PNG), "a JPEG or PNG image"),
        "audio_reference": FileField(limits.max_audio_bytes, (WAV, MP3), "a WAV or MP3 recording"),
    }


def checked(form: Form) -> CreateVideoFields:
    """The text fields of a form in which nothing is wrong. Raises RequestValidationError."""
    for file, text in _ALTERNATIVES.items():
        if {file, text} <= form.sent:
            form.reject(text, "mutually_exclusive", f"Send {file} or {text}, not both")
        elif not {file, text} & form.sent:
            _report_missing(form, file, text)
    for name in ("voice_id", "speed"):
        if name in form.sent and "script" not in form.sent:
            form.reject(name, "script_expected", f"{name} is for a script; send script, or leave {name} out")
    return forms.checked(form, CreateVideoFields)


def _report_missing(form: Form, file: str, text: str) -> None:
    if text == "script" and text in form.blank:
        form.reject(text, "text_unpronounceable", f"The script is empty. Send words to say, or {file}")
    else:
        form.miss(file, f"Field required: send {file} or {text}")


def request_body() -> dict[str, Any]:
    """The body for OpenAPI."""
    return forms.multipart_body(
        "CreateVideoRequest",
        "A face, as an image or an actor, and speech, as a recording or a script: exactly one of each.",
        CreateVideoFields,
        file_fields(),
        allOf=[
            {"oneOf": [{"required": [file]}, {"required": [text]}]} for file, text in _ALTERNATIVES.items()
        ],
    )
