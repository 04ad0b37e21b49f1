"""What every resource's repository does alike: find, list, cancel and remove what the asker may see.

`visible` is the condition that says what that is; for most resources it is `of(owner)`.
"""

import secrets
import string
from collections.abc import Sequence
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, select, tuple_, update

from morgana.store import outbox
from morgana.store.database import reading, transaction
from morgana.store.records import Owner, Resource, Status
from morgana.store.tables import Base, JobRow, now

Row = TypeVar("Row", bound=JobRow)
AnyRow = TypeVar("AnyRow", bound=Base)

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 24  # of 62 letters: 142 bits


class UnknownCursorError(LookupError):
    """The record to continue after is not among those that may be seen."""


def new_id(resource: Resource) -> str:
    return f"{resource}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


def of(owner: Owner) -> ColumnElement[bool]:
    """Only what is this owner's."""
    return (JobRow.user_id == owner.user) & (JobRow.org_id == owner.org)


def stage(row: JobRow) -> str | None:
    """What is being done for the job; None unless it is being worked on."""
    return row.stage if row.status == Status.PROCESSING else None


def get(row: type[Row], visible: ColumnElement[bool], record_id: str) -> Row | None:
    with reading() as session:
        return session.scalar(select(row).where(visible, JobRow.id == record_id))


def page(
    row: type[AnyRow],
    visible: ColumnElement[bool],
    after: str | None,
    limit: int,
    order: Literal["asc", "desc"],
    table: Any = JobRow,
) -> Sequence[AnyRow]:
    """Up to `limit` records by creation time, strictly after `after`. Raises UnknownCursorError.

    table: which has the id, the time and the sequence of such a row.
    """
    place = (table.created_at, table.sequence)
    query = select(row).where(visible)
    with reading() as session:
        if after is not None:
            cursor: Any = session.scalar(query.where(table.id == after))
            if cursor is None:
                raise UnknownCursorError(after)
            passed = tuple_(cursor.created_at, cursor.sequence)
            query = query.where(tuple_(*place) > passed if order == "asc" else tuple_(*place) < passed)
        columns = place if order == "asc" else tuple(column.desc() for column in place)
        return session.scalars(query.order_by(*columns).limit(limit)).all()


def cancel(row: type[JobRow], visible: ColumnElement[bool], record_id: str) -> bool:
    """PROCESSING -> CANCELLED; False if there is no such record or it is already finished."""
    with transaction() as session:
        result = session.execute(
            update(JobRow)
            .where(
                visible,
                JobRow.id == record_id,
                JobRow.resource == row.__mapper__.polymorphic_identity,
                JobRow.status == Status.PROCESSING,
            )
            .values(status=Status.CANCELLED, completed_at=now())
            .returning(JobRow.id)
        )
        cancelled = result.first() is not None
        if cancelled:
            outbox.note(record_id)
        return cancelled


def remove(row: type[Row], condition: ColumnElement[bool], record_id: str) -> Row | None:
    """Forget the record and return what it was; None if there is none that meets the condition.

    Its blobs are the caller's to delete; should that fail, `sweep` finds them.
    """
    with transaction() as session:
        found = session.scalar(select(row).where(condition, JobRow.id == record_id).with_for_update())
        if found is not None:
            session.delete(found)
            session.flush()
        return found
