"""What is known of captions while a client waits: templates and their previews, and what transcripts say."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeAlias

from morgana import __version__
from morgana.captions.ass import USUAL_SIZE, to_ass
from morgana.captions.pages import Word
from morgana.captions.template import Template as Style
from morgana.captions.template import templates
from morgana.captions.transcripts import read_transcript, to_srt, to_vtt
from morgana.live.apart import run_apart
from morgana.live.once import Once
from morgana.speech.recognition import known

CREATED_AT: Final = 1_795_305_600  # of all templates: 22 November 2026

# Makes a preview of a template: its film and its poster.
Make: TypeAlias = Callable[[str, Path, Path], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Template:
    """A caption style; created_at: Unix time in seconds."""

    id: str
    name: str
    created_at: int = CREATED_AT


@dataclass(frozen=True, slots=True)
class Preview:
    """A film (MP4) of a template, and one moment of it (JPEG)."""

    video: Path
    poster: Path


async def make_apart(template_id: str, video: Path, poster: Path) -> None:
    """Make a preview in a process of its own: it takes seconds, and draws with native code.

    Raises InputError (model_missing) without the fonts, RuntimeError if the process breaks.
    """
    await run_apart("morgana.captions.preview", template_id, str(video), str(poster))


class Captioner:
    """One per process. Several processes may share the folder."""

    def __init__(self, folder: Path, make: Make = make_apart) -> None:
        """folder: where previews are kept."""
        self._folder = folder
        self._make = make
        self._once = Once()
        self._turn = asyncio.Semaphore()  # a page with all posters leaves the other cores alone

    def templates(self) -> tuple[Template, ...]:
        """Every template, by name."""
        return tuple(Template(style.id, style.name) for style in templates().values())

    def template(self, template_id: str) -> Template | None:
        """The template with this id."""
        return next((known for known in self.templates() if known.id == template_id), None)

    def check_transcript(self, text: str) -> None:
        """Raise InputError if nobody can tell what the transcript says."""
        read_transcript(text)

    def check_language(self, language: str) -> None:
        """Raise InputError if speech in the language cannot be recognised."""
        known(language)

    def subtitles(
        self, transcript: bytes, form: Literal["srt", "vtt", "ass"], size: tuple[int, int] | None = None
    ) -> str:
        """The transcript of a video, which is JSON, in another form; size: of its pictures, if known."""
        said = json.loads(transcript)
        words = [Word(one["text"], one["start"], one["end"]) for one in said["words"]]
        if form == "ass":
            return to_ass(words, said["language"], size or USUAL_SIZE)
        return to_srt(words) if form == "srt" else to_vtt(words)

    async def preview(self, template_id: str) -> Preview:
        """Made first if it is not there. Raises InputError (model_missing), and what making it raises."""
        style = templates()[template_id]
        stem = f"{style.id}-{_version(style)}"
        preview = Preview(self._folder / f"{stem}.mp4", self._folder / f"{stem}.jpg")
        if not (preview.video.exists() and preview.poster.exists()):
            await self._once.do(stem, lambda: self._keep(template_id, preview))
        return preview

    async def _keep(self, template_id: str, preview: Preview) -> None:
        async with self._turn:
            with TemporaryDirectory(dir=self._folder, prefix=".") as name:
                video, poster = Path(name, "preview.mp4"), Path(name, "preview.jpg")
                await self._make(template_id, video, poster)
                poster.replace(preview.poster)
                video.replace(preview.video)


def _version(style: Style) -> str:
    """Another one for everything that might look different."""
    return hashlib.sha256(f"{__version__} {style.model_dump_json()}".encode()).hexdigest()[:16]
