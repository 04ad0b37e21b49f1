"""A portrait talks: one image and one voice, recorded or read from a script, become a video.

speech -> `Performance` -> frames. The two halves meet only in `Performance`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from morgana.portrait.generate import VideoOptions, generate_video
    from morgana.portrait.likeness import Portrait, load_portrait, save_portrait
    from morgana.portrait.narration import Narration

__all__ = ["Narration", "Portrait", "VideoOptions", "generate_video", "load_portrait", "save_portrait"]

# Loaded when first asked for: whoever looks for faces does not wait for all that makes them talk.
_HOMES = {
    "Narration": "morgana.portrait.narration",
    "Portrait": "morgana.portrait.likeness",
    "VideoOptions": "morgana.portrait.generate",
    "generate_video": "morgana.portrait.generate",
    "load_portrait": "morgana.portrait.likeness",
    "save_portrait": "morgana.portrait.likeness",
}


if not TYPE_CHECKING:  # so that type checkers still find misspelled names

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module 'morgana.portrait' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
