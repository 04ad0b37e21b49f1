import re
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morgana.store import Owner, Status, UnknownCursorError, VideoDraft, database, videos, work
from morgana.store.records import Video
from morgana.store.tables import JobRow
from tests.store.conftest import ADA, Clock, created, draft

pytestmark = pytest.mark.usefixtures("db")

STRANGERS = [Owner("grace", "engines"), Owner("ada", "looms"), Owner("ada"), Owner("", "engines")]


def _finished(video: Video) -> Video:
    assert work.complete(video.id, {"video": f"videos/{video.id}/video.mp4"})
    finished = videos.get(video.owner, video.id)
    assert finished is not None
    return finished


def test_an_id_is_a_name_of_24_random_letters() -> None:
    ids = {videos.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"video_[A-Za-z0-9]{24}", video_id) for video_id in ids)


@pytest.mark.usefixtures("clock")
def test_a_new_video_is_processing_and_reads_back_whole() -> None:
    asked = draft()
    video = videos.create(ADA, asked)
    assert (video.status, video.progress, video.outputs) == (Status.PROCESSING, 0, {})
    assert (video.error_code, video.error_message, video.completed_at) == (None, None, None)
    assert video.created_at == datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    for name in {*VideoDraft.__slots__} - {"share"}:  # that opens it to the public: see `shares`
        assert getattr(video, name) == getattr(asked, name), name
    assert videos.get(ADA, video.id) == video


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_but_the_owner_sees_or_touches_a_video(stranger: Owner) -> None:
    running, finished = created(), _finished(created())
    assert videos.get(stranger, running.id) is None
    assert videos.page(stranger) == []
    assert not videos.cancel(stranger, running.id)
    assert videos.remove(stranger, finished.id) is None
    with pytest.raises(UnknownCursorError):
        videos.page(stranger, after=running.id)
    assert videos.get(ADA, running.id) == running
    assert videos.get(ADA, finished.id) == finished


def test_cancelling_ends_a_running_video_once(clock: Clock) -> None:
    video = created()
    clock.advance(seconds=2)
    assert videos.cancel(ADA, video.id)
    clock.advance(seconds=2)
    assert not videos.cancel(ADA, video.id)
    cancelled = videos.get(ADA, video.id)
    assert cancelled is not None
    assert cancelled.status is Status.CANCELLED
    assert cancelled.completed_at is not None
    assert (cancelled.completed_at - video.created_at).total_seconds() == 2


def test_a_finished_video_is_not_cancelled_and_a_running_one_not_removed() -> None:
    running, finished = created(), _finished(created())
    assert not videos.cancel(ADA, finished.id)
    assert videos.remove(ADA, running.id) is None
    assert videos.get(ADA, finished.id) == finished
    assert videos.get(ADA, running.id) == running


def test_removing_forgets_the_video_and_says_which_files_it_had() -> None:
    finished = _finished(created())
    assert videos.remove(ADA, finished.id) == finished
    assert videos.remove(ADA, finished.id) is None
    assert videos.get(ADA, finished.id) is None
    assert set(finished.blobs()) == {*draft(finished.id).inputs.values(), *finished.outputs.values()}
    with database.reading() as session:
        assert session.query(JobRow).count() == 0


@pytest.mark.usefixtures("clock")
def test_equal_creation_times_keep_the_order_of_creation() -> None:
    made = [created().id for _ in range(12)]
    assert [video.id for video in videos.page(ADA, order="asc", limit=100)] == made
    assert [video.id for video in videos.page(ADA, limit=100)] == made[::-1]


def test_the_creation_time_decides_even_if_the_clock_was_set_back(clock: Clock) -> None:
    late = created()
    clock.advance(seconds=-10)
    early = created()
    assert [video.id for video in videos.page(ADA, order="asc")] == [early.id, late.id]


@pytest.mark.usefixtures("clock")
def test_a_video_that_was_removed_does_not_give_its_place_to_a_new_one() -> None:
    first, last = created(), _finished(created())
    videos.remove(ADA, last.id)
    newest = created()
    assert [video.id for video in videos.page(ADA, order="asc", after=first.id)] == [newest.id]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from([-1_000_000, -1, 0, 0, 0, 1, 1_000_000]), max_size=12),
    limit=st.integers(1, 5),
    order=st.sampled_from(["asc", "desc"]),
)
def test_pages_put_together_are_the_whole_list(
    clock: Clock, steps: list[int], limit: int, order: Literal["asc", "desc"]
) -> None:
    with database.transaction() as session:
        session.query(JobRow).delete()
    made: list[tuple[int, int, str]] = []
    for step in steps:
        clock.advance(microseconds=step)
        made.append((clock.micros, len(made), created().id))
        created(Owner("grace"))
    expected = [video_id for _, _, video_id in sorted(made, reverse=order == "desc")]

    collected: list[str] = []
    while page := videos.page(ADA, after=collected[-1] if collected else None, limit=limit, order=order):
        assert len(page) <= limit
        collected += [video.id for video in page]
    assert collected == expected


def test_calls_in_one_transaction_come_true_together_or_not_at_all() -> None:
    with database.transaction():
        kept = created()
        assert videos.get(ADA, kept.id) == kept
    lost = draft()
    with pytest.raises(BrokenError):
        _create_and_break(lost)
    assert videos.get(ADA, kept.id) == kept
    assert videos.get(ADA, lost.id) is None


class BrokenError(Exception):
    pass


def _create_and_break(asked: VideoDraft) -> None:
    with database.transaction():
        videos.create(ADA, asked)
        raise BrokenError
