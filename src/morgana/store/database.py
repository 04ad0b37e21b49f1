"""The database: opened once per process, brought up to date on opening, and used in short transactions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from morgana.settings import data_folder, settings

_BUSY_SECONDS = 20
_MIGRATION_LOCK = 0x6D6F7267  # any constant, the same in every process: "morg"
_opening = Lock()  # a cache alone lets two threads open two engines
_current: ContextVar[Session | None] = ContextVar("session", default=None)


class SchemaError(Exception):
    """The database is of another release; the message says what to do about it."""


@dataclass(frozen=True)
class Schema:
    """Which schema the database has, None if it is empty, and which one this program works with."""

    found: str | None
    wanted: str
    known: bool  # whether this program knows the one that was found


def engine() -> Engine:
    """The engine for the configured database, its schema the one that the program works with.

    An empty database is set up, and one in a file is upgraded, for nobody else can be using it in an earlier
    release. Raises SchemaError if the database is another's to upgrade, or of a later release.
    """
    with _opening:
        return _open(_url())


def migrate() -> None:
    """Open the configured database, and set it up if need be. Raises SchemaError, like `engine`."""
    engine()


def upgrade() -> Schema:
    """Bring the configured database to the schema of this program; what there was before.

    Any number of processes may do so at once. Raises SchemaError if it is of a later release.
    """
    with _exclusively() as connection:
        schema = _schema(connection)
        _check_known(schema)
        _upgrade(connection)
    return schema


def schema() -> Schema:
    """What the configured database has, whatever it is."""
    with _exclusively() as connection:
        return _schema(connection)


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
    opened = _connect(url)
    try:
        with _locked(opened) as connection:
            schema = _schema(connection)
            _check_known(schema)
            if schema.found is None or url.drivername == "sqlite":
                _upgrade(connection)
            elif schema.found != schema.wanted:
                raise SchemaError(
                    f"The database has schema {schema.found} and this program needs {schema.wanted}. Run "
                    "`morgana db upgrade` once; servers and workers that run go on while it does."
                )
    except BaseException:
        opened.dispose()
        raise
    return opened


@contextmanager
def _exclusively() -> Iterator[Connection]:
    opened = _connect(_url())
    try:
        with _locked(opened) as connection:
            yield connection
    finally:
        opened.dispose()


@contextmanager
def _locked(opened: Engine) -> Iterator[Connection]:
    """A transaction that no other process looks at or changes the schema beside."""
    with opened.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        yield connection


def _check_known(schema: Schema) -> None:
    if not schema.known:
        raise SchemaError(
            f"The database has schema {schema.found}, of a later release than this program, which knows none "
            f"after {schema.wanted}. Install that release here, or restore the database from before."
        )


def _schema(connection: Connection) -> Schema:
    script = ScriptDirectory.from_config(_config(connection))
    found = MigrationContext.configure(connection).get_current_revision()
    known = found is None or found in {revision.revision for revision in script.walk_revisions()}
    return Schema(found, script.get_current_head() or "", known)


def _connect(url: URL) -> Engine:
    return _open_sqlite(url) if url.drivername == "sqlite" else _open_postgres(url)


def _open_postgres(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)  # in errors, which are logged


def _open_sqlite(url: URL) -> Engine:
    data_folder()
    opened = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
    event.listen(opened, "connect", _prepare_sqlite)
    event.listen(opened, "begin", _begin_sqlite)
    return opened


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    _keep_a_log(connection)
    connection.execute("PRAGMA synchronous = FULL")  # a job that was accepted survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Write ahead to a log. SQLite does not wait for a process that is switching a new file to it too."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


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
