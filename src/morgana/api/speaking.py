"""What the API asks of whoever speaks, and how it refuses what cannot be spoken."""

from collections.abc import AsyncGenerator, Hashable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import IO, Annotated, Literal, Protocol, TypeAlias

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError

from morgana.api.errors import ApiError, problem
from morgana.errors import ErrorCode, InputError

SoundFormat: TypeAlias = Literal["wav", "mp3", "opus", "aac", "flac", "pcm"]


class Voice(Protocol):
    """A voice that there is; `available` once its weights are installed."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def gender(self) -> str: ...
    @property
    def engine(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def available(self) -> bool: ...


class Phoneme(Protocol):
    """start, end: seconds; stress: 0 none, 1 primary, 2 secondary."""

    @property
    def symbol(self) -> str: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def stress(self) -> int: ...


class Word(Protocol):
    """start, end: seconds; offset, length: characters of the text."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def offset(self) -> int: ...
    @property
    def length(self) -> int: ...
    @property
    def phonemes(self) -> Sequence[Phoneme]: ...


class Piece(Protocol):
    """Encoded sound as it becomes ready: how many seconds of speech it is, at how many samples each, and the
    words in it, timed from the start of the speech."""

    @property
    def data(self) -> bytes: ...
    @property
    def seconds(self) -> float: ...
    @property
    def rate(self) -> int: ...
    @property
    def words(self) -> Sequence[Word]: ...


class Recording(Protocol):
    """A whole speech: its samples per second, its length in seconds and when each word is said."""

    @property
    def rate(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def words(self) -> Sequence[Word]: ...


class Speaker(Protocol):
    """The live room, as seen from here. Turns go round the owners, sentence by sentence."""

    def check(self, text: str, voice: str) -> None:
        """Raise InputError if the text cannot be spoken in the voice with this id."""

    def voices(self) -> Sequence[Voice]:
        """Every voice, in the order in which they are listed."""

    def voice(self, voice: str) -> Voice:
        """The voice with this id. Raises InputError."""

    def stream(
        self, owner: Hashable, text: str, voice: str, *, speed: float, seed: int, sound_format: SoundFormat
    ) -> AsyncGenerator[Piece, None]:
        """Speak a checked text; pieces are made only as fast as they are taken."""

    async def record(
        self,
        owner: Hashable,
        text: str,
        voice: str,
        target: IO[bytes],
        *,
        speed: float,
        seed: int,
        sound_format: SoundFormat,
    ) -> Recording:
        """Speak a checked text into a file that is open for writing and seeking."""

    async def preview(self, voice: str) -> Path:
        """A recording (MP3) in which the voice says a sentence, kept from when it is first asked for.

        Raises InputError.
        """


def refusal(error: InputError, field: str = "text") -> Exception:
    """The answer to a text in `field` of the body, or a voice, that `Speaker.check` refused."""
    if error.code is ErrorCode.VOICE_NOT_FOUND:
        return ApiError(HTTPStatus.NOT_FOUND, "voice_not_found", error.message)
    if error.code is ErrorCode.MODEL_MISSING:
        return ApiError(HTTPStatus.CONFLICT, "model_missing", error.message)
    return RequestValidationError([problem(("body", field), error.code.value, error.message)])


def _speaker(request: Request) -> Speaker:
    speaker: Speaker = request.app.state.speaker
    return speaker


SpeakingRoom = Annotated[Speaker, Depends(_speaker)]
