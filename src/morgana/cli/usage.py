"""`morgana usage`: what owners consumed, and what that costs."""

import csv
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from morgana import prices, store
from morgana.cli.console import open_data, table
from morgana.prices import money
from morgana.settings import settings
from morgana.store.usage import Usage


class By(StrEnum):
    """What a line is for."""

    OWNER = "owner"
    DAY = "day"
    KIND = "kind"


_NAMES: dict[By, tuple[str, ...]] = {By.OWNER: ("USER", "ORG"), By.DAY: ("DAY",), By.KIND: ("KIND",)}
_KEYS: dict[By, Callable[[Usage], tuple[str, ...]]] = {
    By.OWNER: lambda one: (one.owner.user, one.owner.org or "-"),
    By.DAY: lambda one: (one.day.isoformat(),),
    By.KIND: lambda one: (one.consumer.value,),
}
_FIGURES = ("JOBS", "SECONDS", "CHARACTERS", "ITEMS", "COST")


def usage(
    by: Annotated[
        list[By] | None,
        typer.Option(
            help="What each line is for; repeat it for each owner of each day.", show_default="owner"
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First day, UTC, as 2026-01-31; that of this month.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, UTC; today.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for programs.")] = False,  # noqa: FBT002
) -> None:
    """Print what was consumed, of every owner, and what it costs by MORGANA_PRICES."""
    end = datetime.now(UTC).date() if last is None else _day(last)
    begin = end.replace(day=1) if first is None else _day(first)
    if begin > end:
        raise typer.BadParameter("the first day is after the last", param_hint="--from")
    listed = prices.parse(settings().prices)
    open_data()
    by = list(dict.fromkeys(by or [By.OWNER]))
    names = [name for one in by for name in _NAMES[one]]
    rows = list(_rows(store.usage.of_all(begin, end, listed), by))
    if as_csv:
        heading = (*names, *_FIGURES, "CURRENCY")
        csv.writer(sys.stdout).writerows(
            [[name.lower() for name in heading], *((*row, listed.currency) for row in rows)]
        )
    else:
        typer.echo(table([(*names, *_FIGURES[:-1], f"{_FIGURES[-1]} ({listed.currency})"), *rows]))


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise typer.BadParameter(f"{given} is not a day, such as 2026-01-31") from None


def _rows(used: Iterable[Usage], by: Iterable[By]) -> Iterable[tuple[str, ...]]:
    """A line for each name, and its sums."""
    groups: dict[tuple[str, ...], list[Usage]] = {}
    for one in used:
        groups.setdefault(tuple(part for each in by for part in _KEYS[each](one)), []).append(one)
    for name, group in sorted(groups.items()):
        yield (
            *name,
            str(sum(one.jobs for one in group)),
            f"{sum((one.seconds for one in group), Decimal(0)):f}",
            str(sum(one.characters for one in group)),
            str(sum(one.items for one in group)),
            money(sum((one.cost for one in group), Decimal(0))),
        )
