"""Acting: a recording of speech becomes a `Performance`."""

from morgana.portrait.acting.act import Acted, ActingOptions, act, perform
from morgana.portrait.acting.aperture import aperture

__all__ = ["Acted", "ActingOptions", "act", "aperture", "perform"]
