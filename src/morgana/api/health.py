"""Whether the server is alive, whether jobs can run, and figures for Prometheus."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import JSONResponse

from morgana import models, store
from morgana.api.errors import ErrorAnswer, ErrorDetail, documented
from morgana.api.jobs import JobsRoom

router = APIRouter(tags=["Operation"])
log = structlog.get_logger()


Workers = Annotated[
    Literal["needed", "apart"], Query(description="Whether being ready needs a worker, or only this server.")
]


class Health(BaseModel):
    """The server is alive."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Jobs can run: each check and its result, what the workers' sandboxes are, and for each queue how many
    workers take jobs from it."""

    status: Literal["ready"] = "ready"
    checks: dict[str, str]
    sandboxes: list[str]
    queues: dict[str, int]


class NotReady(ErrorAnswer):
    """Jobs cannot run yet: each check, and what is wrong where it is not `ok`."""

    checks: dict[str, str]


@router.get("/health", operation_id="health")
def health() -> Health:
    """Whether the server is alive."""
    return Health()


@router.get(
    "/ready",
    operation_id="ready",
    response_model=Ready,
    responses=documented() | {503: {"model": NotReady, "description": "Jobs cannot run"}},
)
def ready(jobs: JobsRoom, workers: Workers = "needed") -> JSONResponse:
    """Whether a video that is asked for now can be made: database, blobs, weights and a worker.

    `sandboxes` says how well jobs are kept from everything else: each level that a worker runs at, and why it
    is not a stronger one. `queues` says how many workers take jobs from each queue: where there is none, jobs
    are accepted and wait. `?workers=apart` leaves the workers out, for whoever asks whether to send requests
    here: without a worker, this server still takes jobs and hands out what is made.
    """
    checks = {
        "database": _checked(store.check),
        "blobs": _checked(store.blobs.check),
        "models": _checked(_check_models),
    }
    if workers == "needed":
        checks["worker"] = _checked(lambda: _check_worker(jobs))
    failing = [name for name, result in checks.items() if result != "ok"]
    if not failing:
        found = Ready(checks=checks, sandboxes=sorted(set(jobs.sandboxes())), queues=dict(jobs.takers()))
        return JSONResponse(found.model_dump())
    error = ErrorDetail(code="not_ready", type="not_ready", message=f"Jobs cannot run: {', '.join(failing)}.")
    return JSONResponse(NotReady(error=error, checks=checks).model_dump(), HTTPStatus.SERVICE_UNAVAILABLE)


class _NotReadyError(Exception):
    """Says what is missing, for whoever runs the server."""


def _check_models() -> None:
    if missing := models.missing():
        raise _NotReadyError(f"missing: {', '.join(missing)}; run `morgana models pull`")


def _check_worker(jobs: JobsRoom) -> None:
    if not jobs.worker_alive():
        raise _NotReadyError("no worker is running; start one with `morgana worker`")


def _checked(check: Callable[[], None]) -> str:
    try:
        check()
    except _NotReadyError as error:
        return str(error)
    except Exception:
        log.exception("not_ready")
        return "failed; the server's log says why"
    return "ok"
