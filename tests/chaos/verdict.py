"""Whether every accepted job ended once, and every file belongs to a record."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from morgana import store
from morgana.store import Kind, Owner, sweeping
from tests.chaos.orders import OWNERS, Order

Record = store.Video | store.Actor | store.TextOverlay
_ENDS = ("job finished", "job refused", "job given up")
_PAGE = 1000


@dataclass(frozen=True)
class Verdict:
    """How the jobs of one installation ended. The lists are of what must not be."""

    orders: Sequence[Order]
    lost: list[str]
    doubled: list[str]
    stuck: list[str]
    went_back: list[str]
    unlike: list[str]  # ended in another way than the job was to, through no fault that was injected
    orphans: list[str]
    swept: int
    problems: list[str]

    @property
    def faults(self) -> list[str]:
        return [
            *(f"lost: {one}" for one in self.lost),
            *(f"doubled: {one}" for one in self.doubled),
            *(f"stuck: {one}" for one in self.stuck),
            *(f"progress went back: {one}" for one in self.went_back),
            *(f"not as told: {one}" for one in self.unlike),
            *(f"neither referenced nor swept: {one}" for one in self.orphans),
            *self.problems,
        ]

    def ended(self, *statuses: str) -> list[Order]:
        return [order for order in self.orders if order.status in statuses]


def judge(
    orders: Sequence[Order], unfinished: Iterable[Order], problems: list[str], log: Path, data: Path
) -> Verdict:
    """To be called when every process has ended, with the settings of theirs."""
    records = {record.id: record for record in _records()}
    known = {order.id for order in orders}
    sweeping._GRACE = timedelta(0)
    swept = store.sweep()
    return Verdict(
        orders=orders,
        lost=[reason for order in orders if (reason := _lost(order, records.get(order.id)))],
        doubled=[*(records.keys() - known), *_ended_twice(log)],
        stuck=[order.id for order in unfinished],
        went_back=[order.id for order in orders if order.progress != sorted(order.progress)],
        unlike=[reason for order in orders if (reason := _unlike(order))],
        orphans=_orphans(records.values(), data),
        swept=swept,
        problems=problems,
    )


def _records() -> list[Record]:
    found: list[Record] = []
    for user in OWNERS:
        owner = Owner(user)
        for table in (store.videos, store.actors, store.text_overlays):
            found += table.page(owner, limit=_PAGE)
    return [record for record in found if not getattr(record, "built_in", False)]


def _lost(order: Order, record: Record | None) -> str | None:
    if record is None:
        return None if order.status == "GONE" else f"{order.id} has no record"
    if record.status is store.Status.FAILED and not (record.error_code and record.error_message):
        return f"{order.id} failed without a reason"
    if record.status is not store.Status.COMPLETE:
        return None
    for key in record.outputs.values():
        if store.blobs.info(key) is None:
            return f"{order.id} has no {key}"
        if order.made is not None and store.blobs.read(key) != order.made:
            return f"{order.id} has something else in {key}"
    return None


def _unlike(order: Order) -> str | None:
    """Any job may fail after three faults; but none may succeed that cannot, or fail for another's reason."""
    ended = f"{order.name} ({order.deed}) is {order.status} ({order.error})"
    if order.cancelled and order.status in ("CANCELLED", "GONE"):
        return None
    if order.status == "FAILED":
        allowed = {"internal_error"} | ({"audio_silent"} if order.deed == "refuse" else set())
        return None if order.error in allowed else ended
    finished = order.status == ("READY" if order.kind is Kind.ACTOR else "COMPLETE")
    return None if finished and order.deed in ("finish", "real") else ended


def _ended_twice(log: Path) -> list[str]:
    ends: Counter[str] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("{") and any(end in line for end in _ENDS):
            entry = json.loads(line)
            if entry["event"] in _ENDS:
                ends[entry["job_id"]] += 1
    # A built-in actor that failed is analysed again by the next server that starts.
    return [
        f"{job} ended {count} times" for job, count in ends.items() if count > 1 and job not in _built_in()
    ]


def _orphans(records: Iterable[Record], data: Path) -> list[str]:
    named = {key for record in records for key in record.blobs()}
    kept = {key for key, _ in store.blobs.stored() if store.blobs.record_id(key) not in _built_in()}
    scratch = [str(path) for path in (data / "scratch").glob("*/*")]
    uploads = [str(path) for path in (data / "uploads").glob("*")]
    return [*(kept - named), *scratch, *uploads]


def _built_in() -> set[str]:
    return {store.demo.ID, *store.persons.persons()}
