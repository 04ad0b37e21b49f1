from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from morgana.queues import Queue
from morgana.store import (
    DeliveryAttempt,
    EventType,
    Failure,
    Owner,
    UnknownCursorError,
    Webhook,
    WebhookDraft,
    actors,
    deliveries,
    dispatch,
    text_overlays,
    turns,
    videos,
    webhooks,
    work,
)
from morgana.store.records import DeliveryStatus, Sending
from tests.store.conftest import ADA, Clock, cast, created, written_over

pytestmark = pytest.mark.usefixtures("db")

EVE = Owner("eve")
FIRST, SECOND, THIRD = "whsec_b25l", "whsec_dHdv", "whsec_dGhyZWU="
OUTPUTS = {"video": "videos/x/video.mp4"}


def hooked(owner: Owner = ADA, *events: EventType, secret: str = FIRST, most: int = 16) -> Webhook:
    draft = WebhookDraft("https://example.org/hook", "https://video.example.org", "shop", events)
    return webhooks.create(owner, draft, secret, most)


def attempted(sending: Sending, status: int = 200) -> DeliveryAttempt:
    return DeliveryAttempt(sending.event.created_at, 0.25, status, "fine", None)


def deliver(sending: Sending) -> None:
    dispatch.settle(sending, attempted(sending), delivered=True, again_in=None, refused=None)


def fail(sending: Sending, again_in: float | None, refused: str | None = None) -> None:
    dispatch.settle(sending, attempted(sending, 500), delivered=False, again_in=again_in, refused=refused)


def ended(owner: Owner = ADA) -> str:
    made = created(owner)
    assert work.complete(made.id, OUTPUTS)
    return made.id


def types(webhook: Webhook) -> list[str]:
    return [one.event.type.value for one in deliveries.page(ADA, webhook.id, order="asc")]


def test_one_is_kept_as_it_was_made_and_seen_by_its_owner_alone() -> None:
    made = hooked(ADA, EventType.VIDEO_FAILED)
    assert webhooks.get(ADA, made.id) == made
    assert (made.url, made.description, made.events) == (
        "https://example.org/hook",
        "shop",
        (EventType.VIDEO_FAILED,),
    )
    assert webhooks.get(EVE, made.id) is None
    assert webhooks.change(EVE, made.id, enabled=False) is None
    assert webhooks.rotate(EVE, made.id, SECOND, timedelta()) is None
    assert not webhooks.remove(EVE, made.id)
    assert deliveries.test(EVE, made.id) is None
    assert webhooks.get(ADA, made.id) == made


def test_secrets_are_not_written_where_records_are() -> None:
    made = hooked()
    deliveries.test(ADA, made.id)
    rotated = webhooks.rotate(ADA, made.id, SECOND, timedelta(hours=1))
    (sending,) = dispatch.claim(10)
    assert sending.secrets == (SECOND, FIRST)
    assert "whsec" not in f"{made} {rotated} {sending}"


def test_there_are_no_more_than_may_be() -> None:
    for _ in range(2):
        hooked(most=2)
    with pytest.raises(webhooks.TooManyError):
        hooked(most=2)
    hooked(EVE, most=2)
    assert len(webhooks.page(ADA)) == 2


def test_they_are_listed_in_pages() -> None:
    made = [hooked() for _ in range(3)]
    hooked(EVE)
    assert webhooks.page(ADA, order="asc", limit=2) == made[:2]
    assert webhooks.page(ADA, order="asc", after=made[1].id) == made[2:]
    assert webhooks.page(ADA, after=made[1].id) == made[:1]
    with pytest.raises(UnknownCursorError):
        webhooks.page(EVE, after=made[0].id)


def test_every_end_of_every_kind_of_job_is_told_to_those_who_asked_for_it() -> None:
    everything, some = hooked(), hooked(ADA, EventType.ACTOR_FAILED, EventType.TEXT_OVERLAY_COMPLETED)
    hers = hooked(EVE)
    ended()
    work.fail(created().id, "no_face_detected", "Send another picture.")
    videos.cancel(ADA, created().id)
    work.cancel(written_over().id)
    work.complete(written_over().id, {}, {0: Failure("text_too_long", "Cut it.")})
    work.complete(cast().id, {})
    work.fail(cast().id, "no_face_detected", "")
    assert types(everything) == [
        "video.completed",
        "video.failed",
        "video.cancelled",
        "text_overlay.cancelled",
        "text_overlay.completed",
        "actor.completed",
        "actor.failed",
    ]
    assert types(some) == ["text_overlay.completed", "actor.failed"]
    assert deliveries.page(EVE, hers.id) == []
    one, same = deliveries.page(ADA, everything.id)[0], deliveries.page(ADA, some.id)[0]
    assert one.event == same.event
    assert one.id != same.id


def test_what_did_not_happen_is_not_told() -> None:
    told = hooked()
    video = created()
    turns.admit(ADA, Queue.PORTRAIT)
    work.begin(video.id)
    work.set_progress(video.id, 50)
    assert types(told) == []
    assert work.complete(video.id, OUTPUTS)
    assert not work.fail(video.id, "internal_error", "")
    assert not videos.cancel(ADA, video.id)
    assert types(told) == ["video.completed"]


def test_an_end_and_its_event_are_written_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    told, video, other = hooked(), created(), created()

    def die(_made: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr("morgana.store.outbox._snapshot", die)
        with pytest.raises(RuntimeError):
            work.complete(video.id, OUTPUTS)
        with pytest.raises(RuntimeError):
            videos.cancel(ADA, other.id)
    assert types(told) == []
    assert work.wanted(video.id)
    assert work.wanted(other.id)
    assert work.complete(video.id, OUTPUTS)
    assert types(told) == ["video.completed"]


def test_a_record_is_told_of_as_it_was_although_it_is_deleted() -> None:
    told = hooked()
    video, actor, texts = created(), cast(), written_over()
    assert video.options
    work.complete(video.id, OUTPUTS)
    work.complete(actor.id, {"portrait": "actors/x/portrait.npz"})
    work.complete(texts.id, {"video0": "x"}, {1: Failure("text_too_long", "Cut it.")})
    done = videos.get(ADA, video.id)
    assert done is not None
    before = [replace(done, options={}), actors.get(ADA, actor.id), text_overlays.get(ADA, texts.id)]
    assert videos.remove(ADA, video.id)
    assert actors.remove(ADA, actor.id)
    assert text_overlays.remove(ADA, texts.id)
    assert [one.event.made for one in deliveries.page(ADA, told.id, order="asc")] == before
    assert [one.event.made for one in dispatch.claim(9)] == before


def test_a_delivery_is_claimed_once_until_its_lease_runs_out(clock: Clock) -> None:
    told = hooked()
    ended()
    (first,) = dispatch.claim(10)
    assert dispatch.claim(10) == []
    clock.advance(seconds=dispatch.LEASE_SECONDS)
    (second,) = dispatch.claim(10)
    assert (second.delivery_id, second.event) == (first.delivery_id, first.event)
    fail(first, None)  # comes late, and is only noted
    (logged,) = deliveries.page(ADA, told.id)
    assert (logged.status, len(logged.attempts)) == (DeliveryStatus.PENDING, 1)
    assert dispatch.claim(10) == []
    deliver(second)
    clock.advance(days=2)
    assert dispatch.claim(10) == []


def test_many_who_claim_at_once_never_claim_the_same() -> None:
    for _ in range(10):
        hooked(most=100)
    for _ in range(3):
        ended()
    with ThreadPoolExecutor(6) as pool:
        batches = [*pool.map(dispatch.claim, [4] * 9)]
    assert max(map(len, batches)) == 4
    claimed = [one.delivery_id for batch in [*batches, dispatch.claim(100)] for one in batch]
    assert len(claimed) == len(set(claimed)) == 30


def test_what_is_released_is_claimed_again_at_once() -> None:
    hooked()
    ended()
    claimed = dispatch.claim(10)
    dispatch.release(claimed)
    assert [one.delivery_id for one in dispatch.claim(10)] == [one.delivery_id for one in claimed]


def test_a_delivery_that_failed_is_claimed_again_when_it_is_time(clock: Clock) -> None:
    told = hooked()
    ended()
    for retries in range(3):
        (sending,) = dispatch.claim(10)
        assert sending.retries == retries
        fail(sending, 60)
        clock.advance(seconds=59)
        assert dispatch.claim(10) == []
        (logged,) = deliveries.page(ADA, told.id)
        assert (logged.status, len(logged.attempts)) == (DeliveryStatus.PENDING, retries + 1)
        assert logged.next_attempt_at == logged.created_at + timedelta(seconds=60 * (retries + 1))
        clock.advance(seconds=1)
    (sending,) = dispatch.claim(10)
    fail(sending, None)
    (logged,) = deliveries.page(ADA, told.id)
    assert (logged.status, logged.next_attempt_at) == (DeliveryStatus.FAILED, None)
    assert [one.status for one in logged.attempts] == [500] * 4
    clock.advance(days=9)
    assert dispatch.claim(10) == []


def test_one_that_does_not_answer_delays_nobody_else() -> None:
    slow = [hooked(ADA, EventType.VIDEO_COMPLETED), hooked(ADA, EventType.VIDEO_COMPLETED)]
    for _ in range(30):
        ended()
    quick = hooked()
    ended()
    claimed = dispatch.claim(5)
    assert {one.webhook_id for one in claimed} == {quick.id, *(one.id for one in slow)}
    rest = dispatch.claim(100)
    of_each = [one.webhook_id for one in claimed + rest]
    assert sorted(map(of_each.count, {*of_each})) == [1, 4, 4]
    assert dispatch.claim(100) == []
    failing = next(one for one in claimed if one.webhook_id == slow[0].id)
    for sending in claimed + rest:
        if sending.webhook_id == slow[0].id:
            fail(sending, 3600)
    assert [one.webhook_id for one in dispatch.claim(100)] == [failing.webhook_id]  # one, while it fails


def test_one_that_has_failed_for_days_is_disabled_and_says_why(clock: Clock) -> None:
    told = hooked()
    ended()
    for _ in range(2):
        (sending,) = dispatch.claim(10)
        fail(sending, 3600)
        clock.advance(days=1.6)
    waiting = ended()
    last = next(one for one in dispatch.claim(10) if one.delivery_id == sending.delivery_id)
    fail(last, None)
    seen = webhooks.get(ADA, told.id)
    assert seen is not None
    assert not seen.enabled
    assert seen.disabled_reason is not None
    assert "since 2026-01-02 03:04 UTC" in seen.disabled_reason
    newest = deliveries.page(ADA, told.id)[0]
    assert (newest.resource_id, newest.status) == (waiting, DeliveryStatus.CANCELLED)
    ended()
    assert len(types(told)) == 2
    again = webhooks.change(ADA, told.id, enabled=True)
    assert again is not None
    assert (again.enabled, again.disabled_reason, again.failing_since) == (True, None, None)


def test_one_that_fails_only_now_and_then_is_not_disabled(clock: Clock) -> None:
    told = hooked()
    for end in (deliver, lambda sending: fail(sending, None), deliver, lambda sending: fail(sending, None)):
        ended()
        end(dispatch.claim(10)[0])
        clock.advance(days=5)
    seen = webhooks.get(ADA, told.id)
    assert seen is not None
    assert seen.enabled


def test_tests_that_fail_disable_nothing(clock: Clock) -> None:
    told = hooked()
    for _ in range(2):
        deliveries.test(ADA, told.id)
        fail(dispatch.claim(10)[0], None)
        clock.advance(days=4)
    seen = webhooks.get(ADA, told.id)
    assert seen is not None
    assert seen.enabled
    assert seen.failing_since is not None


def test_one_that_is_gone_is_disabled_at_once() -> None:
    told = hooked()
    ended()
    ended()
    first, _ = dispatch.claim(10)
    fail(first, None, refused="It answered 410 Gone.")
    seen = webhooks.get(ADA, told.id)
    assert seen is not None
    assert (seen.enabled, seen.disabled_reason) == (False, "It answered 410 Gone.")
    assert {one.status for one in deliveries.page(ADA, told.id)} == {
        DeliveryStatus.FAILED,
        DeliveryStatus.CANCELLED,
    }
    assert dispatch.claim(10) == []


def test_what_was_under_way_when_its_webhook_was_disabled_is_recorded_as_it_went() -> None:
    told = hooked()
    for _ in range(2):
        ended()
    arrived, missed = dispatch.claim(10)
    webhooks.change(ADA, told.id, enabled=False)
    deliver(arrived)
    fail(missed, 60)
    logged = {one.id: one for one in deliveries.page(ADA, told.id)}
    assert logged[arrived.delivery_id].status is DeliveryStatus.DELIVERED
    assert logged[missed.delivery_id].status is DeliveryStatus.CANCELLED
    assert logged[missed.delivery_id].next_attempt_at is None
    assert len(logged[missed.delivery_id].attempts) == 1


def test_a_replay_is_the_same_event_with_as_many_retries_as_before(clock: Clock) -> None:
    told = hooked()
    ended()
    (sending,) = dispatch.claim(10)
    fail(sending, None)
    assert deliveries.replay(EVE, told.id, sending.delivery_id) is None
    assert deliveries.replay(ADA, hooked().id, sending.delivery_id) is None
    clock.advance(days=1)
    replayed = deliveries.replay(ADA, told.id, sending.delivery_id)
    assert replayed is not None
    assert (replayed.status, len(replayed.attempts)) == (DeliveryStatus.PENDING, 1)
    (again,) = dispatch.claim(10)
    assert (again.event, again.retries) == (sending.event, 0)
    in_hand = deliveries.replay(ADA, told.id, sending.delivery_id)
    assert dispatch.claim(10) == []
    deliver(again)
    logged = deliveries.get(ADA, told.id, sending.delivery_id)
    assert in_hand is not None
    assert logged is not None
    assert (logged.status, len(logged.attempts)) == (DeliveryStatus.DELIVERED, 2)
    assert deliveries.get(EVE, told.id, sending.delivery_id) is None


def test_a_test_is_sent_once_however_often_it_is_asked_for_and_also_if_disabled() -> None:
    told = hooked(ADA, EventType.VIDEO_FAILED)
    webhooks.change(ADA, told.id, enabled=False)
    first = deliveries.test(ADA, told.id)
    assert deliveries.test(ADA, told.id) == first
    (sending,) = dispatch.claim(10)
    assert sending.event.type is EventType.TEST
    assert sending.event.made == webhooks.get(ADA, told.id)
    deliver(sending)
    assert deliveries.test(ADA, told.id) != first


def test_the_old_secret_is_used_until_the_overlap_is_over(clock: Clock) -> None:
    told = hooked()
    webhooks.rotate(ADA, told.id, SECOND, timedelta(hours=24))
    ended()
    (sending,) = dispatch.claim(10)
    assert sending.secrets == (SECOND, FIRST)
    fail(sending, 1)
    clock.advance(hours=24)
    assert dispatch.claim(10)[0].secrets == (SECOND,)
    webhooks.rotate(ADA, told.id, THIRD, timedelta())
    ended()
    clock.advance(hours=1)
    assert dispatch.claim(10)[0].secrets == (THIRD,)


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(clock: Clock) -> None:
    told = hooked()
    ended()
    deliver(dispatch.claim(10)[0])
    clock.advance(days=1)
    waiting = ended()
    clock.advance(days=29, seconds=-1)
    assert dispatch.expire_deliveries() == 0
    clock.advance(seconds=2)
    assert dispatch.expire_deliveries() == 1
    assert [one.resource_id for one in deliveries.page(ADA, told.id)] == [waiting]


def test_what_it_was_told_goes_with_it() -> None:
    told = hooked()
    ended()
    assert dispatch.waiting()[0] == 1
    assert webhooks.remove(ADA, told.id)
    assert dispatch.waiting() == (0, 0.0)
    assert webhooks.get(ADA, told.id) is None
    assert deliveries.page(ADA, told.id) == []
