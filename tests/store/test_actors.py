import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from morgana import store
from morgana.store import Actor, ActorDraft, Owner, Status, UnknownCursorError, actors, turns, videos, work
from tests.store.conftest import ADA, actor_draft, cast, created, let_in

pytestmark = pytest.mark.usefixtures("db")

STRANGERS = [Owner("grace", "engines"), Owner("ada", "looms"), Owner("ada"), Owner("", "engines"), Owner("")]
BUILT_IN = ActorDraft("actor_demo", "Demo", {"image": "actors/actor_demo/image-1.png"})


def _now(actor_id: str, owner: Owner = ADA) -> Actor:
    actor = actors.get(owner, actor_id)
    assert actor is not None
    return actor


def test_a_new_actor_is_processing_and_reads_back_whole() -> None:
    asked = actor_draft()
    actor = actors.create(ADA, asked)
    assert re.fullmatch(r"actor_[A-Za-z0-9]{24}", actor.id)
    assert (actor.status, actor.progress, actor.outputs, actor.built_in) == (Status.PROCESSING, 0, {}, False)
    for name in ActorDraft.__slots__:
        assert getattr(actor, name) == getattr(asked, name), name
    assert _now(actor.id) == actor


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_but_the_owner_sees_or_removes_an_actor(stranger: Owner) -> None:
    actor = cast()
    assert actors.get(stranger, actor.id) is None
    assert actors.page(stranger) == []
    assert actors.remove(stranger, actor.id) is None
    with pytest.raises(UnknownCursorError):
        actors.page(stranger, after=actor.id)
    assert _now(actor.id) == actor


def test_actors_and_videos_are_not_taken_for_each_other() -> None:
    actor, video = cast(), created()
    assert videos.get(ADA, actor.id) is None
    assert actors.get(ADA, video.id) is None
    assert not videos.cancel(ADA, actor.id)
    assert actors.remove(ADA, video.id) is None
    assert [one.id for one in actors.page(ADA)] == [actor.id]
    assert [one.id for one in videos.page(ADA)] == [video.id]


def test_pages_follow_each_other() -> None:
    made = [cast().id for _ in range(5)]
    assert [one.id for one in actors.page(ADA, order="asc", limit=2)] == made[:2]
    assert [one.id for one in actors.page(ADA, order="asc", after=made[1])] == made[2:]
    assert [one.id for one in actors.page(ADA, after=made[1])] == made[:1]


def test_an_actor_is_removed_even_while_it_is_analysed() -> None:
    actor = cast()
    assert actors.remove(ADA, actor.id) == actor
    assert not work.complete(actor.id, {"portrait": "late"})
    assert actors.get(ADA, actor.id) is None


@pytest.mark.parametrize("owner", [ADA, *STRANGERS])
def test_a_built_in_actor_is_everybodys_and_stays(owner: Owner) -> None:
    actors.provide(BUILT_IN)
    demo = _now("actor_demo", owner)
    assert demo.built_in
    assert actors.page(owner) == [demo]
    assert actors.remove(owner, demo.id) is None
    assert _now("actor_demo", owner) == demo


def test_a_built_in_actor_is_provided_once_by_many() -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(actors.provide, [BUILT_IN] * 12))
    turns.admit_all()
    assert let_in() == ["actor_demo"]


def test_a_built_in_actor_is_analysed_again_only_for_a_new_picture_or_after_a_failure() -> None:
    actors.provide(BUILT_IN)
    work.complete("actor_demo", {"portrait": "analysis"})
    ready = _now("actor_demo")
    actors.provide(BUILT_IN)
    assert _now("actor_demo") == ready
    another = replace(BUILT_IN, inputs={"image": "actors/actor_demo/image-2.png"})
    actors.provide(another)
    renewed = _now("actor_demo")
    assert (renewed.status, renewed.inputs, renewed.outputs) == (Status.PROCESSING, another.inputs, {})
    work.fail("actor_demo", "internal_error", "")
    actors.provide(another)
    again = _now("actor_demo")
    assert (again.status, again.error_code, again.completed_at) == (Status.PROCESSING, None, None)


def test_the_demo_actor_comes_with_its_picture() -> None:
    store.demo.provide()
    store.demo.provide()
    demo = _now(store.demo.ID)
    assert demo.status is Status.PROCESSING
    picture = store.blobs.info(demo.inputs["image"])
    assert picture is not None
    assert picture.size > 100_000
    assert [key for key, _ in store.blobs.stored()] == [demo.inputs["image"]]
