"""What is known of text over films while a client waits: fonts and looks, their pictures, and what is wrong
with a wish."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

from morgana import __version__, models
from morgana.errors import InputError
from morgana.live.apart import run_apart
from morgana.live.once import Once
from morgana.overlays.look import Look, find_look, looks
from morgana.overlays.overlay import Overlay, OverlayError, check
from morgana.text.coverage import scripts
from morgana.text.fonts import families, require, weights

# Draws fonts and looks by name, each into a file.
Draw: TypeAlias = Callable[[Mapping[str, Path]], Awaitable[None]]

_ANY_TEXT = "-"  # with which the other fields are checked one by one


@dataclass(frozen=True, slots=True)
class Font:
    """A font or a look. weights: 100 to 900. scripts: None where its letters are not installed."""

    name: str
    kind: Literal["font", "look"]
    summary: str
    family: str
    weights: tuple[int, ...]
    scripts: tuple[str, ...] | None
    licence: str
    origin: str

    @property
    def available(self) -> bool:
        return self.scripts is not None


async def draw_apart(targets: Mapping[str, Path]) -> None:
    """Draw fonts and looks by name in a process of its own. Raises RuntimeError if that breaks."""
    pairs = [part for name, path in targets.items() for part in (name, str(path))]
    await run_apart("morgana.overlays.specimen", *pairs)


class Overlayer:
    """One per process. Several processes may share the folder."""

    def __init__(self, folder: Path, draw: Draw = draw_apart) -> None:
        """folder: where pictures of fonts are kept."""
        self._folder = folder
        self._draw = draw
        self._once = Once()
        self._waiting: dict[str, Path] = {}
        self._turn = asyncio.Semaphore()  # a page with all pictures leaves the other cores alone

    def refusals(self, item: Mapping[str, Any]) -> dict[str, InputError]:
        """What is wrong with an item that could be written over no film, by field."""
        alone = ({"text": _ANY_TEXT, name: value} for name, value in item.items())
        found: dict[str, InputError] = {}
        for asked in (*alone, item):
            try:
                check(Overlay(**asked))
            except OverlayError as error:
                found.setdefault(error.field, error)
        return found

    def fonts(self) -> tuple[Font, ...]:
        """The looks, then the fonts, by name."""
        return tuple(_described(find_look(name)) for name in (*looks(), *families()))

    def font(self, name: str) -> Font:
        """The look or font of this name. Raises InputError (font_not_found) with the nearest names."""
        return _described(find_look(name))

    async def preview(self, name: str) -> Path:
        """A picture (PNG), made first if it is not there.

        Raises InputError (font_not_found, model_missing).
        """
        look = find_look(name)
        require(look.family)
        path = self._folder / f"font-{look.name.replace(' ', '-')}-{_version(look)}.png"
        if not path.exists():
            await self._once.do(path, lambda: self._keep(look.name, path))
        return path

    async def _keep(self, name: str, path: Path) -> None:
        """Have it drawn with all others that are waited for: to begin takes longer than to draw."""
        self._waiting[name] = path
        async with self._turn:
            if not path.exists():
                batch, self._waiting = self._waiting | {name: path}, {}
                await self._draw_all(batch)

    async def _draw_all(self, batch: Mapping[str, Path]) -> None:
        with TemporaryDirectory(dir=self._folder, prefix=".") as folder:
            drawn = {name: Path(folder, path.name) for name, path in batch.items()}
            await self._draw(drawn)
            for name, path in batch.items():
                drawn[name].replace(path)


def _described(look: Look) -> Font:
    font = models.fonts()[look.family]
    is_look = look.name in looks()
    return Font(
        look.name,
        "look" if is_look else "font",
        look.summary if is_look else font.style,
        look.family,
        (look.weight,) if is_look else tuple(weights(look.family)),
        scripts(look.family) if models.is_installed(font.name) else None,
        font.licence,
        font.origin,
    )


@cache
def _version(look: Look) -> str:
    """Another one for everything that might look different."""
    drawn = f"{__version__} {look.model_dump_json()} {models.fonts()[look.family].model_dump_json()}"
    return hashlib.sha256(drawn.encode()).hexdigest()[:16]
