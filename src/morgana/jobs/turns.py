"""Owners take turns: a job that is enqueued, begun or ended may let its owner's next one into the queue."""

from morgana.jobs.queue import Queue
from morgana.settings import settings
from morgana.store import turns


def enqueue_next(queue: Queue, job_id: str) -> None:
    """Enqueue the next job of this one's owner, which may be this one itself, if it is the owner's turn.

    Where this is not called although it should have been, recovery does the same within a second.
    """
    owner = turns.owner_of(job_id)
    next_id = None if owner is None else turns.admit(owner, settings().max_owner_jobs)
    if next_id is not None:
        queue.enqueue(next_id)
