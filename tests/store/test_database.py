import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from morgana import store
from morgana.settings import settings
from morgana.store import database, videos, work
from morgana.store.tables import Base
from tests.store.conftest import ADA, created


@pytest.mark.usefixtures("db")
def test_the_migrations_make_exactly_the_tables_of_the_program() -> None:
    store.migrate()
    with database.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.usefixtures("db")
def test_an_error_does_not_tell_what_was_to_be_recorded() -> None:
    with database.engine().connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT :a FROM absent"), {"a": "https://hook.example/sesame"})
    assert "absent" in str(caught.value)
    assert "sesame" not in str(caught.value)


@pytest.mark.usefixtures("data")
def test_sqlite_is_set_up_to_lose_nothing_and_to_wait_for_others() -> None:
    with database.engine().connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
    database.engine().dispose()


@pytest.mark.usefixtures("db")
def test_several_processes_may_open_a_new_database_at_once() -> None:
    program = "from morgana import store; store.migrate(); print(store.keys.create('k', 'u')[0].id)"
    processes = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    outcomes = [(process.communicate(), process.returncode) for process in processes]
    assert [code for _, code in outcomes] == [0, 0, 0], outcomes
    assert {key.id for key in store.keys.list()} == {out.decode().strip() for (out, _), _ in outcomes}


def test_a_new_file_that_another_is_writing_first_is_waited_for(data: Path) -> None:
    data.mkdir(exist_ok=True)
    other = sqlite3.connect(data / "morgana.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.close)
    release.start()
    assert store.keys.create("k", "u")
    assert not release.is_alive()
    release.join()
    database.engine().dispose()


@pytest.mark.usefixtures("db")
def test_writers_wait_for_each_other() -> None:
    videos_made = [created() for _ in range(4)]

    def count_up(video: store.Video) -> list[bool]:
        return [work.set_progress(video.id, percent) for percent in range(1, 26)]

    with ThreadPoolExecutor(4) as threads:
        assert all(all(kept) for kept in threads.map(count_up, videos_made))
    assert [video.progress for video in videos.page(ADA)] == [25] * 4


@pytest.mark.usefixtures("db")
def test_readers_do_not_wait_for_a_writer() -> None:
    video = created()
    seen: list[store.Video | None] = []
    with store.transaction():
        work.cancel(video.id)
        reader = threading.Thread(target=lambda: seen.append(videos.get(ADA, video.id)))
        reader.start()
        reader.join(10)
    reader.join()
    assert seen == [video]


def test_a_database_that_cannot_be_opened_is_reported(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.parent.joinpath("data").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="data"):
        store.check()
    monkeypatch.setenv("MORGANA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    settings.cache_clear()
    with pytest.raises(Exception, match="refused"):
        store.check()
