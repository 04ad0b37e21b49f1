"""Morgana: a self-hosted talking-head video service that speaks the Mirage Video API.

The names below are all of it that is used from Python: `from morgana import generate_video, speak`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from morgana.client import AsyncClient, Client
    from morgana.errors import ErrorCode, InputError
    from morgana.overlays.overlay import Overlay
    from morgana.overlays.overlaying import overlay_video
    from morgana.portrait import Narration, Portrait, VideoOptions, generate_video
    from morgana.portrait.analysis import analyse
    from morgana.portrait.image import load_image
    from morgana.speech.speaking import speak
    from morgana.speech.utterance import Utterance
    from morgana.speech.voices import Voice, voices

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "Client",
    "ErrorCode",
    "InputError",
    "Narration",
    "Overlay",
    "Portrait",
    "Utterance",
    "VideoOptions",
    "Voice",
    "__version__",
    "analyse",
    "generate_video",
    "load_image",
    "overlay_video",
    "speak",
    "voices",
]

# Loaded when first asked for: whoever wants the version, or only speech, does not wait for the rest.
_HOMES = {
    "AsyncClient": "morgana.client",
    "Client": "morgana.client",
    "ErrorCode": "morgana.errors",
    "InputError": "morgana.errors",
    "Narration": "morgana.portrait",
    "Overlay": "morgana.overlays.overlay",
    "Portrait": "morgana.portrait",
    "Utterance": "morgana.speech.utterance",
    "VideoOptions": "morgana.portrait",
    "Voice": "morgana.speech.voices",
    "analyse": "morgana.portrait.analysis",
    "generate_video": "morgana.portrait",
    "load_image": "morgana.portrait.image",
    "overlay_video": "morgana.overlays.overlaying",
    "speak": "morgana.speech.speaking",
    "voices": "morgana.speech.voices",
}


if not TYPE_CHECKING:  # so that type checkers still find misspelled names

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module 'morgana' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
