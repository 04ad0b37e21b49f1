"""Speaks for many clients at once, a sentence at a time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from morgana.errors import ErrorCode, InputError
from morgana.live import previews
from morgana.live.turns import Turns
from morgana.speech import speaking
from morgana.speech import voices as known
from morgana.speech.utterance import TimedWord, Utterance
from morgana.video.provenance import SourceType
from morgana.video.sound_encoder import SoundEncoder, SoundFormat, sound_encoder, wav_header

Speak: TypeAlias = Callable[..., Iterator[Utterance]]

_WARMING_TEXT = "The 1st of many words, Dr. Jones: how are you?"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice, and whether its weights are there."""

    id: str
    name: str
    language: str
    gender: str
    engine: str
    licence: str
    available: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Encoded sound: `seconds` of speech at `rate` samples each, and the words said in them."""

    data: bytes
    seconds: float
    rate: int
    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file that was spoken holds."""

    rate: int
    seconds: float
    words: tuple[TimedWord, ...]


class Speaker:
    """One per process. Engines take turns apart from each other, so a slow one holds up no fast one."""

    def __init__(
        self,
        max_characters: int,
        folder: Path,
        speak: Speak = speaking.speak,
        *,
        mark_generated: bool = True,
    ) -> None:
        """folder: where previews are kept; speak: what makes utterances of a text.

        mark_generated: whether files of sound say that they are generated, see docs/provenance.md.
        """
        self._max_characters = max_characters
        self._speak = speak
        self._mark = SourceType.GENERATED if mark_generated else None
        self._turns: dict[str, Turns] = {}
        self._previews = previews.Previews(folder, self._record_preview)

    def warm(self) -> None:
        """Load what the default voice needs, so that nobody has to wait for it."""
        for _ in self._speak(_WARMING_TEXT, known.DEFAULT_VOICE, speed=1.0, seed=0):
            pass

    def check(self, text: str, voice: str) -> None:
        """Raise InputError if the text cannot be spoken in the voice with this id."""
        known.voice(voice)
        if len(text) > self._max_characters:
            raise InputError(
                ErrorCode.TEXT_TOO_LONG,
                f"The text has {len(text)} characters. Send at most {self._max_characters}, "
                "or send it in parts.",
            )
        speaking.check(text, voice)

    def voices(self) -> tuple[Voice, ...]:
        """Every voice, the default one first."""
        return tuple(_described(voice) for voice in known.voices().values())

    def voice(self, voice: str) -> Voice:
        """The voice with this id. Raises InputError."""
        return _described(known.voice(voice))

    async def stream(
        self, owner: Hashable, text: str, voice: str, *, speed: float, seed: int, sound_format: SoundFormat
    ) -> AsyncGenerator[Piece, None]:
        """Speak a checked text; each sentence is made when the one before it has been taken."""
        encoder: SoundEncoder | None = None
        async with aclosing(self._utterances(owner, text, voice, speed, seed)) as utterances:
            async for utterance in utterances:
                last = _is_last(utterance, text)
                rate = utterance.rate
                if encoder is None:
                    length = len(utterance.samples) if last else None
                    encoder = sound_encoder(sound_format, rate, length, self._mark)
                words = utterance.words
                for start in range(0, len(utterance.samples), rate):  # a second each, to be sent sooner
                    samples = utterance.samples[start : start + rate]
                    data = await asyncio.to_thread(encoder.encode, samples)
                    yield Piece(data, len(samples) / rate, rate, words)
                    words = ()
                if last:
                    break
        if encoder is not None:
            yield Piece(await asyncio.to_thread(encoder.finish), 0.0, rate, ())

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
        words: list[TimedWord] = []
        seconds, rate = 0.0, 0
        pieces = self.stream(owner, text, voice, speed=speed, seed=seed, sound_format=sound_format)
        async with aclosing(pieces):
            async for piece in pieces:
                await asyncio.to_thread(target.write, piece.data)
                words += piece.words
                seconds, rate = seconds + piece.seconds, piece.rate
        if sound_format == "wav":
            target.seek(0)
            target.write(wav_header(rate, round(seconds * rate), self._mark))
        return Recording(rate, seconds, tuple(words))

    async def preview(self, voice: str) -> Path:
        """A recording (MP3) in which the voice says a sentence, kept from when it is first asked for.

        Raises InputError.
        """
        return await self._previews.path(known.voice(voice))

    async def _record_preview(self, voice: known.Voice, target: IO[bytes]) -> None:
        text = previews.TEXTS[voice.language]
        await asyncio.to_thread(speaking.check, text, voice.id)
        await self.record(previews, text, voice.id, target, speed=1.0, seed=0, sound_format="mp3")

    async def _utterances(
        self, owner: Hashable, text: str, voice: str, speed: float, seed: int
    ) -> AsyncGenerator[Utterance, None]:
        engine = known.voice(voice).engine
        turns = self._turns.setdefault(engine, Turns(f"speech-{engine}"))

        def sentences() -> Iterator[Utterance]:  # so that reading begins in the first turn
            yield from self._speak(text, voice, speed=speed, seed=seed)

        speech = sentences()
        with turns.place(owner) as place:
            while (utterance := await turns.run(place, lambda: next(speech, None))) is not None:
                yield utterance


def _is_last(utterance: Utterance, text: str) -> bool:
    """Whether it is certain that nothing follows; to ask for more would take another turn."""
    if not utterance.words:
        return False
    word = utterance.words[-1]
    return not text[word.offset + word.length :].strip()


def _described(voice: known.Voice) -> Voice:
    return Voice(
        voice.id,
        voice.name,
        voice.language,
        voice.gender,
        voice.engine,
        voice.licence,
        known.is_available(voice),
    )
