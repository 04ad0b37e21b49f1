"""A portrait talks: one image and one speech recording become a video.

speech -> `Performance` -> frames. The two halves meet only in `Performance`.
"""

from morgana.portrait.generate import VideoOptions, generate_video

__all__ = ["VideoOptions", "generate_video"]
