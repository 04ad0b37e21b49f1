"""`client.speech`: texts, spoken."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

from morgana.client.connection import path
from morgana.client.objects import TimedSpeech, Voice
from morgana.client.operations import M_co, Resource, iteration, operation
from morgana.client.transport import Request

DEFAULT_VOICE = "heart"
MODEL = "mirage-audio-1"
SoundFormat = Literal["wav", "mp3", "opus", "aac", "flac", "pcm"]


class Speech(Resource[M_co]):
    """Text to speech."""

    @operation
    async def create(
        self,
        text: str,
        *,
        voice: str | Voice = DEFAULT_VOICE,
        format: SoundFormat | None = None,  # noqa: A002 (the API's name)
        speed: float | None = None,
        seed: int | None = None,
        model: str = MODEL,
    ) -> bytes:
        """The sound file; a WAV unless another format is asked for."""
        return await self._connection.send(_request(text, voice, (), format, speed, seed, model))

    @iteration
    async def stream(
        self,
        text: str,
        *,
        voice: str | Voice = DEFAULT_VOICE,
        format: SoundFormat | None = None,  # noqa: A002 (the API's name)
        speed: float | None = None,
        seed: int | None = None,
        model: str = MODEL,
    ) -> AsyncGenerator[bytes, None]:
        """The sound file in pieces, each sentence as soon as it is spoken.

        Raises ConnectionError if it breaks off: what is iterated over to its end is whole.
        """
        request = _request(text, voice, (), format, speed, seed, model)
        async with aclosing(self._connection.stream(request)) as pieces:
            async for piece in pieces:
                yield piece

    @operation
    async def with_timestamps(
        self,
        text: str,
        *,
        voice: str | Voice = DEFAULT_VOICE,
        format: SoundFormat | None = None,  # noqa: A002 (the API's name)
        speed: float | None = None,
        seed: int | None = None,
        model: str = MODEL,
    ) -> TimedSpeech:
        """The sound file, and when each word and each of its phonemes is said."""
        request = _request(text, voice, ("with-timestamps",), format, speed, seed, model)
        return await self._connection.fetch(TimedSpeech, request)


def _request(
    text: str,
    voice: str | Voice,
    ending: tuple[str, ...],
    sound_format: str | None,
    speed: float | None,
    seed: int | None,
    model: str,
) -> Request:
    wishes: dict[str, Any] = {"format": sound_format, "speed": speed, "seed": seed}
    asked = {"text": text, "model": model} | {name: wish for name, wish in wishes.items() if wish is not None}
    voice_id = voice.id if isinstance(voice, Voice) else voice
    return Request("POST", path("audio", "text-to-speech", voice_id, *ending), json=asked)
