"""The colours of a text and of what supports it."""

from dataclasses import dataclass
from typing import Final, Literal

WHITE: Final = "#ffffff"
INK: Final = "#121212"


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours are "#RRGGBB". light: of the glow around the letters, if any.

    shade: how dense a soft shadow is, 0 to 1. plate: one box behind all lines, or a label behind each.
    """

    colour: str
    outline: str | None = None
    light: str | None = None
    shade: float = 0.0
    plate: Literal["box", "line"] | None = None
    plate_colour: str = INK
