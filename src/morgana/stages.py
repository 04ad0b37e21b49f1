"""At which stage a pipeline is, for whoever measures how long each takes."""

from collections.abc import Callable
from contextvars import ContextVar
from enum import StrEnum


class Stage(StrEnum):
    """The parts of the work that are worth a figure of their own."""

    ANALYSE = "analyse"  # find the face, the matte and the background of a picture
    SPEAK = "speak"  # read a script out, and act it
    LISTEN = "listen"  # recognise or align what is said, and act it
    DESIGN = "design"  # look at a film, and choose and place what is written over it
    RENDER = "render"  # make the frames and encode them


_listener: ContextVar[Callable[[Stage], object]] = ContextVar("stage", default=lambda _stage: None)


def enter(stage: Stage) -> None:
    """Say that this stage begins, and the one before it, if any, has ended."""
    _listener.get()(stage)


def listen(listener: Callable[[Stage], object]) -> None:
    """Have `listener` told of each stage of what this context does from now on."""
    _listener.set(listener)
