"""The worker that runs beside a server."""

import os
import signal
import subprocess
import sys

from morgana import jobs
from tests.jobs.bench import DEADLINE, Bench, alive, eventually

_SERVER = """
import signal, threading
from morgana.jobs import supervisor
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
with supervisor.worker(stop.set):
    stop.wait()
"""


def _server(bench: Bench) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", _SERVER])
    bench.workers.append(process)
    return process


def _worker(bench: Bench, other_than: int | None = None) -> int:
    """Process id of a living worker, as its lock says."""
    found: list[int] = []

    def look() -> bool:
        texts = [lock.read_text().partition("\n")[0] for lock in (bench.data / "workers").glob("*.lock")]
        found[:] = [int(text) for text in texts if text and int(text) != other_than and alive(int(text))]
        return bool(found)

    eventually(look, "a worker is there")
    return found[0]


def test_a_worker_that_dies_is_replaced(bench: Bench) -> None:
    server = _server(bench)
    first = _worker(bench)
    os.kill(first, signal.SIGKILL)
    second = _worker(bench, other_than=first)
    server.send_signal(signal.SIGTERM)
    assert server.wait(DEADLINE) == 0
    assert not alive(second)
    assert not jobs.worker_alive()


def test_a_worker_dies_with_its_server(bench: Bench) -> None:
    server = _server(bench)
    worker = _worker(bench)
    server.kill()
    eventually(lambda: not alive(worker), "the worker dies with the server")
    assert not jobs.worker_alive()
