"""What each worker says of itself. Whether it is alive, its lock says, not its row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from morgana.store.database import reading, transaction
from morgana.store.records import Kind
from morgana.store.tables import WorkerRow, now, to_datetime


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker. `takes` has, by kind, the newest version of what a job is given that it understands.

    host: the machine that it runs on. version: of its program. sandbox: how its jobs are kept.
    """

    id: str
    takes: Mapping[str, int]  # by `Kind`, or by one of a later release
    sandbox: str
    host: str
    version: str
    started_at: datetime

    def can_do(self, kind: Kind, payload: int) -> bool:
        return self.takes.get(kind, 0) >= payload


def announce(worker: str, takes: Mapping[Kind, int], sandbox: str, host: str, version: str) -> None:
    """Say that a worker takes jobs from now on."""
    row = WorkerRow(
        id=worker, takes=dict(takes), sandbox=sandbox, host=host, version=version, started_at=now()
    )
    with transaction() as session:
        session.add(row)


def retire(worker: str) -> None:
    """Say that a worker takes nothing more."""
    with transaction() as session:
        session.execute(update(WorkerRow).where(WorkerRow.id == worker).values(takes={}))


def remove(worker: str) -> None:
    """Forget a worker that is gone."""
    with transaction() as session:
        session.execute(delete(WorkerRow).where(WorkerRow.id == worker))


def every() -> list[Worker]:
    """All workers, dead ones that nobody has buried yet among them, the oldest first."""
    with reading() as session:
        rows = session.scalars(select(WorkerRow).order_by(WorkerRow.started_at, WorkerRow.id))
        return [
            Worker(row.id, row.takes, row.sandbox, row.host, row.version, to_datetime(row.started_at))
            for row in rows
        ]
