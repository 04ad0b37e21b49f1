"""Persons who do not exist, as the built-in actors of generated faces: what is known of each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Person:
    """summary: what the picture shows; age: in years, as it seems, such as "30-40"; voice_id, expression: of
    videos that name none; seeds: what `training.actors` makes the picture of, and how much of each.
    """

    id: str
    name: str
    summary: str
    age: str
    voice_id: str
    seeds: Mapping[int, float]
    expression: str | None = None


@cache
def persons() -> Mapping[str, Person]:
    """Every person by the ID of the actor, in the order of the list."""
    listed = tomllib.loads(_folder().joinpath("actors.toml").read_text("utf-8"))
    found = TypeAdapter(list[Person]).validate_python(listed["actor"])
    return MappingProxyType({person.id: person for person in found})


def picture(person: Person) -> Traversable:
    """The portrait, a JPEG."""
    return _folder().joinpath(f"{person.name.lower()}.jpg")


def _folder() -> Traversable:
    return files("morgana") / "assets" / "actors"
