"""What is known of captions while a client waits: templates and their previews, and what transcripts say."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeAlias

from morgana import __version__
from morgana.captions.ass import USUAL_SIZE, to_ass
from morgana.captions.pages import Word
from morgana.captions.template import Template as Style
from morgana.captions.template import templates
from morgana.captions.transcripts import read_transcript, to_srt, to_vtt
from morgana.errors import InputError
from morgana.live.apart import run_apart
from morgana.live.once import Once
from morgana.speech.recognition import known

CREATED_AT: Final = 1_795_305_600  # of all templates: 22 November 2026

# Makes the film of a template.
Film: TypeAlias = Callable[[str, Path], Awaitable[None]]
# Draws the posters of templates, each into a file; those that it cannot draw are not there then.
Draw: TypeAlias = Callable[[Mapping[str, Path]], Awaitable[None]]

_IN_A_ROW = 12  # posters drawn by one process: to begin takes longer than to draw, and nobody waits for all


@dataclass(frozen=True, slots=True)
class Template:
    """A caption style; created_at: Unix time in seconds."""

    id: str
    name: str
    created_at: int = CREATED_AT


async def film_apart(template_id: str, video: Path) -> None:
    """Make a film in a process of its own: it takes seconds, and draws with native code.

    Raises InputError (model_missing) without the fonts, RuntimeError if the process breaks.
    """
    await run_apart("morgana.captions.preview", "film", template_id, str(video))


async def draw_apart(targets: Mapping[str, Path]) -> None:
    """Draw posters in a process of its own. Raises InputError after all others if one lacks its fonts."""
    pairs = [part for template_id, path in targets.items() for part in (template_id, str(path))]
    await run_apart("morgana.captions.preview", "posters", *pairs)


class Captioner:
    """One per process. Several processes may share the folder."""

    def __init__(self, folder: Path, film: Film = film_apart, draw: Draw = draw_apart) -> None:
        """folder: where previews are kept."""
        self._folder = folder
        self._film = film
        self._draw = draw
        self._once = Once()
        # One of each at a time leaves the other cores alone; no picture waits for a film.
        self._filming, self._drawing = asyncio.Semaphore(), asyncio.Semaphore()

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

    async def film(self, template_id: str) -> Path:
        """An MP4, made first if it is not there. Raises InputError (model_missing) and RuntimeError."""
        path = self._place(template_id, "mp4")
        if not path.exists():
            await self._once.do(path, lambda: self._keep_film(template_id, path))
        return path

    async def poster(self, template_id: str) -> Path:
        """A JPEG of one moment of the film, and as that, but made in a moment."""
        path = self._place(template_id, "jpg")
        if not path.exists():
            await self._once.do(path, lambda: self._keep_posters(template_id, path))
        return path

    def _place(self, template_id: str, form: str) -> Path:
        style = templates()[template_id]
        return self._folder / f"{style.id}-{_version(style)}.{form}"

    async def _keep_film(self, template_id: str, path: Path) -> None:
        async with self._filming:
            with TemporaryDirectory(dir=self._folder, prefix=".") as folder:
                made = Path(folder, path.name)
                await self._film(template_id, made)
                made.replace(path)

    async def _keep_posters(self, first: str, path: Path) -> None:
        """Of this template and of those after it, which whoever looks at it is going to see as well."""
        async with self._drawing:
            if path.exists():
                return
            with TemporaryDirectory(dir=self._folder, prefix=".") as folder:
                row = self._missing(first)
                drawn = {template_id: Path(folder, place.name) for template_id, place in row.items()}
                refusal = await _refused(self._draw(drawn))
                for template_id, made in drawn.items():
                    if made.exists():
                        made.replace(row[template_id])
        if refusal and not path.exists():
            raise refusal

    def _missing(self, first: str) -> dict[str, Path]:
        ids = [*templates()]
        places = {one: self._place(one, "jpg") for one in ids[ids.index(first) :]}
        return dict(islice(((one, place) for one, place in places.items() if not place.exists()), _IN_A_ROW))


async def _refused(work: Awaitable[None]) -> InputError | None:
    try:
        await work
    except InputError as error:
        return error
    return None


def _version(style: Style) -> str:
    """Another one for everything that might look different."""
    return hashlib.sha256(f"{__version__} {style.model_dump_json()}".encode()).hexdigest()[:16]
