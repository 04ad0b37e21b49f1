"""Keep one worker process running beside the server: restarted if it dies, gone when the server is."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

_POLL_SECONDS = 0.1
_RESTART_SECONDS, _MAX_RESTART_SECONDS = 0.5, 30.0
_STOP_SECONDS = 15.0
UNUSABLE = os.EX_CONFIG  # a worker's exit code if starting it again cannot help

log = structlog.get_logger()


@contextmanager
def worker(give_up: Callable[[], None]) -> Iterator[None]:
    """A worker process for as long as the block lasts; `give_up` is called if none can work here at all."""
    command = [sys.executable, "-m", "morgana.jobs.worker", "--parent", str(os.getpid())]
    stopping = threading.Event()
    # The thread that starts the worker must live on: the kernel takes its end for the server's.
    thread = threading.Thread(target=_keep, args=(command, stopping, give_up), name="worker-supervisor")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _keep(command: Sequence[str], stopping: threading.Event, give_up: Callable[[], None]) -> None:
    delay = _RESTART_SECONDS
    while not stopping.is_set():
        started = time.monotonic()
        # A session of its own: Ctrl-C reaches the server alone, which then stops the worker in order.
        process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
        while process.poll() is None and not stopping.wait(_POLL_SECONDS):
            pass
        if stopping.is_set():
            _stop(process)
            return
        if process.returncode == UNUSABLE:
            give_up()
            return
        # One that cannot even start is not started again and again without a pause.
        lasted = time.monotonic() - started > _MAX_RESTART_SECONDS
        delay = _RESTART_SECONDS if lasted else min(2 * delay, _MAX_RESTART_SECONDS)
        log.error("worker died; starting another", exit_code=process.returncode)
        stopping.wait(delay)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
