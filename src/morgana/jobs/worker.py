"""The worker process: takes jobs from the queue until it is told to stop.

`python -m morgana.jobs.worker --parent PID` is how `morgana serve` starts one that dies with it.
"""

import argparse
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog

from morgana import __version__, logs, networks, queues, store
from morgana.jobs import places, recovery, running, selftest, turns, warming
from morgana.jobs.figures import Figures
from morgana.jobs.hands import Hands
from morgana.jobs.liveness import Held
from morgana.jobs.parent import die_with
from morgana.jobs.pipelines import PIPELINES, WARMING
from morgana.jobs.process import Limits
from morgana.jobs.sandbox import Level, Sandbox, hide_memory
from morgana.jobs.supervisor import UNUSABLE
from morgana.settings import settings
from morgana.store import Kind, claims, workers
from morgana.store.records import PAYLOADS, QUEUES

_POLL_SECONDS: Final = 0.2
_RECOVERY_SECONDS: Final = 1.0
_RECOVERERS: Final = 4  # so many workers look after the queue in any such time, in turns, if there are more
_AWAY_SECONDS: Final = 1.0  # until a database that was away is asked again

log = structlog.get_logger()


class Orders:
    """What this process was told by signals: the first one to drain, the second to stop at once.

    Draining is to take nothing new and to finish what is in hand, within `seconds`.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._signals = 0
        self._deadline = float("inf")

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def draining(self) -> bool:
        return self._signals > 0

    def stopping(self) -> bool:
        """Whether what is in hand is to be given back now."""
        return self._signals > 1 or time.monotonic() >= self._deadline

    def _hear(self, *_: object) -> None:  # takes no lock: it may come between any two instructions
        if self._signals == 0:
            self._deadline = time.monotonic() + self._seconds
        self._signals += 1


def run(
    pipelines: Mapping[str, str] = PIPELINES,
    warm_up: str | None = WARMING,
    payloads: Mapping[Kind, int] = PAYLOADS,
) -> None:
    """Work until SIGTERM or SIGINT; then finish what is in hand, if that does not take too long.

    What is not finished by then, or at a second signal, is given back, for whoever works next.

    warm_up: the pipeline that fills the caches which the others use, if they use any. payloads: by kind, the
    newest version of what a job is given that the pipelines understand. Raises SystemExit with `UNUSABLE`
    if there is no sandbox to run jobs in, or nothing that this worker may take.
    """
    orders = Orders(settings().drain_seconds)
    orders.listen()
    takes = _takes(pipelines, payloads)
    executor = uuid4().hex  # never that of an earlier worker: a lock that is free stays free
    store.migrate()
    with places.liveness().hold(executor) as held:
        scratch = places.scratch() / executor
        sandbox = _sandbox(scratch, warm_up)
        figures = Figures()
        context = running.Context(
            pipelines=pipelines,
            scratch=scratch,
            limits=Limits(
                settings().max_job_seconds, settings().max_job_bytes, settings().max_job_disk_bytes
            ),
            sandbox=sandbox,
            process_id=os.getpid(),
            figures=figures,
            stopping=orders.stopping,
            turn_over=_turn_over,
        )
        if (port := settings().metrics_port) is not None:
            figures.serve(settings().metrics_host, port)
        workers.announce(executor, takes, str(sandbox), socket.gethostname(), __version__)
        log.info(
            "worker ready",
            executor=executor,
            queues=sorted({QUEUES[kind] for kind in takes}),
            sandbox=sandbox.level,
            networks_on=networks.device(),
            not_stronger_because=sandbox.why,
        )
        _Work(executor, takes, held, context, orders).go_on()
        _say("the worker is gone", lambda: workers.remove(executor))
        log.info("worker stopped", executor=executor)


def _takes(pipelines: Mapping[str, str], payloads: Mapping[Kind, int]) -> dict[Kind, int]:
    """What this worker may do: by kind, the newest version of what a job is given."""
    chosen = queues.parse(settings().worker_queues)
    labels = queues.parse_labels(settings().worker_labels)
    needed = queues.parse_needed(settings().labels_needed)
    taken = queues.takes(chosen, labels, needed)
    if not taken:
        log.critical(
            "this worker may take no job: the queues that it is for are for workers with other labels",
            queues=sorted(chosen),
            labels=sorted(labels),
            needed={queue.value: label for queue, label in needed.items()},
        )
        sys.exit(UNUSABLE)
    return {kind: newest for kind, newest in payloads.items() if kind in pipelines and QUEUES[kind] in taken}


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


def _turn_over(job_id: str) -> None:
    try:
        turns.admit_next(job_id)
    except Exception:  # this job goes on; recovery does what was to be done
        log.exception("the owner's next job could not be let in", job_id=job_id)


def _say(what: str, say: Callable[[], object]) -> None:
    try:
        say()
    except Exception:  # peers find it out by the lock
        log.exception("it could not be recorded that %s", what)


@dataclass(frozen=True)
class _Work:
    """The work of one worker that is set up."""

    executor: str
    takes: Mapping[Kind, int]
    held: Held
    context: running.Context
    orders: Orders

    def go_on(self) -> None:
        """Take jobs, and look after those of dead peers, until told otherwise."""
        hands = Hands(settings().worker_jobs, self._do)
        recover = _Regularly(lambda: self._recover(hands))
        while not self.orders.draining():
            self._watch_lock()
            recover()
            hands.wait(_POLL_SECONDS if hands.full() or not self._take(hands) else 0)
        self._drain(hands, recover)

    def _drain(self, hands: Hands, recover: Callable[[], None]) -> None:
        log.info("worker draining", executor=self.executor, jobs=sorted(hands.jobs()))
        _say("the worker drains", lambda: workers.retire(self.executor))
        while hands.jobs() and not self.orders.stopping():
            self._watch_lock()
            recover()
            hands.wait(_POLL_SECONDS)
        if given_back := sorted(hands.jobs()):
            log.info("worker gives its jobs back", executor=self.executor, jobs=given_back)
        while hands.jobs():  # until then nobody else is to have them
            self._watch_lock()
            hands.wait(_POLL_SECONDS)

    def _take(self, hands: Hands) -> bool:
        """Take one more job; False if there is none."""
        try:
            job_id = claims.claim(self.executor, self.takes)
        except Exception:  # a database that is away for a while must not end the worker
            log.exception("no job could be claimed; trying again")
            time.sleep(_AWAY_SECONDS)
            return False
        if job_id is not None:
            hands.take(job_id)
        return job_id is not None

    def _do(self, job_id: str) -> None:
        try:
            end = self._attempt(job_id)
            recovery.follow_up(job_id, self.executor, end, self.context.figures.failed)
        except Exception:  # recovery finds that nobody has it in hand
            log.exception("how a job ended could not be recorded", job_id=job_id)

    def _attempt(self, job_id: str) -> running.End:
        try:
            return running.attempt(job_id, self.context)
        except Exception as error:
            log.exception("job could not be begun", job_id=job_id)
            return running.End.HINDERED if store.is_hindrance(error) else running.End.CRASHED

    def _watch_lock(self) -> None:
        if self.held.lost():
            log.critical("lost the lock on this worker's name; a peer may have its jobs, so this one ends")
            os._exit(os.EX_TEMPFAIL)  # the children die with us, and nothing more is recorded

    def _recover(self, hands: Hands) -> float:
        failed = self.context.figures.failed
        alive = recovery.recover(self.held, self.context.scratch, hands.jobs(), failed)
        return max(1.0, alive / _RECOVERERS) * _RECOVERY_SECONDS


class _Regularly:
    """Do something again and again, each time after as many seconds as it said the last time."""

    def __init__(self, duty: Callable[[], float]) -> None:
        self._duty = duty
        self._due = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() < self._due:
            return
        try:
            seconds = self._duty()
        except Exception:  # a database that is away for a while must not end the worker
            log.exception("looking after the queue failed; trying again")
            seconds = _AWAY_SECONDS
        # Not all workers at the same moment.
        self._due = time.monotonic() + seconds * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int)
    if (parent := parser.parse_args().parent) is not None:
        die_with(parent)
    logs.configure()
    run()


if __name__ == "__main__":
    main()
