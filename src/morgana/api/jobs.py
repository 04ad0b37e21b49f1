"""What the API asks of whoever runs the jobs."""

from collections.abc import Mapping
from typing import Annotated, Protocol

from fastapi import Depends, Request


class Jobs(Protocol):
    """The jobs room, as seen from here."""

    def enqueue(self, job_id: str) -> None:
        """Have a recorded job done. May be called again for the same job, which changes nothing."""

    def cancel(self, job_id: str) -> None:
        """Stop work on a job that is already cancelled, or gone, by its record."""

    def takers(self) -> Mapping[str, int]:
        """How many workers there are for each queue."""

    def worker_alive(self) -> bool:
        """Whether a worker is there to run jobs."""

    def sandboxes(self) -> list[str]:
        """The sandbox of each worker that is there: its level, and why it is not a stronger one."""


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


JobsRoom = Annotated[Jobs, Depends(_jobs)]
