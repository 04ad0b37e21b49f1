"""Token buckets, one for each owner and kind of request, shared by all servers on one database.

A bucket is kept as the moment at which it will be full again (the generic cell rate algorithm, ITU-T I.371):
a request moves that moment on by the time in which one token is refilled, and is refused if that would put it
further away than the time in which the whole bucket is. So one number is all there is to keep, a bucket that
nobody uses costs nothing, and one statement takes a token, whichever servers ask at the same time.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from morgana.quotas import Bucket, Quota
from morgana.store.database import transaction
from morgana.store.records import Owner
from morgana.store.tables import RateLimitRow, now

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How an owner stands with a quota after a request, which was admitted or not. Times are in seconds."""

    admitted: bool
    remaining: int  # requests that would be admitted now
    full_in: float  # until all of the quota's are there again
    next_in: float  # until one is; 0 if one is there now


def take(owner: Owner, bucket: Bucket, quota: Quota) -> Standing:
    """Count one request, unless there are too many."""
    moment, step = now(), quota.seconds * _SECOND // quota.requests
    whole = step * quota.requests
    with transaction() as session:
        full_at = _filled(session, owner, bucket, moment, step, whole)
        if admitted := full_at is not None:
            return _standing(admitted, full_at - moment, step, whole)
        return _standing(admitted, _refused(session, owner, bucket, moment, whole), step, whole)


def remove_full() -> None:
    """Forget what says no more than no row would."""
    with transaction() as session:
        session.execute(delete(RateLimitRow).where(RateLimitRow.full_at <= now()))


def _filled(session: Session, owner: Owner, bucket: Bucket, moment: int, step: int, whole: int) -> int | None:
    """Take a token; the moment at which the bucket is full again, or None if there was no token."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    full_at: ColumnElement[int] = (
        case((RateLimitRow.full_at > moment, RateLimitRow.full_at), else_=moment) + step
    )
    statement: Any = (
        insert(RateLimitRow)
        .values(user_id=owner.user, org_id=owner.org, bucket=bucket, full_at=moment + step)
        .on_conflict_do_update(
            index_elements=[RateLimitRow.user_id, RateLimitRow.org_id, RateLimitRow.bucket],
            set_={"full_at": full_at},
            where=full_at <= moment + whole,
        )
        .returning(RateLimitRow.full_at)
    )
    return session.execute(statement).scalar()


def _refused(session: Session, owner: Owner, bucket: Bucket, moment: int, whole: int) -> int:
    """How long until the bucket is full, in microseconds.

    At most as long as an empty one takes: a moment further away is from before the clock was set back, or the
    quota was another, and is put right.
    """
    key = (owner.user, owner.org, bucket)
    row = session.get(RateLimitRow, key)
    full_at = moment + whole if row is None else row.full_at  # there is none if it was swept since
    if full_at > moment + whole:
        mine = tuple(
            column == value for column, value in zip(RateLimitRow.__table__.primary_key, key, strict=True)
        )
        session.execute(update(RateLimitRow).where(*mine).values(full_at=moment + whole))
    return min(full_at - moment, whole)


def _standing(admitted: bool, left: int, step: int, whole: int) -> Standing:  # noqa: FBT001
    """left: microseconds until the bucket is full."""
    remaining = (whole - left) // step
    next_in = 0 if remaining else left - (whole - step)
    return Standing(admitted, remaining, left / _SECOND, next_in / _SECOND)
