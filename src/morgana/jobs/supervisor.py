"""Keep one worker process running beside the server: restarted if it dies, gone when the server is."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from morgana.settings import settings

_POLL_SECONDS = 0.1
_RESTART_SECONDS, _MAX_RESTART_SECONDS = 0.5, 30.0
_STOP_SECONDS = 15.0  # beyond those that the worker may go on for
UNUSABLE = os.EX_CONFIG  # a worker's exit code if starting it again cannot help

log = structlog.get_logger()


@dataclass
class Watch:
    """Over the worker process beside a server.

    hurried: whether the worker is to give back at once, at the end, what it has in hand. A plain value, for
    a handler of signals must take no lock.
    """

    stopping: threading.Event
    hurried: bool = False


@contextmanager
def worker(give_up: Callable[[], None]) -> Iterator[Watch]:
    """A worker process for as long as the block lasts; `give_up` is called if none can work here at all.

    At the end of the block the worker finishes what it has in hand, if that does not take too long.
    """
    command = [sys.executable, "-m", "morgana.jobs.worker", "--parent", str(os.getpid())]
    watch = Watch(threading.Event())
    # The thread that starts the worker must live on: the kernel takes its end for the server's.
    thread = threading.Thread(target=_keep, args=(command, watch, give_up), name="worker-supervisor")
    thread.start()
    try:
        yield watch
    finally:
        watch.stopping.set()
        thread.join()


def _keep(command: Sequence[str], watch: Watch, give_up: Callable[[], None]) -> None:
    delay = _RESTART_SECONDS
    while not watch.stopping.is_set():
        started = time.monotonic()
        # A session of its own: Ctrl-C reaches the server alone, which then stops the worker in order.
        process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
        while process.poll() is None and not watch.stopping.wait(_POLL_SECONDS):
            pass
        if watch.stopping.is_set():
            _stop(process, watch)
            return
        if process.returncode == UNUSABLE:
            give_up()
            return
        # One that cannot even start is not started again and again without a pause.
        lasted = time.monotonic() - started > _MAX_RESTART_SECONDS
        delay = _RESTART_SECONDS if lasted else min(2 * delay, _MAX_RESTART_SECONDS)
        log.error("worker died; starting another", exit_code=process.returncode)
        watch.stopping.wait(delay)


def _stop(process: "subprocess.Popen[bytes]", watch: Watch) -> None:
    process.terminate()
    deadline = time.monotonic() + settings().drain_seconds + _STOP_SECONDS
    told = False
    while process.poll() is None and time.monotonic() < deadline:
        if watch.hurried and not told:
            process.terminate()  # which it takes for: at once
            told = True
        time.sleep(_POLL_SECONDS)
    process.kill()
    process.wait()
