"""The ledger: what each finished job, and each speech, consumed. It outlives what was made.

The row of a job is written in the transaction that completes it, so that there is one for each job that
was completed, and none for any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, literal, select

from morgana.prices import Consumer, Measure, PriceList
from morgana.store.database import reading, transaction
from morgana.store.records import Facts, Kind, Owner
from morgana.store.tables import JobRow, UsageRow, now

_DAY = timedelta(days=1) // timedelta(microseconds=1)
_EPOCH = date(1970, 1, 1)
_SECOND = 1000  # of the ledger's milliseconds
_COUNTED = {
    Measure.SECONDS: UsageRow.milliseconds,
    Measure.CHARACTERS: UsageRow.characters,
    Measure.ITEMS: UsageRow.items,
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What one owner consumed in one way on one day (UTC). cost: in the currency of the price list, exact."""

    day: date
    owner: Owner
    consumer: Consumer
    jobs: int
    seconds: Decimal
    characters: int
    items: int
    cost: Decimal


def charge(job_id: str, facts: Facts | None, failed: int = 0) -> None:
    """Note what a job consumed. Call it in the transaction that completes the job, once it is completed.

    failed: how many of the things that it was to make it did not make.
    """
    with transaction() as session:
        query = select(JobRow.user_id, JobRow.org_id, JobRow.kind, JobRow.options, JobRow.completed_at)
        user, org, kind, options, completed_at = session.execute(query.where(JobRow.id == job_id)).one()
        items = len(options["items"]) - failed if kind == Kind.OVERLAY else 1
        if items and user:  # the built-in actors are nobody's
            session.add(
                UsageRow(
                    job_id=job_id,
                    user_id=user,
                    org_id=org,
                    kind=Consumer(kind),
                    completed_at=completed_at,
                    milliseconds=0 if facts is None else round(facts.seconds * _SECOND),
                    characters=len(options.get("script") or ""),
                    items=items,
                )
            )


def charge_speech(owner: Owner, characters: int, seconds: float) -> None:
    """Note what was spoken while a client waited. seconds: of sound."""
    with transaction() as session:
        session.add(
            UsageRow(
                user_id=owner.user,
                org_id=owner.org,
                kind=Consumer.SPEECH,
                completed_at=now(),
                milliseconds=round(seconds * _SECOND),
                characters=characters,
                items=1,
            )
        )


def of(owner: Owner, first: date, last: date, prices: PriceList) -> list[Usage]:
    """What the owner consumed from one day to another, both included, by day and what consumed it."""
    theirs = (UsageRow.user_id == owner.user) & (UsageRow.org_id == owner.org)
    return _between(theirs, first, last, prices)


def of_all(first: date, last: date, prices: PriceList) -> list[Usage]:
    """The same of every owner, for whoever runs the service."""
    return _between(literal(value=True), first, last, prices)


def _between(condition: ColumnElement[bool], first: date, last: date, prices: PriceList) -> list[Usage]:
    day = (UsageRow.completed_at // _DAY).label("day")
    whose = (UsageRow.user_id, UsageRow.org_id)
    sums = [func.sum(column) for column in _COUNTED.values()]
    begun = [func.sum(_steps(measure, prices)) for measure in Measure]
    query = (
        select(day, UsageRow.kind, *whose, func.count(), *sums, *begun)
        .where(
            condition,
            UsageRow.completed_at >= (first - _EPOCH).days * _DAY,
            UsageRow.completed_at < ((last - _EPOCH).days + 1) * _DAY,
        )
        .group_by(day, UsageRow.kind, *whose)
        .order_by(day, UsageRow.kind, *whose)
    )
    with reading() as session:
        return [_usage(prices, *row) for row in session.execute(query)]


def _steps(measure: Measure, prices: PriceList) -> ColumnElement[int]:
    """How many steps of what a row counts were begun, at the size that they have for it in the price list."""
    sizes = {
        consumer.value: price[measure].step * (_SECOND if measure is Measure.SECONDS else 1)
        for consumer in Consumer
        if measure in (price := prices.of(consumer))
    }
    column = _COUNTED[measure]
    if not sizes:
        return literal(0)
    size = case(sizes, value=UsageRow.kind, else_=1)
    return (column + size - 1) // size


def _usage(
    prices: PriceList,
    day: int,
    kind: str,
    user: str,
    org: str,
    jobs: int,
    milliseconds: int,
    characters: int,
    items: int,
    *begun: int,
) -> Usage:
    consumer = Consumer(kind)
    counted: Mapping[Measure, int] = dict(zip(Measure, map(int, begun), strict=True))
    costs = (price.price * counted[measure] for measure, price in prices.of(consumer).items())
    return Usage(
        day=_EPOCH + timedelta(days=day),
        owner=Owner(user, org),
        consumer=consumer,
        jobs=jobs,
        seconds=Decimal(int(milliseconds)) / _SECOND,
        characters=int(characters),
        items=int(items),
        cost=sum(costs, Decimal(0)),
    )
