"""Idempotency keys: a create that is sent twice is carried out once.

A request claims its key before its body is read and holds it by a lease that it renews; so long the key is in
flight. A request that fails gives the key back, so only successes are replayed; one that dies with its server
loses the key when the lease runs out. A success stores its answer in the same transaction as what it created,
so that the two cannot come apart, and the answer is kept for a day.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.exc import IntegrityError

from morgana.store.database import transaction
from morgana.store.records import Owner
from morgana.store.tables import IdempotencyRow, now

LEASE_SECONDS = 15
LIFE_SECONDS = 24 * 3600
_SECOND = 1_000_000


class InFlightError(Exception):
    """Another request holds the key and is still being carried out."""


class ClaimLostError(Exception):
    """The lease ran out and another request took the key."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry out the one create with this key."""

    owner: Owner
    key: str
    token: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the first request with the key answered, and the fingerprint of its body."""

    fingerprint: str
    answer: str


def claim(owner: Owner, key: str) -> Claim | Answered:
    """Take the key, or learn what it was answered. Raises InFlightError if another request has it."""
    wanted = Claim(owner, key, secrets.token_hex(16))
    try:
        with transaction() as session:
            row = session.get(IdempotencyRow, (owner.user, owner.org, key), with_for_update=True)
            if row is None:
                session.add(_row(wanted))
                return wanted
            return _take_over(row, wanted)
    except IntegrityError:  # another request inserted the same key since we looked
        raise InFlightError(key) from None


def renew(held: Claim) -> None:
    """Hold the claim for another `LEASE_SECONDS`; without effect if it is lost."""
    with transaction() as session:
        session.execute(
            update(IdempotencyRow).where(*_held(held)).values(lease_until=now() + LEASE_SECONDS * _SECOND)
        )


def finish(held: Claim, fingerprint: str, answer: str) -> None:
    """Keep the answer for later requests. Raises ClaimLostError, which must undo what was created."""
    with transaction() as session:
        result = session.execute(
            update(IdempotencyRow)
            .where(*_held(held))
            .values(fingerprint=fingerprint, answer=answer)
            .returning(IdempotencyRow.key)
        )
        if result.first() is None:
            raise ClaimLostError(held.key)


def release(held: Claim) -> None:
    """Give an unanswered key back, so that the next request with it is carried out."""
    with transaction() as session:
        session.execute(delete(IdempotencyRow).where(*_held(held)))


def remove_expired() -> None:
    with transaction() as session:
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.expires_at <= now()))


def _take_over(row: IdempotencyRow, wanted: Claim) -> Claim | Answered:
    if row.expires_at > now():
        if row.fingerprint is not None and row.answer is not None:
            return Answered(row.fingerprint, row.answer)
        # A lease that lasts longer than any is from before the clock was set back.
        if 0 < row.lease_until - now() <= LEASE_SECONDS * _SECOND:
            raise InFlightError(row.key)
    fresh = _row(wanted)
    row.token, row.lease_until, row.expires_at = fresh.token, fresh.lease_until, fresh.expires_at
    row.fingerprint = row.answer = None
    return wanted


def _row(wanted: Claim) -> IdempotencyRow:
    moment = now()
    return IdempotencyRow(
        user_id=wanted.owner.user,
        org_id=wanted.owner.org,
        key=wanted.key,
        token=wanted.token,
        lease_until=moment + LEASE_SECONDS * _SECOND,
        expires_at=moment + LIFE_SECONDS * _SECOND,
    )


def _held(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        IdempotencyRow.user_id == held.owner.user,
        IdempotencyRow.org_id == held.owner.org,
        IdempotencyRow.key == held.key,
        IdempotencyRow.token == held.token,
        IdempotencyRow.answer.is_(None),
    )
