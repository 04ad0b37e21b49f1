"""Frames by the mesh, with what is seen between the lips from a network."""

from typing import ClassVar

from morgana import models
from morgana.errors import InputError
from morgana.portrait.learned.interior import WEIGHTS, learned_mouth
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.renderer import RendererName


class LearnedRenderer(MeshRenderer):
    """`MeshRenderer` with a learned mouth interior. Implements `Renderer`.

    Raises InputError: MODEL_MISSING without the weights.
    """

    name: ClassVar[RendererName] = "learned"

    def __init__(self, portrait: Portrait) -> None:
        super().__init__(portrait, learned_mouth)


def require() -> None:
    """Raise InputError (MODEL_MISSING), which says how to get the weights, where they are not installed."""
    models.path(WEIGHTS)


def is_ready() -> bool:
    """Whether the weights are installed."""
    try:
        require()
    except InputError:
        return False
    return True
