"""`client.usage`: what was consumed, by day, and what it costs."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from morgana.client.objects import Object
from morgana.client.operations import M_co, Resource, operation
from morgana.client.transport import Request


class Usage(Object):
    """What was consumed in one way on one day. seconds: of film or sound."""

    date: date
    kind: str
    jobs: int = 0
    seconds: float = 0.0
    characters: int = 0
    items: int = 0
    cost: Decimal = Decimal(0)


class UsageReport(Object):
    """What was consumed from one day to another, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    currency: str | None = None
    cost: Decimal = Decimal(0)
    data: tuple[Usage, ...] = ()


class UsageLedger(Resource[M_co]):
    """What the key's owner consumed."""

    @operation
    async def retrieve(self, first: date | str | None = None, last: date | str | None = None) -> UsageReport:
        """By day (UTC) and kind, from the first day to the last; by default the last 30 days until today."""
        return await self._connection.fetch(UsageReport, _request("/v1/usage", first, last))

    @operation
    async def csv(self, first: date | str | None = None, last: date | str | None = None) -> str:
        """The same as a table (RFC 4180)."""
        return (await self._connection.send(_request("/v1/usage.csv", first, last))).decode()


def _request(url: str, first: date | str | None, last: date | str | None) -> Request:
    days = {"from": first, "to": last}
    return Request("GET", url, {name: str(day) for name, day in days.items() if day is not None})
