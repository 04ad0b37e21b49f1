"""Where on the frame text may stand: what no platform covers with its own buttons, and a margin elsewhere.

For 9:16, Meta asks to keep 14 % of the height at the top, 35 % at the bottom and 6 % of the width at each
side free (the safe zone that Stories and Reels share since March 2026); in the lower half the column of
buttons on the right is 14 % wide. Other shapes are shown without anything over them.
"""

from dataclasses import dataclass
from typing import Final

from morgana.text.geometry import Box

MEASURE: Final = 0.8  # of the frame's width is what a line takes at most, unless that is asked for
_TALL: Final = 0.62  # width to height, up to which a film is shown as stories are
_WIDE: Final = 1.25  # from which it is shown on screens that lie
_STORY: Final = Box(0.06, 0.14, 0.94, 0.65)
_BUTTONS: Final = Box(0.861, 0.5, 1.0, 1.0)
_MARGIN: Final = 0.06  # of the shorter side


@dataclass(frozen=True, slots=True)
class Zone:
    """A frame of `width` x `height` pixels."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        """Pixels to one of a frame whose shorter side has 1080."""
        return min(self.width, self.height) / 1080

    @property
    def is_wide(self) -> bool:
        return self.width >= _WIDE * self.height

    @property
    def is_tall(self) -> bool:
        return self.width <= _TALL * self.height

    @property
    def safe(self) -> Box:
        """Where text stands, in pixels."""
        if self.is_tall:
            return self._pixels(_STORY)
        margin = _MARGIN * min(self.width, self.height)
        return Box(0, 0, self.width, self.height).grown(-margin)

    @property
    def buttons(self) -> Box:
        """What it avoids inside of that, in pixels; empty where there are none."""
        return self._pixels(_BUTTONS) if self.is_tall else Box(0, 0, 0, 0)

    def right_of(self, top: float, bottom: float) -> float:
        """How far to the right something may reach that lies between `top` and `bottom` (pixels)."""
        beside = not Box(0, top, self.width, bottom).clipped(self.buttons).is_empty
        return self.buttons.left if beside else self.safe.right

    def _pixels(self, shares: Box) -> Box:
        return Box(
            shares.left * self.width,
            shares.top * self.height,
            shares.right * self.width,
            shares.bottom * self.height,
        )
