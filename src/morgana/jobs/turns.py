"""Owners take turns: a job that is recorded, begun or ended may let its owner's next one into the queue."""

from morgana.queues import Queue
from morgana.settings import settings
from morgana.store import turns


def admit_next(job_id: str) -> Queue | None:
    """Let the next job of this one's owner into its queue, if it is the owner's turn; maybe this one itself.

    Where this is not called although it should have been, recovery does the same within a second or so.
    Returns this job's queue; None if the job is no longer there.
    """
    if (place := turns.place_of(job_id)) is None:
        return None
    owner, queue = place
    if (most := settings().max_owner_jobs) is None:
        turns.admit(owner, queue)
    else:  # what this one made room for may wait for another queue
        turns.admit_oldest(owner, most)
    return queue
