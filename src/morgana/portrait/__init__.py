"""A portrait talks: one image and one voice, recorded or read from a script, become a video.

speech -> `Performance` -> frames. The two halves meet only in `Performance`.
"""

from morgana.portrait.generate import VideoOptions, generate_video
from morgana.portrait.likeness import Portrait, load_portrait, save_portrait
from morgana.portrait.narration import Narration

__all__ = ["Narration", "Portrait", "VideoOptions", "generate_video", "load_portrait", "save_portrait"]
