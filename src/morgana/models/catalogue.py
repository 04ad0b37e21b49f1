"""Which weights there are: what each is for, whose it is, what it must hash to, where it can be had."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

Group: TypeAlias = Literal["default", "fallback", "kokoro", "fonts", "scripts", "cjk", "benchmarks"]
Style: TypeAlias = Literal[
    "sans",
    "condensed",
    "rounded",
    "comic",
    "slab",
    "serif",
    "handwritten",
    "script",
    "typewriter",
    "mono",
    "pixel",
    "tech",
    "retro",
    "neon",
    "symbols",
    "emoji",
]


class File(BaseModel):
    """One file of a weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: PositiveInt  # bytes
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Source(BaseModel):
    """One place that carries the files of a weight. Exactly one kind is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hub: str | None = Field(default=None, pattern="^[^/@]+/[^/@]+@[^/@]+$")  # OWNER/NAME@REVISION
    url: str | None = None  # a folder served over HTTP
    pypi: tuple[str, ...] = ()  # NAME==VERSION
    npm: tuple[str, ...] = ()  # NAME@VERSION
    shipped: str | None = None  # a folder of our own package: the files are used where they are
    files: dict[str, tuple[str, ...]] = {}  # our file name -> its members there, joined in order

    @model_validator(mode="after")
    def _one_kind(self) -> "Source":
        if sum(map(bool, (self.hub, self.url, self.pypi, self.npm, self.shipped))) != 1:
            raise ValueError("a source is exactly one of hub, url, pypi, npm and shipped")
        if not self.packages and any(len(members) != 1 for members in self.files.values()):
            raise ValueError("only files in packages are joined of several members")
        return self

    @property
    def packages(self) -> tuple[str, ...]:
        return self.pypi + self.npm

    def members(self, file: str) -> tuple[str, ...]:
        return self.files.get(file, (file,))

    def __str__(self) -> str:
        if self.pypi:
            return f"PyPI {' and '.join(self.pypi)}"
        if self.npm:
            return f"npm {' and '.join(self.npm)}"
        if self.shipped:
            return "shipped with Morgana"
        return self.url or f"model hub {self.hub}"


class Weight(BaseModel):
    """The files of one model.

    note: what a licence does not say and a user should know, such as of what it was trained on, a sentence.
    card: address, or path in the repository, of its model card.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    groups: tuple[Group, ...]
    licence: str  # SPDX
    origin: str  # who made it
    purpose: str
    note: str | None = None
    card: str | None = None
    files: tuple[File, ...] = Field(alias="file", min_length=1)
    sources: tuple[Source, ...] = Field(alias="source", min_length=1)

    @property
    def packages(self) -> set[str]:
        """The names of the packages of all sources."""
        return {package for source in self.sources for package in source.packages}

    def home(self, models: Path) -> Path:
        """The folder of its files; models: that of all weights that are pulled."""
        shipped = self.sources[0].shipped
        return Path(str(files("morgana") / shipped)) if shipped else models / self.name

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


class Face(BaseModel):
    """One weight of a font family."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: int = Field(ge=100, le=900, multiple_of=100)
    size: PositiveInt  # bytes
    sha256: str
    member: str  # of the package

    @property
    def file(self) -> str:
        return f"{self.weight}.ttf"


class Font(BaseModel):
    """The upright faces of a font family, all of one npm package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str
    style: Style
    licence: str  # SPDX
    origin: str  # who made it
    package: str  # NAME@VERSION
    looks: int | None = None  # the weight its one face looks like, whatever the file says
    groups: tuple[Group, ...] = ("default", "fonts")
    faces: tuple[Face, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        """What it is called in the catalogue."""
        return f"font-{self.family.lower().replace(' ', '-')}"

    @property
    def entry(self) -> Weight:
        """What of it has to be fetched."""
        files = [{"name": face.file, "size": face.size, "sha256": face.sha256} for face in self.faces]
        members = {face.file: [face.member] for face in self.faces}
        return Weight.model_validate(
            {
                "name": self.name,
                "groups": self.groups,
                "licence": self.licence,
                "origin": self.origin,
                "purpose": f"writes text ({self.style})",
                "file": files,
                "source": [{"npm": [self.package], "files": members}],
            }
        )


class _Catalogue(BaseModel):
    weight: tuple[Weight, ...] = ()
    font: tuple[Font, ...] = ()


@cache
def catalogue() -> dict[str, Weight]:
    """Every weight by its name, the fonts last."""
    entries = (*_read("catalogue.toml").weight, *(font.entry for font in fonts().values()))
    return {entry.name: entry for entry in entries}


@cache
def fonts() -> dict[str, Font]:
    """Every font by its family."""
    return {font.family: font for font in _read("fonts.toml").font}


def _read(file: str) -> _Catalogue:
    text = files("morgana.models").joinpath(file).read_text("utf-8")
    return _Catalogue.model_validate(tomllib.loads(text))
