"""Durable execution: what the API recorded is run by workers, whatever dies meanwhile.

A record in PROCESSING, of a video or an actor, is a promise; the queue only remembers who works on it. A
worker takes a job from the queue and runs its pipeline in a child process; each output goes to a new blob,
and they are recorded by the one conditional update that ends the job. Workers watch each other: the jobs of a
dead one, and any in PROCESSING that no queue entry speaks for, are enqueued again. Of each owner one job at a
time waits in the queue, so that owners take turns, however many jobs each has.

`enqueue`, `cancel`, `worker_alive` and `sandboxes` are for the API; they may be called from any thread.
"""

from functools import cache
from typing import TYPE_CHECKING

from morgana.jobs import places

if TYPE_CHECKING:
    from morgana.jobs.queue import Queue

__all__ = ["cancel", "close", "connect", "enqueue", "sandboxes", "worker_alive"]


def enqueue(job_id: str) -> None:
    """Have the job done, once, however often this is called, when it is its owner's turn."""
    _enqueue_next(job_id)


def cancel(job_id: str) -> None:
    """Take the job out of the queue. A running job stops by itself once its record is not PROCESSING."""
    _queue(places.queue_url()).cancel(job_id)
    _enqueue_next(job_id)


def worker_alive() -> bool:
    """Whether any worker is there to run jobs."""
    return bool(sandboxes())


def sandboxes() -> list[str]:
    """The sandbox of each worker that is there to run jobs: its level, and why it is not a stronger one."""
    return places.liveness().sandboxes()


def connect() -> None:
    """Open the queue's database now, so that the first job does not have to wait for it."""
    _queue(places.queue_url())


def close() -> None:
    """Let go of the queue's database, if it was opened. It is opened again when it is needed."""
    if _queue.cache_info().currsize:
        _queue(places.queue_url()).close()
        _queue.cache_clear()


def _enqueue_next(job_id: str) -> None:
    from morgana.jobs import turns  # which imports the queue

    turns.enqueue_next(_queue(places.queue_url()), job_id)


@cache
def _queue(url: str) -> "Queue":
    from morgana.jobs.queue import Queue  # takes a second to import, which the children are spared

    return Queue(url)
