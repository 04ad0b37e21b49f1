"""Actors as their owner sees them: the owner's own, by user and organisation, and the built-in ones."""

from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from morgana.settings import settings
from morgana.store import owned
from morgana.store.database import transaction
from morgana.store.persons import persons
from morgana.store.records import Actor, ActorDraft, Kind, Owner, Resource, Status
from morgana.store.tables import ActorRow, now, to_datetime

_NOBODY = Owner("")  # whose the built-in actors are


def new_id() -> str:
    return owned.new_id(Resource.ACTOR)


def create(owner: Owner, draft: ActorDraft) -> Actor:
    """Record an actor to be analysed. Once this is committed, a worker will find it and do so."""
    with transaction() as session:
        row = _row(owner, draft, built_in=False)
        session.add(row)
        session.flush()
        return record(row)


def provide(draft: ActorDraft, *, analysed_at_once: bool = True) -> None:
    """Have a built-in actor. It is analysed again if its picture is a new one, or if that failed before.

    analysed_at_once: if not, it is there without an analysis until `call_up`. Any number of processes may do
    so at once.
    """
    status = Status.PROCESSING if analysed_at_once else Status.COMPLETE
    try:
        with transaction() as session:
            query = select(ActorRow).where(ActorRow.id == draft.id, ActorRow.built_in)
            row = session.scalar(query.with_for_update())
            if row is None:
                session.add(_row(_NOBODY, draft, built_in=True, status=status))
                return
            row.name, row.voice_id, row.expression = draft.name, draft.voice_id, draft.expression
            if row.status == Status.FAILED or row.inputs != draft.inputs:
                _renew(row, draft, status)
    except IntegrityError:  # another process has added it since we looked
        return


def call_up(actor_id: str) -> bool:
    """Have a built-in actor that is there without an analysis analysed; False if it is none, or no longer."""
    with transaction() as session:
        query = select(ActorRow).where(
            ActorRow.id == actor_id, ActorRow.built_in, ActorRow.status == Status.COMPLETE
        )
        row = session.scalar(query.with_for_update())
        if row is None or row.outputs:
            return False
        row.status, row.completed_at = Status.PROCESSING, None
        return True


def get(owner: Owner, actor_id: str) -> Actor | None:
    row = owned.get(ActorRow, _visible(owner), actor_id)
    return None if row is None else record(row)


def page(
    owner: Owner, *, after: str | None = None, limit: int = 20, order: Literal["asc", "desc"] = "desc"
) -> list[Actor]:
    """Up to `limit` actors by creation time, strictly after the actor `after`.

    Raises UnknownCursorError if the owner may see no actor `after`.
    """
    return [record(row) for row in owned.page(ActorRow, _visible(owner), after, limit, order)]


def remove(owner: Owner, actor_id: str) -> Actor | None:
    """Forget an actor of the owner's and return what it was, also while it is being analysed; None if there
    is none or it is built in.

    Its blobs are the caller's to delete; should that fail, `sweep` finds them.
    """
    row = owned.remove(ActorRow, owned.of(owner) & ActorRow.built_in.is_(False), actor_id)
    return None if row is None else record(row)


def _visible(owner: Owner) -> ColumnElement[bool]:
    offered: ColumnElement[bool] = ActorRow.built_in.is_(True)
    if settings().generated_actors == "off":
        offered = offered & ActorRow.id.not_in(persons())
    return owned.of(owner) | offered


def _row(owner: Owner, draft: ActorDraft, *, built_in: bool, status: Status = Status.PROCESSING) -> ActorRow:
    return ActorRow(
        id=draft.id,
        kind=Kind.ACTOR,
        user_id=owner.user,
        org_id=owner.org,
        status=status,
        progress=0,
        options={},
        inputs=draft.inputs,
        outputs={},
        created_at=now(),
        completed_at=_ended(status),
        name=draft.name,
        voice_id=draft.voice_id,
        expression=draft.expression,
        expression_intensity=draft.expression_intensity,
        built_in=built_in,
    )


def _renew(row: ActorRow, draft: ActorDraft, status: Status) -> None:
    row.status, row.progress, row.inputs, row.outputs = status, 0, draft.inputs, {}
    row.error_code = row.error_message = row.queued_at = row.started_at = None
    row.completed_at = _ended(status)


def _ended(status: Status) -> int | None:
    return None if status is Status.PROCESSING else now()


def record(row: ActorRow) -> Actor:
    return Actor(
        id=row.id,
        status=Status(row.status),
        progress=row.progress,
        stage=owned.stage(row),
        error_code=row.error_code,
        error_message=row.error_message,
        inputs=row.inputs,
        outputs=row.outputs,
        created_at=to_datetime(row.created_at),
        completed_at=None if row.completed_at is None else to_datetime(row.completed_at),
        name=row.name,
        voice_id=row.voice_id,
        expression=row.expression,
        expression_intensity=row.expression_intensity,
        built_in=row.built_in,
    )
