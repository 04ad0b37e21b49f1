"""The built-in actors whose faces are generated."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from morgana import store
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.settings import settings
from morgana.speech.voices import voices
from morgana.store import Status, actors, blobs, demo, turns, work
from morgana.store.persons import Person, persons, picture
from tests.store.conftest import ADA, let_in

EVERY = list(persons().values())


@pytest.fixture
def provided(db: None) -> None:  # noqa: ARG001 (a fixture)
    demo.provide_persons()


def _now(actor_id: str) -> store.Actor:
    actor = actors.get(ADA, actor_id)
    assert actor is not None
    return actor


def test_there_are_at_least_eight_grown_ups_with_names_and_voices_of_their_own() -> None:
    assert len(EVERY) >= 8
    assert len({person.name for person in EVERY}) == len(EVERY)
    assert len({str(person.seeds) for person in EVERY}) == len(EVERY)
    for person in EVERY:
        assert person.id == f"actor_{person.name.lower()}"
        youngest, oldest = map(int, person.age.split("-"))
        assert 20 <= youngest < oldest
        said, voice = person.summary.split()[1], voices()[person.voice_id]
        assert (said, voice.gender) in {("woman", "female"), ("man", "male")}
        assert voice.language.startswith("en")


@pytest.mark.parametrize("person", EVERY, ids=lambda person: person.name)
def test_a_picture_is_small_and_says_that_it_is_generated(person: Person) -> None:
    raw = picture(person).read_bytes()
    assert len(raw) < 150_000
    with Image.open(io.BytesIO(raw)) as image:
        assert (image.format, image.size) == ("JPEG", (768, 768))
        assert re.search(rb"digitalsourcetype/trainedAlgorithmicMedia<", image.info["xmp"])


@pytest.mark.parametrize("person", EVERY[:1], ids=lambda person: person.name)
def test_a_picture_can_be_animated(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "portrait.jpg"
    path.write_bytes(picture(person).read_bytes())
    portrait = analyse(load_image(path))
    assert portrait.size == (768, 768)
    assert portrait.face.blendshapes["jawOpen"] < 0.1


@pytest.mark.usefixtures("provided")
def test_nobody_is_analysed_before_being_used() -> None:
    demo.provide_persons()
    turns.admit_all()
    assert let_in() == []
    offered = actors.page(ADA, limit=100)
    assert [actor.id for actor in offered] == list(persons())
    for actor, person in zip(offered, EVERY, strict=True):
        assert (actor.status, actor.outputs, actor.built_in) == (Status.COMPLETE, {}, True)
        assert (actor.name, actor.voice_id, actor.expression) == (
            person.name,
            person.voice_id,
            person.expression,
        )
        assert actor.completed_at is not None
        assert blobs.read(actor.inputs["image"]) == picture(person).read_bytes()


@pytest.mark.usefixtures("provided")
def test_whoever_is_called_up_is_analysed_once() -> None:
    first, second = EVERY[:2]
    assert actors.call_up(first.id)
    assert not actors.call_up(first.id)
    turns.admit_all()
    assert let_in() == [first.id]
    assert (_now(first.id).status, _now(second.id).status) == (Status.PROCESSING, Status.COMPLETE)
    assert work.complete(first.id, {"portrait": "analysis"})
    demo.provide_persons()
    assert _now(first.id).outputs == {"portrait": "analysis"}
    assert not actors.call_up(first.id)


@pytest.mark.usefixtures("provided")
def test_whose_analysis_failed_is_there_again_after_the_next_start() -> None:
    actor_id = EVERY[0].id
    actors.call_up(actor_id)
    work.fail(actor_id, "internal_error", "")
    demo.provide_persons()
    again = _now(actor_id)
    assert (again.status, again.outputs, again.error_code) == (Status.COMPLETE, {}, None)
    assert actors.call_up(actor_id)


@pytest.mark.usefixtures("db")
def test_nobody_but_a_built_in_actor_can_be_called_up() -> None:
    demo.provide()
    assert work.complete(demo.ID, {"portrait": "analysis"})
    assert not actors.call_up(demo.ID)
    assert not actors.call_up("actor_unknown")


@pytest.mark.usefixtures("provided")
def test_they_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    demo.provide()
    monkeypatch.setenv("MORGANA_GENERATED_ACTORS", "off")
    settings.cache_clear()
    assert [actor.id for actor in actors.page(ADA)] == [demo.ID]
    assert actors.get(ADA, EVERY[0].id) is None
    demo.provide_persons()  # writes nothing
    monkeypatch.setenv("MORGANA_GENERATED_ACTORS", "on")
    settings.cache_clear()
    assert len(actors.page(ADA)) == len(EVERY) + 1
