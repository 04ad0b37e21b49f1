"""Who can speak."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

from pydantic import TypeAdapter

from morgana import models
from morgana.errors import ErrorCode, InputError

DEFAULT_VOICE: Final = "heart"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice and what it needs.

    id: stable, part of the HTTP API; language: BCP 47; licence: SPDX; weights: the name in the catalogue of
    models, None for what comes with the installation; grade: how good its makers find it, A to F, where they
    say so; gain: decibels that bring it to the loudness of the others (-21 LUFS).
    """

    id: str
    name: str
    language: str
    gender: Literal["female", "male"]
    engine: str
    licence: str
    weights: str | None = None
    grade: str | None = None
    gain: float = 0.0


@cache
def voices() -> Mapping[str, Voice]:
    """Every voice by its ID, the default one first."""
    listed = tomllib.loads(files("morgana.speech").joinpath("voices.toml").read_text("utf-8"))
    known = TypeAdapter(list[Voice]).validate_python(
        [{**engine, **entry} for engine in listed["engine"] for entry in engine.pop("voice")]
    )
    return MappingProxyType({voice.id: voice for voice in known})


def voice(id: str) -> Voice:  # noqa: A002 (as in the API)
    """The voice with this ID; `InputError` (voice_not_found) where there is none."""
    try:
        return voices()[id]
    except KeyError:
        raise InputError(
            ErrorCode.VOICE_NOT_FOUND,
            f"There is no voice with the ID '{id[:40]}'. `morgana voices` and GET /v1/voices list all.",
        ) from None


def is_available(voice: Voice) -> bool:
    """Whether it can speak now, its weights being there."""
    return voice.weights is None or models.is_installed(voice.weights)
