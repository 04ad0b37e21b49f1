"""Durable execution: what the API recorded is run by workers, whatever dies meanwhile.

A record in PROCESSING, of a video or an actor, is a promise. A worker claims it in the records, and runs its
pipeline in a child process; each output goes to a new blob, and they are recorded by the one conditional
update that ends the job. Workers watch each other: the jobs of a dead one are claimed by others. Of each
owner one job at a time waits in each queue, so that owners take turns, however many jobs each has.

The functions here are for the API; they may be called from any thread. They are in `room`, which is loaded
when one of them is used: a child process is spared the records.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from morgana.jobs.room import cancel, enqueue, sandboxes, takers, worker_alive

__all__ = ["cancel", "enqueue", "sandboxes", "takers", "worker_alive"]


if not TYPE_CHECKING:  # so that type checkers still find misspelled names

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module 'morgana.jobs' has no attribute {name!r}")
        from morgana.jobs import room

        return getattr(room, name)
