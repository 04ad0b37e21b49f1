"""What the clients ask for: jobs of all kinds, mostly cheap ones that do as they are told."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from morgana.captions.template import templates
from morgana.store import Kind
from tests.chaos.acts import Script
from tests.video.filming import Sound, film, scene

OWNERS: Final = ("ada", "bob", "cleo")
CREATED_AT: Final = {
    Kind.GENERATION: "/v1/videos",
    Kind.CAPTION: "/v1/videos/captions",
    Kind.OVERLAY: "/v1/meta/text_overlays",
    Kind.ACTOR: "/v1/actors",
}
READ_AT: Final = {**CREATED_AT, Kind.CAPTION: "/v1/videos"}
_SHARES: Final = {Kind.GENERATION: 8, Kind.CAPTION: 4, Kind.OVERLAY: 4, Kind.ACTOR: 4}
_DEEDS: Final = {"finish": 17, "refuse": 2, "crash": 1}
_CANCELLED = 0.1  # of those whose kind can be
_PNG, _WAV, _MP4 = b"\x89PNG\r\n\x1a\n....", b"RIFF....WAVE", b"\0\0\0\x18ftypisom"
_MOST_SECONDS = 1.5
_MOST_BYTES = 2_000_000

Field = tuple[str | None, bytes | str] | tuple[str, bytes, str]


@dataclass
class Order:
    """One job that somebody asks for, and what came of it as they saw it."""

    name: str
    kind: Kind
    owner: str
    fields: dict[str, Field]
    deed: str = "real"
    made: bytes | None = None  # what its files are to hold; None for a real film
    cancelled: bool = False  # by whoever asked for it, a moment later
    id: str = ""
    sent: int = 0  # how often it took to be accepted
    status: str = ""
    error: str | None = None
    progress: list[int] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.status not in ("", "PROCESSING", "QUEUED")


def scripted(count: int, chance: random.Random) -> Iterator[Order]:
    """Cheap jobs: most finish, some are refused or crash, some are cancelled."""
    for number in range(count):
        kind = chance.choices([*_SHARES], [*_SHARES.values()])[0]
        deed = chance.choices([*_DEEDS], [*_DEEDS.values()])[0]
        seconds = chance.uniform(0, _MOST_SECONDS)
        script = Script(f"{number}-{secrets.token_hex(4)}", deed, seconds, chance.randrange(_MOST_BYTES))
        yield Order(
            script.name,
            kind,
            chance.choice(OWNERS),
            _fields(kind, script, bytes(chance.randrange(_MOST_BYTES))),
            deed,
            script.made(),
            kind is not Kind.ACTOR and chance.random() < _CANCELLED,
        )


def real() -> list[Order]:
    """A film to be captioned, one to be written over, and a script to be said, small and through the real
    pipelines."""
    with TemporaryDirectory() as folder:
        plain = film(Path(folder) / "film.mp4", scene(60, (360, 640)), sound=Sound(seconds=2)).read_bytes()
    clip: Field = ("film.mp4", plain, "video/mp4")
    said = '{"words": [{"text": "Hello", "start": 0.5, "end": 1.0}], "language": "en"}'
    fields: dict[Kind, dict[str, Field]] = {
        Kind.CAPTION: {"video": clip, "caption_template_id": (None, _template()), "transcript": (None, said)},
        Kind.OVERLAY: {"video": clip, "texts": (None, "Sale ends on Sunday")},
        Kind.GENERATION: {"actor_id": (None, "actor_demo"), "script": (None, "Good morning.")},
    }
    return [Order(f"real-{secrets.token_hex(4)}", kind, OWNERS[0], asked) for kind, asked in fields.items()]


def analysed() -> Order:
    """A real portrait, in which a face has to be found: it needs the weights for that."""
    portrait = (files("morgana") / "assets" / "demo" / "portrait.png").read_bytes()
    fields: dict[str, Field] = {"portrait": ("face.png", portrait, "image/png"), "name": (None, "Zoé")}
    return Order(f"analysed-{secrets.token_hex(4)}", Kind.ACTOR, OWNERS[0], fields)


def _fields(kind: Kind, script: Script, padding: bytes) -> dict[str, Field]:
    def file(head: bytes, name: str, content_type: str) -> Field:
        return name, script.upload(head) + padding, content_type

    match kind:
        case Kind.GENERATION:
            picture: Field = ("face.png", _PNG + padding, "image/png")
            return {"image_reference": picture, "audio_reference": file(_WAV, "speech.wav", "audio/wav")}
        case Kind.CAPTION:
            return {
                "video": file(_MP4, "film.mp4", "video/mp4"),
                "caption_template_id": (None, _template()),
            }
        case Kind.OVERLAY:
            return {"video": file(_MP4, "film.mp4", "video/mp4"), "texts": (None, "Sale")}
        case Kind.ACTOR:
            return {"portrait": file(_PNG, "face.png", "image/png"), "name": (None, "Zoé")}


def _template() -> str:
    return next(iter(templates()))


def answer(order: Order, shown: dict[str, Any]) -> None:
    """Take in what the API says of it."""
    order.status = str(shown["status"])
    order.error = (shown.get("error") or {}).get("code")
    if shown.get("progress") is not None:
        order.progress.append(int(shown["progress"]))
