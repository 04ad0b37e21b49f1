"""Figures for Prometheus: requests and speech as they pass, videos and actors as the records have them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, get_args

from fastapi import APIRouter, Request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response

from morgana import store
from morgana.webhooks.sending import Result

router = APIRouter(tags=["Operation"])

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "morgana_http_requests",
            "Requests by method, route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "morgana_http_request_duration_seconds",
            "From a request's headers to the end of its answer",
            ["method", "route"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(_Records())
        self.speech = SpeechMetrics(self.registry)
        self.webhooks = WebhookMetrics(self.registry)


@dataclass(frozen=True, slots=True)
class SpeechFigures:
    """Where the figures of one text go."""

    seconds: Counter
    first_byte: Histogram


class SpeechMetrics:
    """What was spoken while clients waited, by engine."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "morgana_speech_requests", "Texts by engine and format", ["engine", "format"], registry=registry
        )
        self._characters = Counter(
            "morgana_speech_characters", "Characters of those texts", ["engine"], registry=registry
        )
        self._seconds = Counter(
            "morgana_speech_audio_seconds", "Seconds of speech made", ["engine"], registry=registry
        )
        self._first_byte = Histogram(
            "morgana_speech_first_byte_seconds",
            "From a text's last byte to the first of its sound",
            ["engine"],
            registry=registry,
            buckets=(0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
        )

    def begin(self, engine: str, sound_format: str, characters: int) -> SpeechFigures:
        """Count a text; what is told of it afterwards."""
        self._requests.labels(engine, sound_format).inc()
        self._characters.labels(engine).inc(characters)
        return SpeechFigures(self._seconds.labels(engine), self._first_byte.labels(engine))


class WebhookMetrics:
    """What webhooks were sent by this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "morgana_webhook_attempts",
            "Attempts to tell webhooks by what came of them",
            ["result"],
            registry=registry,
        )
        self._seconds = Histogram(
            "morgana_webhook_attempt_seconds",
            "How long attempts took, from looking up the name to the end of the answer",
            registry=registry,
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        for result in get_args(Result):  # from the start, so that the first one is seen as a rise
            self._attempts.labels(result)

    def attempted(self, result: Result, seconds: float) -> None:
        self._attempts.labels(result).inc()
        self._seconds.observe(seconds)


class _Records(Collector):
    """Counts that are read from the records when they are asked for: the same from every server."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for resource, statuses in store.work.statuses().items():
            name, noun = f"morgana_{resource}s", resource.replace("_", " ").capitalize()
            counts = GaugeMetricFamily(name, f"{noun}s by status", labels=["status"])
            for status, count in statuses.items():
                counts.add_metric([status.value], count)
            yield counts
        yield from _depths()
        yield from _deliveries()

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())


def _depths() -> Iterator[GaugeMetricFamily]:
    waiting, oldest, running = (
        GaugeMetricFamily(f"morgana_queue_{name}", says, labels=["kind"])
        for name, says in (
            ("waiting", "Jobs that no worker has begun"),
            ("oldest_waiting_seconds", "Age of the one that has waited longest; 0 if none waits"),
            ("running", "Jobs that a worker has begun"),
        )
    )
    for kind, depth in store.work.depths().items():
        waiting.add_metric([kind.value], depth.waiting)
        oldest.add_metric([kind.value], depth.oldest_waiting_seconds)
        running.add_metric([kind.value], depth.running)
    yield from (waiting, oldest, running)


def _deliveries() -> Iterator[GaugeMetricFamily]:
    pending, overdue = store.dispatch.waiting()
    yield GaugeMetricFamily("morgana_webhook_pending", "Events that webhooks are still to be told", pending)
    yield GaugeMetricFamily(
        "morgana_webhook_overdue_seconds",
        "For how long the next one of them has been due; 0 if none is",
        overdue,
    )


@router.get(
    "/metrics",
    operation_id="metrics",
    response_class=Response,
    responses={200: {"description": "Figures for Prometheus", "content": {"text/plain": {}}}},
)
def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    kept: Metrics = request.app.state.metrics
    return Response(generate_latest(kept.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
