"""The engines by name; each is loaded once in a process, when it is first needed, and shared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from morgana.speech.engines.protocol import Engine


@dataclass(slots=True)
class _Place:
    load: Callable[[], Engine]
    lock: Lock = field(default_factory=Lock)
    engine: Engine | None = None


def _hibari() -> Engine:
    from morgana.speech.engines.hibari import Hibari

    return Hibari()


def _kokoro() -> Engine:
    from morgana.speech.engines.kokoro import Kokoro

    return Kokoro()


_PLACES = {"hibari": _Place(_hibari), "kokoro": _Place(_kokoro)}
NAMES = frozenset(_PLACES)


def engine(name: str) -> Engine:
    """The engine called `name`, loaded. InputError(MODEL_MISSING) where its weights have not been pulled."""
    place = _PLACES[name]
    with place.lock:
        if place.engine is None:
            place.engine = place.load()
        return place.engine
