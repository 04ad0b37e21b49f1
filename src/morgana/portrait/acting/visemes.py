"""What the mouth does for every phone, and how strongly the phone insists on it.

Targets follow the viseme descriptions of articulatory phonetics (Ladefoged, A Course in Phonetics) and the
ordering of jaw heights in Keating, Lindblom, Lubker & Kreiman (1994): low vowels open the jaw, alveolar
fricatives close it, velars and /h/ take on the vowel beside them. The lip gap that they amount to
(`aperture`) was set against talking people: median 0.11 to 0.15, 95th percentile 0.21 to 0.26 interocular
distances.
"""

from dataclasses import dataclass
from typing import Final

from morgana.portrait.performance import Action

# Columns of the tracks that visemes are blended in.
TRACKS: Final = (
    Action.JAW_OPEN,
    Action.MOUTH_PUCKER,
    Action.MOUTH_FUNNEL,
    Action.MOUTH_STRETCH,
    Action.MOUTH_UPPER_UP,
    Action.MOUTH_LOWER_DOWN,
    Action.TONGUE_UP,
    Action.TONGUE_OUT,
)
JAW: Final = slice(0, 1)
ROUNDING: Final = slice(1, 3)
LIPS: Final = slice(3, 6)
TONGUE: Final = slice(6, 8)


@dataclass(frozen=True, slots=True)
class Viseme:
    """Target of every track (0 to 1), and dominance (0 to 1) of jaw, rounding, lips and tongue."""

    targets: tuple[float, ...]
    jaw: float
    rounding: float
    lips: float
    tongue: float


def _viseme(
    jaw: float,
    *,
    pucker: float = 0.0,
    funnel: float = 0.0,
    stretch: float = 0.0,
    upper: float = 0.1,
    lower: float = 0.3,
    up: float = 0.0,
    out: float = 0.0,
    hold: tuple[float, float, float, float] = (0.7, 0.4, 0.5, 0.3),
) -> Viseme:
    return Viseme((jaw, pucker, funnel, stretch, upper, lower, up, out), *hold)


_TIP = (0.6, 0.15, 0.35, 1.0)  # made with the tongue: the lips are free
_FREE = (0.3, 0.1, 0.2, 0.2)  # made behind the lips and teeth
_ROUND = (0.8, 1.0, 0.6, 0.3)
_SPREAD = (0.8, 0.5, 0.8, 0.3)
_HISS = (1.0, 0.3, 0.7, 0.6)
_LABIAL = (0.7, 0.3, 0.5, 0.2)

VISEMES: Final[dict[str, Viseme]] = {
    "AA": _viseme(0.52, upper=0.15, lower=0.35, hold=(1.0, 0.6, 0.6, 0.3)),
    "AE": _viseme(0.46, stretch=0.25, upper=0.22, lower=0.40, hold=(1.0, 0.5, 0.6, 0.3)),
    "AH": _viseme(0.32, upper=0.12, lower=0.30),
    "AO": _viseme(0.42, funnel=0.40, pucker=0.30, upper=0.08, lower=0.20, hold=(0.9, 0.9, 0.6, 0.3)),
    "OR": _viseme(0.22, funnel=0.34, pucker=0.45, upper=0.02, lower=0.12, hold=_ROUND),  # AO before R
    "EH": _viseme(0.36, stretch=0.25, upper=0.20, lower=0.38, hold=(0.9, 0.5, 0.6, 0.3)),
    "ER": _viseme(0.22, funnel=0.30, pucker=0.30, upper=0.08, lower=0.22, hold=(0.7, 0.7, 0.5, 0.3)),
    "IH": _viseme(0.24, stretch=0.30, upper=0.16, lower=0.38),
    "IY": _viseme(0.17, stretch=0.60, upper=0.20, lower=0.45, hold=_SPREAD),
    "UH": _viseme(0.24, funnel=0.32, pucker=0.38, upper=0.05, lower=0.18, hold=(0.7, 0.8, 0.5, 0.3)),
    "UW": _viseme(0.10, funnel=0.14, pucker=0.75, upper=0.0, lower=0.06, hold=_ROUND),
    "W": _viseme(0.04, funnel=0.0, pucker=0.90, upper=0.0, lower=0.0, hold=(1.0, 1.0, 1.0, 0.3)),
    "R": _viseme(0.17, funnel=0.32, pucker=0.38, upper=0.05, lower=0.18, hold=(0.6, 0.8, 0.5, 0.3)),
    "Y": _viseme(0.15, stretch=0.45, upper=0.12, lower=0.35, hold=(0.6, 0.3, 0.5, 0.3)),
    "L": _viseme(0.22, upper=0.10, lower=0.32, up=0.9, hold=_TIP),
    "N": _viseme(0.17, upper=0.12, lower=0.34, up=0.8, hold=_TIP),
    "T": _viseme(0.14, upper=0.12, lower=0.34, up=0.8, hold=_TIP),
    "D": _viseme(0.15, upper=0.12, lower=0.34, up=0.8, hold=_TIP),
    "TH": _viseme(0.16, upper=0.12, lower=0.35, out=0.85, hold=_TIP),
    "DH": _viseme(0.16, upper=0.10, lower=0.32, out=0.70, hold=_TIP),
    "S": _viseme(0.09, stretch=0.32, upper=0.16, lower=0.45, up=0.2, hold=_HISS),
    "Z": _viseme(0.09, stretch=0.30, upper=0.15, lower=0.42, up=0.2, hold=_HISS),
    "SH": _viseme(0.10, funnel=0.50, pucker=0.35, upper=0.15, lower=0.28, hold=(1.0, 1.0, 0.6, 0.5)),
    "ZH": _viseme(0.10, funnel=0.48, pucker=0.35, upper=0.14, lower=0.26, hold=(1.0, 1.0, 0.6, 0.5)),
    "CH": _viseme(0.10, funnel=0.48, pucker=0.35, upper=0.14, lower=0.26, up=0.5, hold=(1.0, 1.0, 0.6, 0.5)),
    "JH": _viseme(0.10, funnel=0.45, pucker=0.35, upper=0.14, lower=0.26, up=0.5, hold=(1.0, 1.0, 0.6, 0.5)),
    "K": _viseme(0.22, lower=0.28, hold=_FREE),
    "G": _viseme(0.22, lower=0.28, hold=_FREE),
    "NG": _viseme(0.22, lower=0.28, hold=_FREE),
    "HH": _viseme(0.28, hold=(0.1, 0.05, 0.1, 0.1)),
    "F": _viseme(0.08, upper=0.30, lower=0.0, hold=_LABIAL),
    "V": _viseme(0.09, upper=0.26, lower=0.0, hold=_LABIAL),
    "P": _viseme(0.12, upper=0.0, lower=0.0, hold=_LABIAL),
    "B": _viseme(0.13, upper=0.0, lower=0.0, hold=_LABIAL),
    "M": _viseme(0.12, upper=0.0, lower=0.0, hold=_LABIAL),
}
REST: Final = Viseme((0.0,) * len(TRACKS), 1.0, 0.5, 0.8, 0.5)

# Diphthongs move from one target to another (Lehiste & Peterson 1961), here at this share of their length.
DIPHTHONGS: Final[dict[str, tuple[str, str, float]]] = {
    "AW": ("AA", "UW", 0.6),
    "AY": ("AA", "IY", 0.6),
    "EY": ("EH", "IY", 0.5),
    "OW": ("AO", "UW", 0.5),
    "OY": ("AO", "IY", 0.5),
}
SEALED: Final = frozenset("PBM")  # lips closed
BITTEN: Final = frozenset("FV")  # lower lip at the upper teeth
NARROWED: Final = 0.75  # how far the lips close on W beyond what jaw and rounding do
