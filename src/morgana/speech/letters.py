"""Spelling rules, letters -> ARPAbet, read from `spelling.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import TypeAlias

Rules: TypeAlias = dict[str, str]

# Languages written much like another one.
RELATIVES = {"ca": "es", "gl": "es", "af": "nl", "az": "tr"}


@cache
def rules(language: str) -> Rules:
    """The rules of an ISO 639-1 language; what its script mostly stands for if it has none of its own."""
    tables = tomllib.loads(files("morgana.speech").joinpath("spelling.toml").read_text("utf-8"))
    own = tables.get(RELATIVES.get(language, language), "")
    parts = [tables["cyrillic"], tables["greek"], tables["latin"], own]
    pairs = (pair.split("=") for part in parts for pair in part.split())
    return {letters: phones.replace("+", " ") for letters, phones in pairs}
