"""Rectangles with y downwards, as pictures have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between its edges. The unit is its maker's: ems or pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def is_empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    def scaled(self, factor: float) -> "Box":
        return Box(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def grown(self, by: float, by_y: float | None = None) -> "Box":
        """With `by` more to the left and right, and `by_y` (else `by`) more above and below."""
        up = by if by_y is None else by_y
        return Box(self.left - by, self.top - up, self.right + by, self.bottom + up)

    def clipped(self, other: "Box") -> "Box":
        """What lies in both; empty where they do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def contains(self, other: "Box") -> bool:
        return other.is_empty or self.clipped(other) == other

    def rounded(self) -> "Box":
        """The smallest one on whole numbers that holds this one."""
        return Box(floor(self.left), floor(self.top), ceil(self.right), ceil(self.bottom))


EMPTY = Box(0, 0, 0, 0)


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all that are not empty."""
    filled = [box for box in boxes if not box.is_empty]
    if not filled:
        return EMPTY
    return Box(
        min(box.left for box in filled),
        min(box.top for box in filled),
        max(box.right for box in filled),
        max(box.bottom for box in filled),
    )
