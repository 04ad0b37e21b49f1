"""How much each owner keeps."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from morgana.store import blobs
from morgana.store.database import reading
from morgana.store.records import Owner, Resource
from morgana.store.tables import JobRow

_ROWS_AT_A_TIME = 1000


@dataclass(slots=True)
class Holding:
    """What one owner keeps; of `None`, the blobs of no record, which `store.sweep` deletes in time.

    size: bytes of all files. A copy counts like what it was made of, although a folder keeps its bytes once.
    """

    owner: Owner | None
    records: Counter[Resource] = field(default_factory=Counter)
    files: int = 0
    size: int = 0

    def add(self, files: int, size: int) -> None:
        self.files += files
        self.size += size


def by_owner() -> list[Holding]:
    """What each owner keeps, the largest first. Every blob is looked at, which takes a while for many."""
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for key, size in blobs.sizes():
        job_id = blobs.record_id(key)
        files[job_id] += 1
        sizes[job_id] += size
    holdings: dict[Owner | None, Holding] = {}
    with reading() as session:
        query = select(JobRow.id, JobRow.resource, JobRow.user_id, JobRow.org_id)
        for job_id, resource, user, org in session.execute(query).yield_per(_ROWS_AT_A_TIME):
            owner = Owner(user, org)
            holding = holdings.setdefault(owner, Holding(owner))
            holding.records[Resource(resource)] += 1
            holding.add(files.pop(job_id, 0), sizes.pop(job_id, 0))
    if files:
        holdings[None] = Holding(None, files=files.total(), size=sizes.total())
    return sorted(holdings.values(), key=lambda holding: holding.size, reverse=True)
