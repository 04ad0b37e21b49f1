"""The jobs that a worker has in hand, each in a thread of its own."""

import threading
from collections.abc import Callable


class Hands:
    """As many jobs at a time as the worker may do. Used by one thread; the jobs' own are told nothing."""

    def __init__(self, most: int, do: Callable[[str], object]) -> None:
        self._most = most
        self._do = do
        self._threads: dict[str, threading.Thread] = {}
        self._emptied = threading.Event()

    def take(self, job_id: str) -> None:
        """Begin a job. There must be room for it."""
        thread = threading.Thread(target=self._work, args=(job_id,), name=job_id)
        self._threads[job_id] = thread
        thread.start()

    def full(self) -> bool:
        return len(self.jobs()) >= self._most

    def jobs(self) -> set[str]:
        """The jobs that are being done."""
        for job_id, thread in list(self._threads.items()):
            if not thread.is_alive():
                thread.join()
                del self._threads[job_id]
        return set(self._threads)

    def wait(self, seconds: float) -> None:
        """Until a job has ended, or for so long."""
        if self._emptied.wait(seconds):
            self._emptied.clear()

    def _work(self, job_id: str) -> None:
        try:
            self._do(job_id)
        finally:
            self._emptied.set()
