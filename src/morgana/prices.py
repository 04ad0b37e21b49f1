"""What things cost: a price list as JSON or TOML, in decimal numbers, of what the ledger counts."""

import tomllib
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field


class Consumer(StrEnum):
    """What consumes: each kind of job, and speech that a client waits for."""

    GENERATION = "generation"
    CAPTION = "caption"
    OVERLAY = "overlay"
    ACTOR = "actor"
    SPEECH = "speech"


class Measure(StrEnum):
    """What is counted.

    seconds: of the film that was sent (captions, overlays) or made (generation), or of the sound (speech).
    characters: that were to be spoken. items: films, portraits or speeches that were made.
    """

    SECONDS = "seconds"
    CHARACTERS = "characters"
    ITEMS = "items"


class Price(BaseModel):
    """The price of each `step` that was begun, for each job by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price: Annotated[Decimal, Field(ge=0, max_digits=18, allow_inf_nan=False)]
    step: Annotated[int, Field(ge=1, le=1_000_000)] = 1


Prices = dict[Measure, Price]

# What the hosted service documents: 15 cents for each minute of input that was begun.
_CAPTION: Final[Prices] = {Measure.SECONDS: Price(price=Decimal("0.15"), step=60)}


class PriceList(BaseModel):
    """By what consumes and what is counted of it; what is not named costs nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    generation: Prices = {}
    caption: Prices = _CAPTION
    overlay: Prices = {}
    actor: Prices = {}
    speech: Prices = {}

    def of(self, consumer: Consumer) -> Prices:
        found: Prices = getattr(self, consumer.value)
        return found


@cache
def parse(given: str | None) -> PriceList:
    """A price list in JSON, or in the TOML file that is named; None: the usual one.

    Raises ValueError that says what is wrong.
    """
    if given is None:
        return PriceList()
    if given.lstrip().startswith("{"):
        return PriceList.model_validate_json(given)
    try:
        text = Path(given).expanduser().read_text("utf-8")
    except OSError as error:
        raise ValueError(f"the file {given} cannot be read: {error.strerror}") from None
    return PriceList.model_validate(tomllib.loads(text, parse_float=Decimal))


def money(amount: Decimal) -> str:
    """The amount with two decimals, or with as many more as it takes to be exact."""
    exact = amount.normalize()
    exponent = exact.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return f"{exact:.{max(2, decimals)}f}"
