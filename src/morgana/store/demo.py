"""The actors that come with the program."""

import hashlib
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

from morgana.settings import settings
from morgana.store import actors, blobs, persons
from morgana.store.records import ActorDraft

ID = "actor_demo"
_NAME = "Demo"


def provide() -> None:
    """Have the demo actor, for every owner. A worker analyses it like any other."""
    picture = files("morgana") / "assets" / "demo" / "portrait.png"
    actors.provide(ActorDraft(ID, _NAME, {"image": _kept(ID, picture, "png")}))


def provide_persons() -> None:
    """Have the actors whose faces are generated, unless the settings are against it.

    Each is analysed once it is first used: all at once would keep a small machine busy for minutes.
    """
    if settings().generated_actors == "off":
        return
    for person in reversed(list(persons.persons().values())):  # lists begin with the newest
        inputs = {"image": _kept(person.id, persons.picture(person), "jpg")}
        draft = ActorDraft(person.id, person.name, inputs, person.voice_id, person.expression)
        actors.provide(draft, analysed_at_once=False)


def _kept(actor_id: str, picture: Traversable, suffix: str) -> str:
    """The key of the picture's blob."""
    with as_file(picture) as path:
        # A picture of another release has another key, which is how it is noticed.
        key = f"actors/{actor_id}/image-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.{suffix}"
        if blobs.info(key) is None:
            kind = {"png": "image/png", "jpg": "image/jpeg"}[suffix]
            blobs.put(key, path, content_type=kind)
    return key
