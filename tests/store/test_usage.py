from datetime import date, timedelta
from decimal import Decimal

import pytest

from morgana.prices import Consumer, PriceList, parse
from morgana.settings import settings
from morgana.store import (
    Facts,
    Failure,
    Kind,
    Owner,
    VideoDraft,
    actors,
    demo,
    retention,
    usage,
    videos,
    work,
)
from tests.store.conftest import ADA, Clock, cast, created, written_over

pytestmark = pytest.mark.usefixtures("db")

LOOMS = Owner("ada", "looms")
TODAY = date(2026, 1, 2)
FREE = parse('{"caption": {}}')


def film(seconds: float) -> Facts:
    return Facts(seconds, 720, 1280)


def captioned(seconds: float, owner: Owner = ADA) -> str:
    """A finished job of captions; its id."""
    draft = VideoDraft(videos.new_id(), Kind.CAPTION, {"template": "x"}, {})
    videos.create(owner, draft)
    assert work.complete(draft.id, {"video": "videos/x/video.mp4"}, facts=film(seconds))
    return draft.id


def used(owner: Owner = ADA, days: int = 0, prices: PriceList = FREE) -> list[tuple[object, ...]]:
    found = usage.of(owner, TODAY, TODAY + timedelta(days=days), prices)
    assert all(one.owner == owner for one in found)
    return [(one.consumer, one.jobs, one.seconds, one.characters, one.items) for one in found]


@pytest.fixture(autouse=True)
def at(clock: Clock) -> Clock:
    return clock


def test_each_kind_of_job_is_noted_with_what_it_consumed() -> None:
    spoken = VideoDraft(videos.new_id(), Kind.GENERATION, {"script": "Hello, Zoé 🎉"}, {})
    videos.create(ADA, spoken)
    assert work.complete(spoken.id, {"video": "x"}, facts=film(12.48))
    assert work.complete(created().id, {"video": "x"}, facts=film(3))
    captioned(61.5)
    assert work.complete(written_over().id, {"video0": "x", "video1": "y"}, facts=film(9.04))
    assert work.complete(cast().id, {"portrait": "x"})
    usage.charge_speech(ADA, 40, 2.5)
    assert used() == [
        (Consumer.ACTOR, 1, 0, 0, 1),
        (Consumer.CAPTION, 1, Decimal("61.5"), 0, 1),
        (Consumer.GENERATION, 2, Decimal("15.48"), 12, 2),
        (Consumer.OVERLAY, 1, Decimal("9.04"), 0, 2),
        (Consumer.SPEECH, 1, Decimal("2.5"), 40, 1),
    ]


def test_a_job_that_was_not_completed_consumed_nothing() -> None:
    failed, cancelled, running = created(), created(), created()
    assert work.fail(failed.id, "no_face_detected", "Send another picture.")
    assert work.cancel(cancelled.id)
    assert not work.complete(failed.id, {"video": "x"}, facts=film(5))
    assert work.wanted(running.id)
    assert used() == []


def test_the_built_in_actor_is_on_nobodys_bill() -> None:
    demo.provide()
    assert work.complete(demo.ID, {"portrait": "x"})
    assert usage.of_all(TODAY, TODAY, FREE) == []


def test_a_job_that_is_completed_twice_is_noted_once() -> None:
    video = created()
    assert work.complete(video.id, {"video": "x"}, facts=film(5))
    assert not work.complete(video.id, {"video": "y"}, facts=film(6))
    assert used() == [(Consumer.GENERATION, 1, 5, 0, 1)]


def test_a_completion_that_is_not_committed_is_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    video = created()

    def broken(*_: object) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr("morgana.store.usage.charge", broken)
        with pytest.raises(ConnectionError):
            work.complete(video.id, {"video": "x"}, facts=film(5))
    assert work.wanted(video.id)  # neither the one nor the other
    assert work.complete(video.id, {"video": "x"}, facts=film(5))
    assert len(used()) == 1


def test_only_the_texts_that_were_written_count() -> None:
    failure = Failure("text_too_long", "Send a shorter text.")
    assert work.complete(written_over().id, {"video1": "x"}, {0: failure}, film(4))
    assert work.complete(written_over().id, {}, {0: failure, 1: failure}, film(4))
    assert used() == [(Consumer.OVERLAY, 1, 4, 0, 1)]


def test_it_is_kept_by_day_as_the_world_has_it(clock: Clock) -> None:
    clock.advance(hours=20, minutes=55, seconds=54)  # 23:59:59.678901
    captioned(10)
    clock.advance(seconds=1)
    captioned(20)
    days = usage.of(ADA, TODAY, TODAY + timedelta(days=1), FREE)
    assert [(one.day, int(one.seconds)) for one in days] == [(TODAY, 10), (TODAY + timedelta(days=1), 20)]
    assert [one.seconds for one in usage.of(ADA, TODAY, TODAY, FREE)] == [10]
    assert usage.of(ADA, TODAY - timedelta(days=9), TODAY - timedelta(days=1), FREE) == []


def test_each_owner_sees_their_own() -> None:
    captioned(10)
    captioned(20, LOOMS)
    assert used()[0][2] == 10
    assert used(LOOMS)[0][2] == 20
    every = usage.of_all(TODAY, TODAY, FREE)
    assert [(one.owner, int(one.seconds)) for one in every] == [(ADA, 10), (LOOMS, 20)]


def test_each_minute_that_was_begun_costs_of_each_job_by_itself() -> None:
    for seconds in (0.04, 60.0, 60.0000000001, 60.04, 299.99):
        captioned(seconds)
    (usual,) = usage.of(ADA, TODAY, TODAY, parse(None))
    assert usual.cost == (1 + 1 + 1 + 2 + 5) * Decimal("0.15")


def test_costs_of_every_measure_add_up_exactly() -> None:
    prices = parse(
        '{"currency": "EUR", "caption": {"items": {"price": "0.1"}, "seconds": {"price": "0.001"}},'
        ' "speech": {"characters": {"price": "0.015", "step": 1000}}, "overlay": {"items": {"price": "0.2"}}}'
    )
    captioned(1.2)
    for characters in (1, 1000, 1001):
        usage.charge_speech(ADA, characters, 0.1)
    assert work.complete(written_over().id, {"video0": "x", "video1": "y"}, facts=film(2))
    assert work.complete(created().id, {"video": "x"}, facts=film(3))
    costs = {one.consumer: one.cost for one in usage.of(ADA, TODAY, TODAY, prices)}
    assert costs == {
        Consumer.CAPTION: Decimal("0.102"),
        Consumer.SPEECH: 4 * Decimal("0.015"),
        Consumer.OVERLAY: Decimal("0.4"),
        Consumer.GENERATION: 0,
    }


def test_it_outlives_what_was_made(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert videos.remove(ADA, captioned(10))
    actor = cast()
    work.complete(actor.id, {"portrait": "x"})
    assert actors.remove(ADA, actor.id)
    captioned(20)
    monkeypatch.setenv("MORGANA_KEEP_DAYS", "1")
    monkeypatch.setattr("morgana.store.retention.now", clock)
    settings.cache_clear()
    clock.advance(days=2)
    assert retention.expire() == 1
    assert used() == [(Consumer.ACTOR, 1, 0, 0, 1), (Consumer.CAPTION, 2, 30, 0, 2)]


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e9])
def test_facts_that_cannot_be_are_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="no facts"):
        Facts(seconds, 720, 1280)


def test_a_renderer_that_there_is_not_is_no_fact() -> None:
    with pytest.raises(ValueError, match="no facts"):
        Facts(1.0, 720, 1280, renderer="oil")  # type: ignore[arg-type]
