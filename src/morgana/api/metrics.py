"""Figures for Prometheus: requests as they pass, videos as the records have them."""

from collections.abc import Iterator

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
        self.registry.register(_Videos())


class _Videos(Collector):
    """Counts that are read from the records when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        backlog = store.work.backlog()
        videos = GaugeMetricFamily("morgana_videos", "Videos by status", labels=["status"])
        for status, count in backlog.statuses.items():
            videos.add_metric([status.value], count)
        yield videos
        yield GaugeMetricFamily("morgana_videos_waiting", "PROCESSING, not begun", backlog.waiting)
        yield GaugeMetricFamily(
            "morgana_videos_oldest_waiting_seconds",
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
