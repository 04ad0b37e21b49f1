"""Where a text stands: off faces and buttons, on calm ground, at places where people look for text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from morgana.overlays.contrast import ratio
from morgana.overlays.ground import Ground
from morgana.overlays.overlay import Align, Position
from morgana.overlays.setting import Setting, unevenness
from morgana.overlays.zone import Zone
from morgana.text.geometry import Box

_SHARES = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
# Shares of the safe area's free height where texts usually stand, and what standing there costs.
_ANCHORS = {
    "tall": ((0.14, 0.0), (0.94, 0.03), (0.5, 0.06)),
    "other": ((0.93, 0.0), (0.06, 0.03), (0.5, 0.08)),
    "side": ((0.5, 0.0), (0.93, 0.02)),
}
_ODD = 0.35  # what it costs to stand a safe area away from all of them
_STEPS = 29  # places that are tried from top to bottom
_ON_HEAD, _ANY_HEAD = 4.0, 0.5
_ON_EYES = 8.0  # more than anything else: a face without eyes is none
_BUSY = 1.6
_SMALLER = 0.36  # for half the size
_RAGGED = 0.35
_LINE = 0.06  # for each line after the second
_UNREADABLE = 1.0  # where no colour contrasts at all
_WANTED = 4.5
_AIR = 0.25  # ems around the text that are looked at, too


@dataclass(frozen=True)
class Place:
    """A setting on the frame: its (0, 0) lies at (x, y) pixels. cost: the lower, the better."""

    setting: Setting
    x: float
    y: float
    cost: float

    @property
    def box(self) -> Box:
        return self.setting.box.moved(self.x, self.y)

    @property
    def lines(self) -> list[Box]:
        return [line.moved(self.x, self.y) for line in self.setting.lines]


@dataclass(frozen=True)
class Column:
    """Ways to set a text at one side of the frame, or in the middle. cost: of standing there at all."""

    side: Align
    settings: Sequence[Setting]
    cost: float = 0.0


def place(
    columns: Sequence[Column], zone: Zone, look: Callable[[], Ground], position: Position | float | None
) -> Place:
    """The best of all settings at all places; at least one. position: where it has to be, None to choose.

    look: gives what is behind the text; asked only where there is a choice.
    """
    largest = max(setting.size for column in columns for setting in column.settings)
    tried = [
        one
        for column in columns
        for setting in column.settings
        for one in _places(setting, column, zone, position)
    ]
    if len(tried) == 1:
        return tried[0]
    ground = look()
    best: Place | None = None
    for one in sorted((_weighed(one, zone, ground, largest) for one in tried), key=lambda one: one.cost):
        if best is not None and one.cost >= best.cost:
            break  # what is left to weigh only adds to it, and takes longest
        read = replace(one, cost=one.cost + _UNREADABLE * _unreadable(ground, one.box))
        best = read if best is None or read.cost < best.cost else best
    if best is None:
        raise ValueError("no setting to place")
    return best


def _places(
    setting: Setting, column: Column, zone: Zone, position: Position | float | None
) -> Iterator[Place]:
    """Every place that is tried, the cost still only that of where it is."""
    free = zone.safe.height - setting.block.height
    wanted = _SHARES[position] if isinstance(position, str) else position
    shares = np.linspace(0, 1, _STEPS) if wanted is None else [wanted]
    for share in shares:
        top = zone.safe.top + max(free, 0.0) * float(share)
        if free < 0:  # larger than the safe area
            top = max(0.0, (zone.height - setting.block.height) / 2)
        left = _left(setting, zone, top, column.side)
        cost = _odd(float(share), zone, column.side) if wanted is None else 0.0
        yield Place(setting, left - setting.block.left, top - setting.block.top, cost + column.cost)


def _left(setting: Setting, zone: Zone, top: float, side: Align) -> float:
    block = setting.block
    right = zone.right_of(top, top + block.height)
    match side:
        case "left":
            left = zone.safe.left
        case "right":
            left = right - block.width
        case _:
            left = (zone.width - block.width) / 2
    return max(min(left, right - block.width), min(zone.safe.left, max(0.0, right - block.width)), 0.0)


def _odd(share: float, zone: Zone, side: Align) -> float:
    anchors = _ANCHORS["side" if side != "center" else "tall" if zone.is_tall else "other"]
    return min(cost + _ODD * abs(share - at) for at, cost in anchors)


def _weighed(one: Place, zone: Zone, ground: Ground, largest: float) -> Place:
    setting = one.setting
    around = one.box.grown(_AIR * setting.size)
    head = ground.headed(around)
    cost = one.cost + _ON_HEAD * head + (_ANY_HEAD if head > 0.01 else 0.0)
    if ground.eyed(around) > 0.005:
        cost += _ON_EYES
    cost += _BUSY * ground.busy(around)
    cost += _SMALLER * float(np.log2(largest / setting.size)) + _RAGGED * unevenness(setting)
    cost += _LINE * max(len(setting.lines) - 2, 0)
    if one.box.right > zone.right_of(one.box.top, one.box.bottom) + 1:
        cost += 1.0
    return Place(setting, one.x, one.y, cost)


def _unreadable(ground: Ground, box: Box) -> float:
    """0 where white or black contrasts well with nearly all that is there, up to 1."""
    dark, bright = np.percentile(ground.light(box), (10, 90))
    best = max(float(ratio(1.0, float(bright))), float(ratio(0.0, float(dark))))
    return max(_WANTED - best, 0.0) / (_WANTED - 1)
