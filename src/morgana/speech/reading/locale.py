"""How a language is read aloud: its numbers from CLDR, its words from `locales/*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import ascii_lowercase
from typing import Any, Final

from babel import Locale as Cldr
from unicode_rbnf import RbnfEngine

from morgana.speech.reading.sentences import INITIALS

Forms = tuple[str, ...]
_BASES: Final = {"en-GB": "en"}  # a dialect adds to its language's file


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """One language's data; see `locales/en.toml` for what each table holds.

    dense: written without spaces between words; group, point: in numbers, regular expressions.
    """

    tag: str
    cldr: Cldr
    engine: RbnfEngine
    dense: bool
    group: str
    point: str
    ordinal: str
    years: str
    decimals: str
    letters: str
    date_order: str
    rules: Mapping[str, str]
    words: Mapping[str, str]
    templates: Mapping[str, str]
    symbols: Mapping[str, str]
    titles: Mapping[str, str]
    before: Mapping[str, str]
    abbreviations: Mapping[str, str]
    letter_names: Mapping[str, str]
    acronyms: frozenset[str]
    short_words: frozenset[str]
    magnitudes: Mapping[str, Forms]
    currencies: Mapping[str, Forms]
    units: Mapping[str, Forms]
    feminine: frozenset[str]
    fractions: Mapping[int, Forms]
    roman: Mapping[str, str]
    hearts: Mapping[str, str]
    domains: frozenset[str]
    numbered: Mapping[str, str] = field(default_factory=dict)
    emoji: Mapping[str, str] = field(default_factory=dict)
    agreement: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """ISO 639-1."""
        return self.tag[:2]

    @property
    def leading(self) -> Mapping[str, frozenset[str]]:
        """What `sentences.extents` wants to know of abbreviations."""
        return _leading(self)


@cache
def _leading(locale: Locale) -> dict[str, frozenset[str]]:
    months = locale.cldr.months["format"]
    short = {months["abbreviated"][month] for month in months["wide"]} - set(months["wide"].values())
    starters = frozenset(locale.words.get("starters", "").split())
    return {INITIALS: starters} | {
        name.lower().rstrip("."): starters if name in locale.abbreviations else frozenset()
        for name in {**locale.titles, **locale.before, **dict.fromkeys(short, "")}
    }


@cache
def locale(tag: str) -> Locale:
    """The data of one of `registry.LANGUAGES`."""
    data = _data(_BASES.get(tag, tag[:2]))
    if tag in _BASES:
        data = _laid_over(data, _data(tag))
    cldr = Cldr.parse(tag.replace("-", "_"))
    symbols = cldr.number_symbols["latn"]
    names = [name.replace("_", " ") for name in data.pop("letter_names").split()]
    acronyms = data.pop("acronyms")
    return Locale(
        tag=tag,
        cldr=cldr,
        engine=RbnfEngine.for_language(tag[:2]),
        dense=tag[:2] in ("ja", "zh"),
        group="," if symbols["decimal"] == "." else "[. ]",  # all spaces are plain by then
        point=r"\." if symbols["decimal"] == "." else "[,.]",
        letter_names=dict(zip(ascii_lowercase, names, strict=True)),
        acronyms=frozenset(acronyms["words"].split()),
        short_words=frozenset(acronyms.get("short", "").split()),
        magnitudes=_forms(data.pop("magnitudes")),
        currencies=_forms(data.pop("currencies")),
        units=_forms(data.pop("units")),
        feminine=frozenset(data.pop("feminine")),
        fractions={int(part): forms for part, forms in _forms(data.pop("fractions")).items()},
        domains=frozenset(data.pop("domains")["words"].split()),
        **data,
    )


def _forms(table: Mapping[str, list[str]]) -> dict[str, Forms]:
    return {key: tuple(forms) for key, forms in table.items()}


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(f"{__package__}.locales").joinpath(f"{name}.toml").read_text("utf-8"))


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    tables = {key: {**below[key], **value} for key, value in above.items() if isinstance(value, dict)}
    return {**below, **above, **tables}
