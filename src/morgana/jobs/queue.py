"""The durable queue: a thin face over DBOS, which keeps it in SQLite or PostgreSQL.

The store's jobs table is the truth that clients see; the queue only says what is to be run. One run of a
job is one entry, named `JOB.ATTEMPT`. Entries are never resumed in place: a run that was cut short is
closed and the next attempt enqueued under the next number, so that enqueuing twice is harmless and
the attempts can be counted.
"""

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowStatus

APPLICATION = "morgana"
QUEUE = "jobs"
WORKFLOW = "run"
POLL_SECONDS = 0.2
# Entries are only taken by workers of the same version; a fixed one survives upgrades of the code.
_VERSION = "1"
_WAITING = ["ENQUEUED", "DELAYED"]  # the latter by an earlier release
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_KEEP = timedelta(days=1)
_BATCH = 500
_FIRST, _AGAIN = 2, 1  # priorities: a job that was cut short goes before those that have not begun


class End(StrEnum):
    """How a run ended, as the queue remembers it."""

    CLOSED = "closed"  # the row is final, or no longer there
    CRASHED = "crashed"
    HINDERED = "hindered"  # a store was away, or the disk full
    INTERRUPTED = "interrupted"  # the worker was stopped


@dataclass(frozen=True)
class Attempts:
    """What the queue knows of one job."""

    last: int  # number of the latest attempt; 0 if there is none
    crashes: int
    live: bool  # whether an attempt is waiting or running
    hindrances: int = 0
    # Seconds since the latest one ended; negative if the clock was set back since.
    ended_ago: float = field(default=0.0, compare=False)


def prepare(url: str) -> None:
    """Create or upgrade the queue's own tables."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        with sqlite3.connect(path, timeout=30) as database:
            database.execute("PRAGMA journal_mode=WAL")
        database.close()
    DBOS.migrate(url)


def config(url: str, executor: str) -> DBOSConfig:
    """How a worker's own DBOS is set up: quiet, and telling nobody outside."""
    return {
        "name": APPLICATION,
        "system_database_url": url,
        "executor_id": executor,
        "application_version": _VERSION,
        "log_level": "ERROR",
        "enable_otlp": False,
        "run_migrations": False,
    }


class Queue:
    """The queue as seen from outside a run."""

    def __init__(self, url: str) -> None:
        prepare(url)
        self._client = DBOSClient(system_database_url=url, application_name=APPLICATION)

    def close(self) -> None:
        self._client.destroy()

    def enqueue(self, job: str, attempt: int = 1) -> None:
        """Add an attempt; does nothing if it is already there."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": f"{job}.{attempt}",
            "app_version": _VERSION,
            "priority": _FIRST if attempt == 1 else _AGAIN,
        }
        self._client.enqueue(options, job)

    def cancel(self, job: str) -> None:
        """Take out whatever waits for `job`."""
        entries = self._client.list_workflows(
            workflow_id_prefix=f"{job}.", status=_WAITING, load_input=False, load_output=False
        )
        self._cancel(entries)

    def live(self) -> set[str]:
        """Every job that waits or runs."""
        entries = self._client.list_workflows(
            status=[*_WAITING, "PENDING"], load_input=False, load_output=False
        )
        return {_job(entry) for entry in entries}

    def executors(self) -> set[str]:
        """The workers that have, or had when they died, a job in hand."""
        entries = self._client.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {entry.executor_id for entry in entries if entry.executor_id}

    def interrupt(self, executor: str) -> set[str]:
        """Close the runs that a dead worker left, and name their jobs."""
        entries = self._client.list_workflows(
            status="PENDING", executor_id=executor, load_input=False, load_output=False
        )
        self._cancel(entries)
        return {_job(entry) for entry in entries}

    def attempts(self, job: str) -> Attempts:
        entries = self._client.list_workflows(workflow_id_prefix=f"{job}.", load_input=False)
        latest = max(entries, key=_attempt, default=None)
        return Attempts(
            last=0 if latest is None else _attempt(latest),
            crashes=sum(entry.status == "ERROR" or entry.output == End.CRASHED for entry in entries),
            live=any(entry.status not in _ENDED for entry in entries),
            hindrances=sum(entry.output == End.HINDERED for entry in entries),
            ended_ago=0.0 if latest is None else time.time() - (latest.updated_at or 0) / 1000,
        )

    def forget(self) -> None:
        """Drop entries that ended long ago."""
        before = (datetime.now(UTC) - _KEEP).isoformat()
        entries = self._client.list_workflows(
            status=_ENDED, completed_before=before, limit=_BATCH, load_input=False, load_output=False
        )
        if entries:
            self._client.delete_workflows([entry.workflow_id for entry in entries])

    def _cancel(self, entries: Iterable[WorkflowStatus]) -> None:
        names = [entry.workflow_id for entry in entries]
        if names:
            self._client.cancel_workflows(names)


def _job(entry: WorkflowStatus) -> str:
    return entry.workflow_id.rpartition(".")[0]


def _attempt(entry: WorkflowStatus) -> int:
    return int(entry.workflow_id.rpartition(".")[2])
