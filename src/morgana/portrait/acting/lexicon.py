"""Word lists, read from `lexicon.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

MOODS = ("happy", "sad", "serious", "surprised")


@cache
def words(name: str) -> frozenset[str]:
    """The list called `name`: one of `MOODS`, or "function"."""
    tables = tomllib.loads(files("morgana.portrait.acting").joinpath("lexicon.toml").read_text("utf-8"))
    return frozenset(tables[name].split())


def plain(text: str) -> str:
    """A written word as the lists have it: lower case, letters only."""
    return "".join(character for character in text.lower() if character.isalpha())
