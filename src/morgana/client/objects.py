"""What servers answer, with the API's names.

Only the contract's required fields have to be there, so that any server of the contract will do; fields
that are not known here are kept and are attributes as well; a status that is not known is a string like
any other.
"""

import base64
from typing import Literal, TypeAlias

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

Status: TypeAlias = Literal["QUEUED", "PROCESSING", "COMPLETE", "FAILED", "CANCELLED"] | str

_WAITING = ("QUEUED", "PROCESSING")
_ENDED = ("COMPLETE", "READY", "FAILED", "CANCELLED")


class Object(BaseModel):
    """Something that a server told."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


class Failure(Object):
    """Why something failed. code: for programs; message: for people."""

    code: str = "unknown"
    message: str = "The server does not say why."


class Job(Object):
    """Something that a server works on. progress: 0 to 100; stage: what is being done for it."""

    id: str
    status: Status
    created_at: int | None = None
    completed_at: int | None = None
    progress: int | None = None
    stage: str | None = None
    error: Failure | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more; of a status that is not known, `completed_at` says so."""
        if self.status in _WAITING:
            return False
        return self.status in _ENDED or self.completed_at is not None


class Video(Job):
    """A video, made of a face and speech or by captioning another one. Times are Unix times in seconds.

    video_url, thumbnail_url: the film (MP4) and a picture (JPEG) of a COMPLETE one, at links that expire.
    """

    id: str = Field(validation_alias=AliasChoices("id", "video_id"))
    model: str | None = None
    source_video_id: str | None = None
    caption_template_id: str | None = None
    share_link_url: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    actor_id: str | None = None
    voice_id: str | None = None
    renderer: str | None = None
    expires_at: int | None = None


class TextOverlayResult(Object):
    """What became of one text. video_url: the film, at a link that expires."""

    index: int
    text: str
    status: Status
    video_url: str | None = None
    thumbnail_url: str | None = None
    error: Failure | None = None


class TextOverlay(Job):
    """A video that is written over with several texts, each on a copy of its own."""

    results: tuple[TextOverlayResult, ...] = ()
    expires_at: int | None = None


class Actor(Job):
    """A face that is analysed once and used for many videos. It can be used before it is READY."""

    name: str
    voice_id: str | None = None
    expression: str | None = None
    expression_intensity: float | None = None
    built_in: bool = False
    synthetic: bool = False
    summary: str | None = None
    portrait_url: str | None = None


class CaptionTemplate(Object):
    """A caption style."""

    id: str
    name: str
    created_at: int | None = None
    preview_url: str | None = None
    poster_url: str | None = None


class Font(Object):
    """A font, or a look: a way to set text in one."""

    name: str
    kind: str | None = None
    summary: str | None = None
    family: str | None = None
    weights: tuple[int, ...] = ()
    scripts: tuple[str, ...] | None = None
    licence: str | None = None
    origin: str | None = None
    available: bool = True
    preview_url: str | None = None


class Voice(Object):
    """A voice that can say a text. language: BCP 47."""

    id: str
    name: str
    language: str | None = None
    gender: str | None = None
    engine: str | None = None
    licence: str | None = None
    available: bool = True
    preview_url: str | None = None


class Word(Object):
    """A word as it is written, and when it is said, in seconds."""

    text: str
    start: float
    end: float


class Transcript(Object):
    """What is said in a video. language: ISO 639-1, where it is known; duration in seconds."""

    language: str | None = None
    duration: float | None = None
    words: tuple[Word, ...] = ()


class Phoneme(Object):
    """A sound, in IPA, and when it is said, in seconds. stress: 0 none, 1 primary, 2 secondary."""

    symbol: str
    start: float
    end: float
    stress: int = 0


class SpokenWord(Word):
    """offset, length: in Unicode code points of the text."""

    offset: int
    length: int
    phonemes: tuple[Phoneme, ...] = ()


class TimedSpeech(Object):
    """Speech, and when each word and each of its phonemes is said."""

    format: str
    sample_rate: int
    duration: float
    words: tuple[SpokenWord, ...] = ()
    audio_base64: str = Field(repr=False)

    @property
    def audio(self) -> bytes:
        """The sound file."""
        return base64.b64decode(self.audio_base64)
