"""How the letters of an overlay look, apart from their colour: a look of a name and a file, or a font."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from morgana.errors import ErrorCode, InputError
from morgana.text.fonts import canonical, families, nearest, weights
from morgana.text.style import Case

DEFAULT = "Classic"
_STRONGEST = 800  # of a font that is asked for by its name: display sizes want weight


class Plaque(BaseModel):
    """The shape of a plate, in ems."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    padding_x: float = Field(default=0.32, ge=0, le=2)
    padding_y: float = Field(default=0.16, ge=0, le=2)
    radius: float = Field(default=0.22, ge=0, le=2)


class Tint(BaseModel):
    """A colour for letters, and that of the light around them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(pattern="^#[0-9a-f]{6}$")
    light: str = Field(pattern="^#[0-9a-f]{6}$")


class Look(BaseModel):
    """A look. Lengths are in ems. Colours are decided for the film, unless `tints` limit the choice.

    size: of the em, against that of the other looks. glow: how dense the light around letters is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=40)
    summary: str = Field(min_length=1, max_length=120)
    family: str
    weight: int = Field(default=400, ge=100, le=900)
    size: float = Field(default=1.0, gt=0.3, le=3)
    case: Case = "as-is"
    tracking: float = Field(default=0.0, ge=-0.1, le=0.5)
    slant: float = Field(default=0.0, ge=-20, le=20, description="Degrees to the right")
    leading: float = Field(default=1.16, ge=0.8, le=2, description="From baseline to baseline")
    background: Literal["none", "box", "line"] = "none"
    plaque: Plaque = Plaque()
    glow: float = Field(default=0.0, ge=0, le=1)
    tints: tuple[Tint, ...] = Field(default=(), description="The favourite first")


@cache
def looks() -> Mapping[str, Look]:
    """The looks by name, in order of name."""
    folder = files("morgana.overlays").joinpath("looks")
    found = [
        Look.model_validate(tomllib.loads(file.read_text("utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return MappingProxyType({one.name: one for one in sorted(found, key=lambda one: one.name)})


def find_look(name: str) -> Look:
    """The look or the font called `name`, however its letters are cased.

    Raises InputError (font_not_found) with the nearest names of both.
    """
    wanted = " ".join(name.split()).casefold()
    named = {one.casefold(): look for one, look in looks().items()}
    if wanted in named:
        return named[wanted]
    near = [named[key].name for key in get_close_matches(wanted, named, n=2)]
    near += nearest(name, 3 - len(near))
    if near and wanted not in map(str.casefold, families()):
        raise InputError(
            ErrorCode.FONT_NOT_FOUND, f"There is no font of that name. Did you mean {' or '.join(near)}?"
        )
    return _plain(canonical(name))


@cache
def _plain(family: str) -> Look:
    """A font as it is, in the weight that reads best over a film."""
    weight = max((one for one in weights(family) if one <= _STRONGEST), default=_STRONGEST)
    return Look(name=family, summary=f"{family}, as it is", family=family, weight=weight)
