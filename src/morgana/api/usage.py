"""`/v1/usage`: what the owner of a key consumed, by day, and what that costs."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from morgana import prices, store
from morgana.api.errors import documented, problem
from morgana.api.limits import Polling
from morgana.prices import Consumer, money
from morgana.settings import settings

router = APIRouter(prefix="/v1", tags=["Usage"])

_USUAL: Final = timedelta(days=29)  # back from the last day
_LONGEST: Final = timedelta(days=366)
_COLUMNS: Final = ("date", "kind", "jobs", "seconds", "characters", "items", "cost")


def _written(given: object) -> object:
    """Only dates: numbers would be taken for times."""
    if isinstance(given, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("a date is written as 2026-01-31")
    return given


_Day = Annotated[date | None, BeforeValidator(_written)]


class UsageEntry(BaseModel):
    """What was consumed in one way on one day."""

    date: str = Field(description="The day, UTC", examples=["2026-01-31"])
    kind: Consumer = Field(description="A kind of job, or speech that a client waited for")
    jobs: int = Field(description="How many there were; those that failed or were cancelled do not count")
    seconds: float = Field(
        description="Of the film that was sent (captions, overlays) or made (generation); of sound (speech)"
    )
    characters: int = Field(description="That were spoken")
    items: int = Field(description="Films, portraits or speeches that were made")
    cost: str = Field(description="A decimal number, exact", examples=["0.45"])


class UsageReport(BaseModel):
    """What was consumed from one day to another, both included."""

    object: Literal["usage"] = "usage"
    from_: str = Field(alias="from", description="The first day, UTC")
    to: str = Field(description="The last day, UTC")
    currency: str = Field(description="Of all costs", examples=["USD"])
    cost: str = Field(description="Of everything, a decimal number, exact", examples=["1.05"])
    data: list[UsageEntry] = Field(description="By day, then by kind; days without usage are not there")


class Days(BaseModel):
    """Which days are asked for."""

    first: date
    last: date


def _days(
    first: Annotated[_Day, Query(alias="from", description="First day, UTC; 29 days before `to`")] = None,
    last: Annotated[_Day, Query(alias="to", description="Last day, UTC; today")] = None,
) -> Days:
    last = last or datetime.now(UTC).date()
    if first is None:
        first = max(last, date.min + _USUAL) - _USUAL
    if first > last:
        raise _refused("from", "The first day is after the last. Send from before to")
    if last - first > _LONGEST:
        raise _refused("from", f"At most {_LONGEST.days} days can be asked for at once. Ask in parts")
    return Days(first=first, last=last)


def _refused(field: str, message: str) -> RequestValidationError:
    return RequestValidationError([problem(("query", field), "date_range", message)])


AskedDays = Annotated[Days, Depends(_days)]


@router.get("/usage", summary="Retrieve Usage", operation_id="getUsage", responses=documented(401))
def get_usage(owner: Polling, days: AskedDays) -> UsageReport:
    """Beyond the contract: what this API key's user and organisation consumed, by day, and what it costs."""
    used = store.usage.of(owner, days.first, days.last, _prices())
    return UsageReport.model_validate(
        {
            "from": days.first.isoformat(),
            "to": days.last.isoformat(),
            "currency": _prices().currency,
            "cost": money(sum((one.cost for one in used), Decimal(0))),
            "data": [_entry(one) for one in used],
        }
    )


@router.get(
    "/usage.csv",
    summary="Retrieve Usage as CSV",
    operation_id="getUsageCsv",
    response_class=Response,
    responses=documented(401) | {200: {"description": "The same as CSV", "content": {"text/csv": {}}}},
)
def get_usage_csv(owner: Polling, days: AskedDays) -> Response:
    """Beyond the contract: what was consumed, as a table (RFC 4180) with a line for each day and kind."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow((*_COLUMNS, "currency"))
    for one in store.usage.of(owner, days.first, days.last, _prices()):
        entry = _entry(one).model_dump(mode="json")
        table.writerow((*(entry[column] for column in _COLUMNS), _prices().currency))
    name = f"usage-{days.first.isoformat()}-{days.last.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file.getvalue(), media_type="text/csv; header=present", headers=headers)


def _prices() -> prices.PriceList:
    return prices.parse(settings().prices)


def _entry(one: store.usage.Usage) -> UsageEntry:
    return UsageEntry(
        date=one.day.isoformat(),
        kind=one.consumer,
        jobs=one.jobs,
        seconds=float(one.seconds),
        characters=one.characters,
        items=one.items,
        cost=money(one.cost),
    )
