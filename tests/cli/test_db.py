"""`morgana db`, and what commands say of a database of another release."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from morgana.settings import settings
from morgana.store import database
from tests.cli.conftest import Run
from tests.store.conftest import postgres

__all__ = ["postgres"]

_MORGANA = str(Path(sys.executable).parent / "morgana")
_DEADLINE = 300.0


@pytest.fixture
def records(postgres: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[psycopg.Connection]":
    """An empty PostgreSQL database that the commands use, and a session in it."""
    name = f"db_{time.time_ns()}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = postgres.replace("/postgres?", f"/{name}?")
    monkeypatch.setenv("MORGANA_DATABASE_URL", url)
    settings.cache_clear()
    with psycopg.connect(url, autocommit=True) as session:
        yield session
    with suppress(database.SchemaError):
        database.engine().dispose()
    assert data.parent.exists()


def _become(records: "psycopg.Connection", revision: str) -> None:
    records.execute("UPDATE alembic_version SET version_num = %s", [revision])
    with suppress(database.SchemaError):
        database.engine().dispose()
    database._open.cache_clear()


def _refusal(*command: str) -> str:
    ended = subprocess.run(
        [_MORGANA, *command], capture_output=True, text=True, timeout=_DEADLINE, check=False
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_an_empty_database_is_set_up_and_told_of(
    records: "psycopg.Connection", morgana: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert morgana("db", "current") == 1
    told = capfd.readouterr()
    assert told.out == "empty\n"
    assert "morgana db upgrade" in told.err
    assert morgana("db", "upgrade") == 0
    assert "it was empty" in capfd.readouterr().out
    assert morgana("db", "upgrade") == 0
    assert "already" in capfd.readouterr().out
    assert morgana("db", "current") == 0
    (revision,) = records.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    assert capfd.readouterr().out == f"{revision}\n"


def test_a_database_of_a_later_release_is_not_touched(
    records: "psycopg.Connection", morgana: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert morgana("db", "upgrade") == 0
    ours = database.schema().wanted
    _become(records, "9999")
    for command in (["db", "upgrade"], ["db", "current"], ["keys", "list"]):
        assert morgana(*command) == 1
        assert "later" in capfd.readouterr().err
    assert "of a later release than this program" in _refusal("worker")
    assert records.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    _become(records, ours)


def test_a_database_of_an_earlier_release_is_upgraded_when_that_is_asked_for(
    records: "psycopg.Connection", morgana: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    with database._exclusively() as connection:
        database._upgrade(connection, "0006")
    for command in (["keys", "list"], ["db", "current"]):
        assert morgana(*command) == 1
        assert "morgana db upgrade" in capfd.readouterr().err
    assert "morgana db upgrade" in _refusal("serve", "--no-worker", "--port", "0")
    assert records.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
    together = [subprocess.Popen([_MORGANA, "db", "upgrade"], env=os.environ) for _ in range(2)]
    assert [process.wait(_DEADLINE) for process in together] == [0, 0]
    assert morgana("db", "current") == 0


def test_a_database_in_a_file_is_upgraded_by_whoever_opens_it(
    data: Path, morgana: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    with database._exclusively() as connection:
        database._upgrade(connection, "0006")
    assert data.exists()
    assert morgana("keys", "list") == 0
    assert morgana("db", "current") == 0
    assert capfd.readouterr().err == ""
