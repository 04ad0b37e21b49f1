"""Who is alive, on one machine and on many."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from morgana.jobs.liveness import FileLiveness, Liveness
from morgana.jobs.postgres import PostgresLiveness
from tests.jobs.bench import DEADLINE, eventually

_HOLDER = """
import signal
from morgana.jobs.liveness import FileLiveness
from morgana.jobs.postgres import PostgresLiveness
from pathlib import Path as PosixPath
with {liveness!r}.hold("holder"):
    print("held", flush=True)
    signal.pause()
"""


@pytest.fixture(params=["files", "postgresql"])
def liveness(request: pytest.FixtureRequest, tmp_path: Path) -> Liveness:
    if request.param == "files":
        return FileLiveness(tmp_path)
    return PostgresLiveness(request.getfixturevalue("postgres"))


@pytest.fixture
def holder(liveness: Liveness) -> "Iterator[subprocess.Popen[str]]":
    """Another process that is the worker `holder`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER.format(liveness=liveness)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_worker_is_alive_until_it_is_killed(liveness: Liveness, holder: "subprocess.Popen[str]") -> None:
    assert liveness.living(["holder", "never seen"]) == {"holder"}
    holder.kill()
    assert holder.wait(DEADLINE)
    eventually(lambda: not liveness.living(["holder"]), "nobody is alive")


def test_the_dead_are_told_from_the_living(liveness: Liveness, holder: "subprocess.Popen[str]") -> None:
    with liveness.hold("me") as mine:
        assert not mine.dead("holder")
        holder.kill()
        eventually(lambda: mine.dead("holder"), "the worker is found dead")
        assert mine.dead("holder")
        assert mine.dead("never seen")
        assert not mine.lost()


def test_a_worker_whose_connection_broke_knows_it(postgres: str) -> None:
    with PostgresLiveness(postgres).hold("me") as mine:
        assert not mine.lost()
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        assert mine.lost()


def test_the_files_of_the_dead_are_tidied_up(tmp_path: Path) -> None:
    liveness = FileLiveness(tmp_path)
    (tmp_path / "dead.lock").write_text("1\n")
    with liveness.hold("living"), liveness.hold("me"):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["living.lock", "me.lock"]
    assert list(tmp_path.iterdir()) == []
