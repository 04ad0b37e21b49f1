"""What has changed about jobs since one last looked, for those who watch them as they happen."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session, selectin_polymorphic

from morgana.store import actors, text_overlays, videos
from morgana.store.database import reading
from morgana.store.records import Actor, Owner, Resource, Status, TextOverlay, Video
from morgana.store.tables import ActorRow, JobRow, TextOverlayRow, VideoRow

Record = Video | TextOverlay | Actor

_State = tuple[str, int, str | None, bool]  # status, progress, stage, begun
_MOST_AT_ONCE = 500  # numbers in one query


@dataclass(frozen=True, slots=True)
class Change:
    """What a job of `owner` is now; `record` is None where it was deleted."""

    id: str
    resource: Resource
    owner: Owner
    record: Record | None


@dataclass(slots=True)
class _Seen:
    state: _State
    change: Change


@dataclass(slots=True)
class Lookout:
    """Remembers the unfinished jobs of the owners who are watched. Not to be used by two threads at once."""

    _seen: dict[int, _Seen] = field(default_factory=dict)  # by sequence
    _last: int | None = None  # sequence of the newest job at the last look

    def look(self, owners: Collection[Owner]) -> list[Change]:
        """What is new about these owners' jobs, oldest first: every unfinished job of an owner who was not
        watched before; of the others each job whose status, progress or stage is another, is new, or gone."""
        with reading() as session:
            theirs = tuple_(JobRow.user_id, JobRow.org_id).in_([(one.user, one.org) for one in owners])
            found = _states(session, theirs & (JobRow.status == Status.PROCESSING))
            newest = session.scalar(select(func.max(JobRow.sequence))) or 0
            if self._last is not None and newest > self._last:
                found |= _states(session, theirs & (JobRow.sequence > self._last))
            self._seen = {key: one for key, one in self._seen.items() if one.change.owner in owners}
            lost = [key for key in self._seen if key not in found]
            for some in _parts(lost):
                found |= _states(session, theirs & JobRow.sequence.in_(some))
            new = [key for key, state in found.items() if not self._knows(key, state)]
            changes = _changes(session, new)
        changes |= {key: _gone(self._seen[key].change) for key in lost if key not in found}
        self._last = newest
        self._remember(found, changes)
        return [changes[key] for key in sorted(changes)]

    def unfinished(self, owner: Owner) -> list[Change]:
        """The owner's unfinished jobs at the last look, oldest first."""
        return [one.change for _, one in sorted(self._seen.items()) if one.change.owner == owner]

    def _knows(self, key: int, state: _State) -> bool:
        return key in self._seen and self._seen[key].state == state

    def _remember(self, found: dict[int, _State], changes: dict[int, Change]) -> None:
        for key, change in changes.items():
            if change.record is not None and change.record.status is Status.PROCESSING:
                self._seen[key] = _Seen(found[key], change)
            else:
                self._seen.pop(key, None)


def _states(session: Session, condition: ColumnElement[bool]) -> dict[int, _State]:
    query = select(
        JobRow.sequence, JobRow.status, JobRow.progress, JobRow.stage, JobRow.started_at.is_not(None)
    )
    rows = session.execute(query.where(condition))
    return {sequence: (status, progress, stage, begun) for sequence, status, progress, stage, begun in rows}


def _changes(session: Session, keys: list[int]) -> dict[int, Change]:
    whole = select(JobRow).options(selectin_polymorphic(JobRow, [VideoRow, TextOverlayRow, ActorRow]))
    rows = [row for some in _parts(keys) for row in session.scalars(whole.where(JobRow.sequence.in_(some)))]
    return {
        row.sequence: Change(row.id, Resource(row.resource), Owner(row.user_id, row.org_id), _record(row))
        for row in rows
    }


def _record(row: JobRow) -> Record:
    match row:
        case VideoRow():
            return videos.record(row)
        case TextOverlayRow():
            return text_overlays.record(row)
        case ActorRow():
            return actors.record(row)
    raise TypeError(f"nobody knows what a {row.resource} is")


def _gone(change: Change) -> Change:
    return replace(change, record=None)


def _parts(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), _MOST_AT_ONCE):
        yield keys[start : start + _MOST_AT_ONCE]
