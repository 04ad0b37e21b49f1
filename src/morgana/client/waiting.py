"""Waiting until a job ends."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from morgana.client.connection import Connection
from morgana.client.errors import JobCancelled, JobFailed, Timeout
from morgana.client.objects import Failure, Job

J = TypeVar("J", bound=Job)
OnProgress = Callable[[J], object]  # called with the job when it is first seen and whenever it changes


async def ended(
    connection: Connection,
    look: Callable[[], Awaitable[J]],
    on_progress: OnProgress[J] | None,
    timeout: float | None,
    poll: float,
) -> J:
    """The job once it has ended well.

    timeout, poll: seconds. Raises JobFailed (JobCancelled), and Timeout while it goes on.
    """
    deadline = None if timeout is None else monotonic() + timeout
    seen = None
    while True:
        job = await look()
        now = (job.status, job.progress, job.stage)  # not the links, which are new each time
        if on_progress is not None and now != seen:
            on_progress(job)
        seen = now
        if job.ended:
            return _well(job)
        left = poll if deadline is None else min(poll, deadline - monotonic())
        if left <= 0:
            raise Timeout(f"{job.id} is still {job.status} after {timeout} s. It goes on: wait again.")
        await connection.transport.sleep(left)


def _well(job: J) -> J:
    if job.status == "CANCELLED":
        raise JobCancelled("cancelled", f"{job.id} was cancelled.", job)
    if job.status == "FAILED":
        why = job.error or Failure()
        raise JobFailed(why.code, why.message, job)
    return job
