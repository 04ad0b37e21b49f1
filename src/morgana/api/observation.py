"""Around every request: an id, a line in the log, a figure, and an answer even to an error of our own."""

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from morgana import store
from morgana.api.errors import internal_error, unavailable
from morgana.api.metrics import Metrics

log = structlog.get_logger()

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_CLIENT_LEFT = 499  # a status of our own for the log and the figures: nobody was there to be answered


class Observation:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        status, begun = 0, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            except ClientDisconnect:
                status = _CLIENT_LEFT
            except Exception as error:
                log.exception("request_failed", method=scope["method"], path=_shown(scope))
                if status:
                    raise  # too late for another answer: the server cuts the connection
                answer = unavailable() if store.is_hindrance(error) else internal_error()
                await answer(scope, receive, send_with_id)
            finally:
                self._record(scope, status, time.perf_counter() - begun)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "unmatched")
        self._metrics.requests.labels(method, route, status).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        log.info("request", method=method, path=_shown(scope), status=status, seconds=round(seconds, 4))


def _shown(scope: Scope) -> str:
    """The path without what opens a shared video to whoever reads it."""
    return re.sub(r"^/s/[^/]+", "/s/...", scope["path"])


def _request_id(scope: Scope) -> str:
    """The one that the client or a proxy gave the request, if it is fit to be written anywhere."""
    given = Headers(scope=scope).getlist("x-request-id")
    return given[0] if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]) else uuid.uuid4().hex


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
