"""The locks of workers on many machines, in the PostgreSQL that they share."""

import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from morgana.jobs.liveness import Held

# The first of the two keys of our locks. Not the one that the store's migrations lock by.
_NAMESPACE = 0x6D6F726A


@dataclass(frozen=True)
class PostgresLiveness:
    """One session-level advisory lock per worker: for workers on many machines."""

    url: str  # as libpq takes it

    @contextmanager
    def hold(self, executor: str) -> Iterator[Held]:
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute("SELECT pg_advisory_lock(%s, %s)", (_NAMESPACE, _key(executor)))
            yield _HeldSession(session)

    def living(self, executors: Collection[str]) -> set[str]:
        query = """SELECT objid::bigint FROM pg_locks
                   WHERE locktype = 'advisory' AND granted AND classid = %s
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
        with psycopg.connect(self.url, autocommit=True) as session:
            locked = {key for (key,) in session.execute(query, (_NAMESPACE,))}
        return {executor for executor in executors if _key(executor) % 2**32 in locked}  # as an unsigned oid


@dataclass(frozen=True)
class _HeldSession:
    session: "psycopg.Connection[tuple[bool]]"

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
