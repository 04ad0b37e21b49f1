"""A worker's figures for Prometheus, and the port at which they can be asked for.

Labels have few values: kinds, stages, outcomes and codes are all named in the program.
"""

import time
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server

from morgana.errors import ErrorCode
from morgana.store import Kind

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 3600)

Outcome = Literal["complete", "refused", "crashed", "hindered", "interrupted", "unwanted"]

log = structlog.get_logger()


class Figures:
    """The figures of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.stages = Histogram(
            "morgana_job_stage_seconds",
            "How long each stage of a job took: wait, fetch, start, those of its pipeline, and publish",
            ["kind", "stage"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.attempts = Counter(
            "morgana_job_attempts",
            "Attempts at jobs by how they ended",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.failures = Counter(
            "morgana_job_failures",
            "Jobs that failed, by the code that their owner is told",
            ["code"],
            registry=self.registry,
        )
        for kind in Kind:  # from the start, so that the first one is seen as a rise
            for outcome in get_args(Outcome):
                self.attempts.labels(kind.value, outcome)
        for code in ErrorCode:
            self.failures.labels(code.value)

    def ended(self, kind: Kind, outcome: Outcome) -> None:
        """An attempt has ended."""
        self.attempts.labels(kind.value, outcome).inc()

    def failed(self, code: ErrorCode) -> None:
        """A job has failed, for good."""
        self.failures.labels(code.value).inc()

    def serve(self, host: str, port: int) -> None:
        """Answer Prometheus from now on, if the port is free."""
        try:
            server, _ = start_http_server(port, host, self.registry)
        except OSError as error:  # jobs can be run all the same
            log.error("figures cannot be asked for", host=host, port=port, reason=str(error))
        else:
            log.info("figures can be asked for", host=host, port=server.server_port)


@dataclass
class Stopwatch:
    """Counts how long each stage of one attempt takes; in `with`, each lasts until the next or the end."""

    figures: Figures
    kind: Kind
    stage: str | None = None
    _since: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.stage is not None:
            self.note(self.stage, time.monotonic() - self._since)

    def begin(self, stage: str) -> None:
        self.__exit__()
        self.stage, self._since = stage, time.monotonic()

    def note(self, stage: str, seconds: float) -> None:
        self.figures.stages.labels(self.kind.value, stage).observe(seconds)
