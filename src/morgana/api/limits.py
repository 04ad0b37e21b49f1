"""Rate limits: how much each owner may ask for in a time, by what is asked for.

A request is counted before anything of its body is read and before its Idempotency-Key is claimed: one that
is refused has changed nothing and may be sent again as it was. The headers are those of the IETF's draft
"RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-06, section 5).
"""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Request, Security
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from morgana import store
from morgana.api.auth import Authenticated
from morgana.api.errors import ApiError
from morgana.quotas import Bucket, parse
from morgana.settings import settings

HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_SCOPE = "morgana.rate_limit"


class RateLimitHeaders:
    """Says in every answer to a request that was counted, whatever it is, how the owner stands."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(scope.get(_SCOPE, {}))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _counted(bucket: Bucket) -> Callable[[Request, store.Owner], store.Owner]:
    def counted(request: Request, owner: Authenticated) -> store.Owner:
        quota = parse(settings().rate_limits).get(bucket)
        if quota is None:
            return owner
        standing = store.buckets.take(owner, bucket, quota)
        figures = (quota.requests, standing.remaining, math.ceil(standing.full_in))
        request.scope[_SCOPE] = dict(zip(HEADERS, map(str, figures), strict=True))
        if not standing.admitted:
            raise ApiError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                "Rate limit exceeded.",
                {"Retry-After": str(math.ceil(standing.next_in))},
            )
        return owner

    return counted


# Who is asking, whose request counts against the limit of the bucket.
Generating = Annotated[store.Owner, Security(_counted(Bucket.GENERATION))]
Polling = Annotated[store.Owner, Security(_counted(Bucket.STATUS))]
Managing = Polling  # of webhooks and public pages: it costs about as much as looking
Captioning = Annotated[store.Owner, Security(_counted(Bucket.CAPTIONS))]
Overlaying = Annotated[store.Owner, Security(_counted(Bucket.OVERLAYS))]
Speaking = Annotated[store.Owner, Security(_counted(Bucket.SPEECH))]
