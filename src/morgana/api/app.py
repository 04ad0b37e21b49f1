"""The application: its routes, what surrounds every request, and what goes on beside the requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from morgana import __version__, store
from morgana.api import (
    actors,
    cancelling,
    captions,
    content,
    dispatching,
    errors,
    events,
    fonts,
    health,
    metrics,
    openai_speech,
    sharing,
    speech,
    studio,
    templates,
    text_overlays,
    thumbnails,
    transcripts,
    usage,
    videos,
    voices,
    webhook_deliveries,
    webhooks,
)
from morgana.api.captioning import Captioner
from morgana.api.guessing import WrongKeys
from morgana.api.jobs import Jobs
from morgana.api.limits import HEADERS, RateLimitHeaders
from morgana.api.lingering import Lingering
from morgana.api.observation import Observation
from morgana.api.overlaying import Overlayer
from morgana.api.speaking import Speaker
from morgana.api.threads import to_its_end

log = structlog.get_logger()

_SWEEP_SECONDS = 3600
_ROOMS = (
    videos,
    cancelling,
    captions,
    templates,
    text_overlays,
    fonts,
    content,
    thumbnails,
    sharing,
    transcripts,
    actors,
    speech,
    openai_speech,
    voices,
    usage,
    health,
    metrics,
    events,
    studio,
    webhooks,
    webhook_deliveries,
)


def create_app(jobs: Jobs, speaker: Speaker, captioner: Captioner, overlayer: Overlayer) -> FastAPI:
    """The HTTP API over the configured store, handing its jobs to `jobs`; speech comes from `speaker`, what
    is known of captions from `captioner`, and of fonts and overlays from `overlayer`."""
    app = FastAPIOffline(  # which serves the scripts of /docs itself
        title="Morgana",
        version=__version__,
        description="An open, self-hosted talking-head video service that speaks the Mirage Video API.",
        lifespan=_lifespan,
        redoc_url=None,
        webhooks=webhooks.told,
    )
    app.state.jobs = jobs
    app.state.speaker = speaker
    app.state.captioner = captioner
    app.state.overlayer = overlayer
    app.state.wrong_keys = WrongKeys()
    app.state.metrics = metrics.Metrics()
    app.state.events = events.Events()
    errors.install(app)
    for room in _ROOMS:
        app.include_router(room.router)
    # The last one added is the outermost.
    app.add_middleware(RateLimitHeaders)
    app.add_middleware(Lingering)
    app.add_middleware(Observation, metrics=app.state.metrics)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],  # safe: a page can send no key but one that it was given
        allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
        allow_headers=["*"],
        expose_headers=[
            "Accept-Ranges",
            "Content-Disposition",
            "Content-Length",
            "Content-Range",
            "ETag",
            "Idempotent-Replayed",
            *HEADERS,
            "Retry-After",
            "X-Request-Id",
        ],
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(store.migrate)
    beside = [
        asyncio.create_task(_sweep_regularly()),
        asyncio.create_task(dispatching.dispatch(app.state.metrics.webhooks)),
    ]
    try:
        yield
    finally:
        await app.state.events.stop()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _sweep_regularly() -> None:
    while True:
        for sweep in (store.retention.expire, store.dispatch.expire_deliveries, store.sweep):
            try:
                deleted = await to_its_end(sweep)
                log.info("swept", of=sweep.__name__, deleted=deleted)
            except Exception:
                log.exception("sweep_failed", of=sweep.__name__)
        await asyncio.sleep(_SWEEP_SECONDS)
