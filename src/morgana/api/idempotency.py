"""The `Idempotency-Key` header: a create that is sent again answers again instead of creating again.

From its headers on until its answer, a create is in flight, and another one with its key is refused. Only a
create that succeeded is remembered, for 24 hours; after one that failed, the key is free for another try.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Header
from starlette.concurrency import run_in_threadpool

from morgana.api.errors import ApiError
from morgana.store import Owner, idempotency

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x20-\x7e]*$",
        description="Of your own making, 1 to 128 characters: a create that you send again with the same key "
        "and the same body within 24 hours answers as the first did, and nothing is created twice.",
    ),
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A create, perhaps the first with its key, perhaps a repeated one, perhaps without a key."""

    held: idempotency.Claim | idempotency.Answered | None

    def replay(self, fingerprint: str) -> str | None:
        """The answer of an earlier request with this key; None if there was none.

        Raises ApiError (409) if that had another body than this one's `fingerprint`.
        """
        if not isinstance(self.held, idempotency.Answered):
            return None
        if self.held.fingerprint != fingerprint:
            raise ApiError(
                HTTPStatus.CONFLICT,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Use a new key for a new request.",
            )
        return self.held.answer

    def finish(self, fingerprint: str, answer: str) -> None:
        """Remember the answer; call it in the transaction that creates. Raises ClaimLostError."""
        if isinstance(self.held, idempotency.Claim):
            idempotency.finish(self.held, fingerprint, answer)


@asynccontextmanager
async def attempt(owner: Owner, key: str | None) -> AsyncIterator[Attempt]:
    """Carry out a create under its key, if it has one. Raises ApiError (409) while another one does."""
    if key is None:
        yield Attempt(None)
        return
    try:
        held = await run_in_threadpool(idempotency.claim, owner, key)
        if isinstance(held, idempotency.Answered):
            yield Attempt(held)
            return
        async with _holding(held):
            yield Attempt(held)
    except (idempotency.InFlightError, idempotency.ClaimLostError):
        raise ApiError(
            HTTPStatus.CONFLICT,
            "idempotency_key_in_flight",
            "Another request with this Idempotency-Key is still being carried out. Send it again shortly.",
            {"Retry-After": "1"},
        ) from None


@asynccontextmanager
async def _holding(held: idempotency.Claim) -> AsyncIterator[None]:
    renewal = asyncio.create_task(_renew(held))
    try:
        yield
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)
        # Without effect once the claim is answered. The shield lets it end even if the server is stopping.
        await asyncio.shield(run_in_threadpool(idempotency.release, held))


async def _renew(held: idempotency.Claim) -> None:
    while True:
        await asyncio.sleep(idempotency.LEASE_SECONDS / 3)
        await run_in_threadpool(idempotency.renew, held)
