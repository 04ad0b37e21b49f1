"""Which renderer makes the frames of a portrait."""

import logging
from typing import Literal, TypeAlias

from morgana.portrait.learned.renderer import LearnedRenderer, is_ready, require
from morgana.portrait.learned.suiting import unsuited
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.renderer import Renderer

Wanted: TypeAlias = Literal["auto", "mesh", "learned"]

logger = logging.getLogger(__name__)


def check(wanted: Wanted) -> None:
    """Raise InputError (MODEL_MISSING) if the renderer is asked for by name and lacks its weights."""
    if wanted == "learned":
        require()


def choose(portrait: Portrait, wanted: Wanted) -> Renderer:
    """The renderer for a portrait. "auto": learned where its weights are installed and the portrait suits it,
    else mesh; the log says which, and why.

    Raises InputError: MODEL_MISSING as `check`.
    """
    check(wanted)
    if wanted == "auto":
        reason = unsuited(portrait) if is_ready() else "the weights of the learned one are not installed"
    else:
        reason = "it was asked for" if wanted == "mesh" else None
    renderer: Renderer = LearnedRenderer(portrait) if reason is None else MeshRenderer(portrait)
    logger.info("renderer: %s%s", renderer.name, f" ({reason})" if reason else "")
    return renderer
