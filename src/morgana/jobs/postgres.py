"""The locks of workers on many machines, in the PostgreSQL that they share."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from morgana.jobs.liveness import Held

# The first of the two keys of our locks. Not the one that the store's migrations lock by.
_NAMESPACE = 0x6D6F726A
# How a session that holds a lock is named once its worker takes jobs; PostgreSQL keeps 63
# characters of a name, all ASCII.
_TAKES_JOBS = "morgana worker: "
_LONGEST_NAME = 63


@dataclass(frozen=True)
class PostgresLiveness:
    """One session-level advisory lock per worker: for workers on many machines."""

    url: str  # as libpq takes it

    @contextmanager
    def hold(self, executor: str) -> Iterator[Held]:
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute("SELECT pg_advisory_lock(%s, %s)", (_NAMESPACE, _key(executor)))
            yield _HeldSession(session)

    def sandboxes(self) -> list[str]:
        query = """SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
                   WHERE locktype = 'advisory' AND granted AND classid = %s
                   AND starts_with(application_name, %s)
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
        with psycopg.connect(self.url, autocommit=True) as session:
            rows = session.execute(query, (_NAMESPACE, _TAKES_JOBS)).fetchall()
        return [str(name).removeprefix(_TAKES_JOBS) for (name,) in rows]


@dataclass(frozen=True)
class _HeldSession:
    session: "psycopg.Connection[tuple[bool]]"

    def announce(self, sandbox: str) -> None:
        name = (_TAKES_JOBS + sandbox)[:_LONGEST_NAME]
        self.session.execute("SELECT set_config('application_name', %s, false)", (name,))

    def lost(self) -> bool:
        try:
            self.session.execute("SELECT true")
        except psycopg.Error:
            return True
        return False

    def dead(self, executor: str) -> bool:
        keys = (_NAMESPACE, _key(executor))
        row = self.session.execute("SELECT pg_try_advisory_lock(%s, %s)", keys).fetchone()
        if row is None or not row[0]:
            return False
        self.session.execute("SELECT pg_advisory_unlock(%s, %s)", keys)
        return True


def _key(executor: str) -> int:
    """The executor's name as PostgreSQL's signed 32-bit lock key."""
    return zlib.crc32(executor.encode()) - 2**31
