"""Keep one worker process running beside the server: restarted if it dies, gone when the server is."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

_RESTART_SECONDS = 1.0
_STOP_SECONDS = 15.0

log = structlog.get_logger()


@contextmanager
def worker() -> Iterator[None]:
    """A worker process for as long as the block lasts."""
    command = [sys.executable, "-m", "morgana.jobs.worker", "--parent", str(os.getpid())]
    stopping = threading.Event()
    # The thread that starts the worker must live on: the kernel takes its end for the server's.
    thread = threading.Thread(target=_keep, args=(command, stopping), name="worker-supervisor")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _keep(command: Sequence[str], stopping: threading.Event) -> None:
    while not stopping.is_set():
        # A session of its own: Ctrl-C reaches the server alone, which then stops the worker in order.
        process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
        while process.poll() is None and not stopping.wait(0.25):
            pass
        if stopping.is_set():
            _stop(process)
            return
        log.error("worker died; starting another", exit_code=process.returncode)
        stopping.wait(_RESTART_SECONDS)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
