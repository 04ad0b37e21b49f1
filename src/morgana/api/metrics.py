"""Figures for Prometheus: requests and speech as they pass, videos and actors as the records have them."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response

from morgana import store

router = APIRouter(tags=["Operation"])


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
        )
        self.registry.register(_Backlog())
        self.speech = SpeechMetrics(self.registry)


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


class _Backlog(Collector):
    """Counts that are read from the records when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for resource in store.Resource:
            backlog = store.work.backlog(resource)
            name = f"morgana_{resource}s"
            counts = GaugeMetricFamily(name, f"{resource.capitalize()}s by status", labels=["status"])
            for status, count in backlog.statuses.items():
                counts.add_metric([status.value], count)
            yield counts
            yield GaugeMetricFamily(f"{name}_waiting", "PROCESSING, not begun", backlog.waiting)
            yield GaugeMetricFamily(
                f"{name}_oldest_waiting_seconds",
                "Age of the longest waiting",
                backlog.oldest_waiting_seconds,
            )

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())


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
