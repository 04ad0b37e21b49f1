"""What the API asks of the jobs: have one done, stop one, and who is there to do them."""

import time
from functools import lru_cache

import structlog

from morgana import store
from morgana.jobs import places, turns
from morgana.queues import Queue
from morgana.store.records import PAYLOADS, QUEUES
from morgana.store.workers import Worker

_PERIOD_SECONDS = 10

log = structlog.get_logger()


def enqueue(job_id: str) -> None:
    """Have the job done, once, however often this is called, when it is its owner's turn."""
    queue = turns.admit_next(job_id)
    if queue in _untaken(int(time.monotonic() / _PERIOD_SECONDS)):
        log.warning("no worker takes this job; it waits until one does", job_id=job_id, queue=queue)


def cancel(job_id: str) -> None:
    """To be told of a job that is cancelled. One that is running stops by itself."""
    turns.admit_next(job_id)


def worker_alive() -> bool:
    """Whether any worker is there to run jobs."""
    return bool(_workers())


def sandboxes() -> list[str]:
    """The sandbox of each worker that is there to run jobs: its level, and why it is not a stronger one."""
    return [worker.sandbox for worker in _workers()]


def takers() -> dict[str, int]:
    """How many workers there are for each queue: that can do all jobs that wait there, as we record them."""
    workers = _workers()
    return {queue.value: sum(_takes(worker, queue) for worker in workers) for queue in Queue}


def _takes(worker: Worker, queue: Queue) -> bool:
    return all(worker.can_do(kind, PAYLOADS[kind]) for kind, name in QUEUES.items() if name is queue)


def _workers() -> list[Worker]:
    """Those that are alive and take jobs."""
    announced = [worker for worker in store.workers.every() if worker.takes]
    living = places.liveness().living([worker.id for worker in announced])
    return [worker for worker in announced if worker.id in living]


@lru_cache(maxsize=1)
def _untaken(_period: int) -> frozenset[str]:
    """The queues without a worker, looked up once in a period: not for every job."""
    return frozenset(queue for queue, count in takers().items() if count == 0)
