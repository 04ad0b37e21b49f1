"""The worker process: takes jobs from the queue until it is told to stop.

`python -m morgana.jobs.worker --parent PID` is how `morgana serve` starts one that dies with it.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import structlog
from dbos import DBOS

from morgana import logs, store
from morgana.jobs import places, queue, recovery, running, selftest, turns, warming
from morgana.jobs.figures import Figures
from morgana.jobs.liveness import Held
from morgana.jobs.parent import die_with
from morgana.jobs.pipelines import PIPELINES, WARMING
from morgana.jobs.process import Limits
from morgana.jobs.sandbox import Level, Sandbox, hide_memory
from morgana.jobs.supervisor import UNUSABLE
from morgana.settings import settings

_RECOVERY_SECONDS = 1.0
_FORGETTING_SECONDS = 600.0
_STOP_SECONDS = 10

log = structlog.get_logger()


def run(pipelines: Mapping[str, str] = PIPELINES, warm_up: str | None = WARMING) -> None:
    """Work until SIGTERM or SIGINT. Jobs in hand are then stopped, and taken up by whoever works next.

    warm_up: the pipeline that fills the caches which the others use, if they use any. Raises SystemExit with
    `UNUSABLE` if there is no sandbox to run jobs in.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    executor = uuid4().hex  # never that of an earlier worker: a lock that is free stays free
    store.migrate()
    entries = queue.Queue(places.queue_url())
    with places.liveness().hold(executor) as held, closing(entries):
        scratch = places.scratch() / executor
        sandbox = _sandbox(scratch, warm_up)
        figures = Figures()
        context = running.Context(
            pipelines=pipelines,
            scratch=scratch,
            limits=Limits(settings().max_job_seconds, settings().max_job_bytes),
            sandbox=sandbox,
            process_id=os.getpid(),
            figures=figures,
            stopping=stopping.is_set,
            turn_over=lambda job_id: _enqueue_next(entries, job_id),
        )
        if (port := settings().metrics_port) is not None:
            figures.serve(settings().metrics_host, port)
        _launch(executor, context)
        held.announce(str(sandbox))
        log.info("worker ready", executor=executor, sandbox=sandbox.level, not_stronger_because=sandbox.why)
        _tend(held, context, entries, stopping)
        log.info("worker stopping", executor=executor)
        DBOS.destroy(workflow_completion_timeout_sec=_STOP_SECONDS)


def _sandbox(scratch: Path, warm_up: str | None) -> Sandbox:
    """The sandbox of all jobs of this worker, tried out, and its caches filled."""
    hide_memory()
    try:
        sandbox = selftest.choose(settings().sandbox, places.sandbox, scratch)
    except selftest.UnusableError as error:
        log.critical("jobs cannot be run safely", reason=str(error))
        sys.exit(UNUSABLE)
    if sandbox.level is Level.OFF:
        log.warning("jobs are run without a sandbox", setting="MORGANA_SANDBOX=off")
    if warm_up is not None and (problem := warming.warm(sandbox, warm_up, scratch)):
        log.error("caches could not be filled; jobs take longer", detail=problem)
    return sandbox


def _launch(executor: str, context: running.Context) -> None:
    @DBOS.workflow(name=queue.WORKFLOW)
    def run_job(job_id: str) -> str:
        return _attempt(job_id, context)

    url = places.queue_url()
    DBOS(config=queue.config(url, executor))
    DBOS.listen_queues([queue.QUEUE])
    DBOS.launch()
    DBOS.register_queue(
        queue.QUEUE,
        worker_concurrency=settings().worker_jobs,
        polling_interval_sec=queue.POLL_SECONDS,
        on_conflict="always_update",
    )


def _attempt(job_id: str, context: running.Context) -> str:
    try:
        return running.attempt(job_id, context)
    except Exception as error:
        log.exception("job could not be begun", job_id=job_id)
        return queue.End.HINDERED if store.is_hindrance(error) else queue.End.CRASHED


def _enqueue_next(entries: queue.Queue, job_id: str) -> None:
    try:
        turns.enqueue_next(entries, job_id)
    except Exception:  # this job goes on; recovery does what was to be done
        log.exception("the owner's next job could not be enqueued", job=job_id)


def _tend(held: Held, context: running.Context, entries: queue.Queue, stopping: threading.Event) -> None:
    """Look after the queue, for this worker and its peers, until told to stop."""
    duties = [
        _every(
            _RECOVERY_SECONDS,
            lambda: recovery.recover(entries, held, context.scratch, context.figures.failed),
        ),
        _every(_FORGETTING_SECONDS, entries.forget),
    ]
    while not stopping.wait(_RECOVERY_SECONDS / 4):
        if held.lost():
            log.critical("lost the lock on this worker's name; a peer may have its jobs, so this one ends")
            os._exit(os.EX_TEMPFAIL)  # the children die with us, and nothing more is recorded
        for duty in duties:
            duty()


def _every(seconds: float, duty: Callable[[], object]) -> Callable[[], None]:
    due = time.monotonic()

    def run_if_due() -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + seconds
        try:
            duty()
        except Exception:  # a database that is away for a while must not end the worker
            log.exception("looking after the queue failed; trying again")

    return run_if_due


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int)
    if (parent := parser.parse_args().parent) is not None:
        die_with(parent)
    logs.configure()
    run()


if __name__ == "__main__":
    main()
