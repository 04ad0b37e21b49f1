"""The database: opened once per process, brought up to date on opening, and used in short transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from morgana.settings import data_folder, settings

_BUSY_SECONDS = 20
_MIGRATION_LOCK = 0x6D6F7267  # any constant, the same in every process: "morg"
_opening = Lock()  # a cache alone lets two threads open two engines
_current: ContextVar[Session | None] = ContextVar("session", default=None)


def engine() -> Engine:
    """The engine for the configured database, its schema up to date."""
    with _opening:
        return _open(_url())


def migrate() -> None:
    """Bring the configured database to the newest schema. Opening it does the same."""
    engine()


def check() -> None:
    """Raise an exception if the database cannot be read."""
    with reading() as session:
        session.execute(text("SELECT 1"))


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction for reading and writing; calls inside an open one join it and commit with it."""
    if (current := _current.get()) is not None:
        yield current
        return
    # SQLite refuses to turn a read lock into a write lock once another has written: ask for it at once.
    with _session(engine().execution_options(writes=True)) as session:
        token = _current.set(session)
        try:
            yield session
        finally:
            _current.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """A short transaction that only reads; inside `transaction` it sees what that has written."""
    if (current := _current.get()) is not None:
        yield current
        return
    with _session(engine()) as session:
        yield session


@contextmanager
def _session(bind: Engine) -> Iterator[Session]:
    with Session(bind, expire_on_commit=False) as session, session.begin():
        yield session


def _url() -> URL:
    given = settings().database_url
    if given is None:
        return URL.create("sqlite", database=str(settings().data / "morgana.db"))
    url = make_url(given)
    return url if url.drivername == "sqlite" else url.set(drivername="postgresql+psycopg")


@cache
def _open(url: URL) -> Engine:
    opened = _open_sqlite(url) if url.drivername == "sqlite" else _open_postgres(url)
    with opened.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        _upgrade(connection)
    return opened


def _open_postgres(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True)


def _open_sqlite(url: URL) -> Engine:
    data_folder()
    opened = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(opened, "connect", _prepare_sqlite)
    event.listen(opened, "begin", _begin_sqlite)
    return opened


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a job that was accepted survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: Connection, revision: str = "head") -> None:
    command.upgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "morgana.store:migrations")
    config.attributes["connection"] = connection
    return config
