"""What those who watch jobs are told of."""

import pytest

from morgana.store import Owner, Resource, Status, actors, text_overlays, videos, watching, work
from morgana.store.watching import Change, Lookout
from tests.store.conftest import ADA, cast, created, written_over

pytestmark = pytest.mark.usefixtures("db")

BOB = Owner("bob")


def _told(changes: list[Change]) -> list[tuple[str, str, int]]:
    return [
        (one.id, one.record.status.value, one.record.progress) if one.record else (one.id, "gone", 0)
        for one in changes
    ]


def test_at_first_the_unfinished_jobs_of_every_kind_are_told_then_only_changes() -> None:
    done, video, overlay, actor = created(), created(), written_over(), cast()
    work.complete(done.id, {"video": "x"})
    lookout = Lookout()
    first = lookout.look([ADA])
    assert [one.resource for one in first] == [Resource.VIDEO, Resource.TEXT_OVERLAY, Resource.ACTOR]
    assert [one.record for one in first] == [
        videos.get(ADA, video.id),
        text_overlays.get(ADA, overlay.id),
        actors.get(ADA, actor.id),
    ]
    assert lookout.look([ADA]) == []
    work.set_progress(video.id, 30, "render")
    work.begin(overlay.id)
    work.fail(actor.id, "no_face_detected", "Send another.")
    assert _told(lookout.look([ADA])) == [
        (video.id, "PROCESSING", 30),
        (overlay.id, "PROCESSING", 0),
        (actor.id, "FAILED", 0),
    ]
    work.set_progress(video.id, 30, "publish")
    assert [one.record and one.record.stage for one in lookout.look([ADA])] == ["publish"]
    assert [one.id for one in lookout.unfinished(ADA)] == [video.id, overlay.id]
    work.complete(video.id, {"video": "y"})
    assert _told(lookout.look([ADA])) == [(video.id, "COMPLETE", 100)]
    assert [one.id for one in lookout.unfinished(ADA)] == [overlay.id]


def test_what_began_and_ended_between_two_looks_is_told_and_so_is_what_was_deleted() -> None:
    lookout = Lookout()
    kept = created()
    lookout.look([ADA])
    brief = created()
    work.fail(brief.id, "audio_silent", "Send another.")
    videos.cancel(ADA, kept.id)
    videos.remove(ADA, kept.id)
    assert _told(lookout.look([ADA])) == [(kept.id, "gone", 0), (brief.id, Status.FAILED, 0)]
    assert lookout.look([ADA]) == []


def test_nobody_is_told_of_anothers_jobs_and_who_joins_is_told_of_all() -> None:
    theirs, mine = created(BOB), created()
    lookout = Lookout()
    assert [(one.id, one.owner) for one in lookout.look([ADA])] == [(mine.id, ADA)]
    work.set_progress(theirs.id, 10)
    created(Owner("ada"))  # the same user without the organisation
    assert lookout.look([ADA]) == []
    assert [(one.id, one.owner) for one in lookout.look([ADA, BOB])] == [(theirs.id, BOB)]
    assert lookout.look([BOB]) == []
    assert lookout.unfinished(ADA) == []
    assert [one.id for one in lookout.look([ADA])] == [mine.id]


def test_more_jobs_than_one_query_can_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_MOST_AT_ONCE", 2)
    made = [created().id for _ in range(5)]
    lookout = Lookout()
    assert [one.id for one in lookout.look([ADA])] == made
    for one in made:
        work.cancel(one)
    assert _told(lookout.look([ADA])) == [(one, "CANCELLED", 0) for one in made]
