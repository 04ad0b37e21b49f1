"""Acting: a recording of speech becomes a `Performance`."""

from morgana.portrait.acting.act import Acted, ActingOptions, Cue, act, perform
from morgana.portrait.acting.aperture import aperture

__all__ = ["Acted", "ActingOptions", "Cue", "act", "aperture", "perform"]
