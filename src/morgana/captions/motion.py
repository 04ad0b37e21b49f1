"""Where things are on their way: easing, and the state of a motion at a time."""

from dataclasses import dataclass
from math import cos, exp, pi, sin
from typing import Final

from morgana.captions.template import Ease, Motion, Pulse

# What comes is seen from its first frame on: it is a frame on its way, and never fainter than this.
SEEN: Final = 0.4
_LEAD: Final = 1 / 30  # seconds


@dataclass(frozen=True, slots=True)
class Pose:
    """A departure from rest: offsets in ems, factors, degrees, blur in ems."""

    opacity: float = 1.0
    x: float = 0.0
    y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    rotation: float = 0.0
    blur: float = 0.0

    @property
    def moved(self) -> bool:
        return bool(self.x or self.y)

    def then(self, other: "Pose") -> "Pose":
        """Both at once."""
        return Pose(
            self.opacity * other.opacity,
            self.x + other.x,
            self.y + other.y,
            self.scale_x * other.scale_x,
            self.scale_y * other.scale_y,
            self.rotation + other.rotation,
            max(self.blur, other.blur),
        )


REST = Pose()


def eased(ease: Ease, share: float) -> float:
    """0 to 1 as `share` goes from 0 to 1; back and elastic pass 1 on the way (Penner's easing equations)."""
    share = min(max(share, 0.0), 1.0)
    match ease:
        case "linear":
            return share
        case "out":
            return 1 - (1 - share) ** 3
        case "in-out":
            return 0.5 - 0.5 * cos(pi * share)
        case "back":
            return 1 + 2.70158 * (share - 1) ** 3 + 1.70158 * (share - 1) ** 2
        case "elastic":
            return 1 - exp(-6 * share) * cos(3.5 * pi * share) if share < 1 else 1.0
        case "bounce":
            return _bounced(share)
        case "steps":
            return int(share * 4) / 4


def _bounced(share: float) -> float:
    for limit, centre, base in ((1 / 2.75, 0.0, 0.0), (2 / 2.75, 1.5, 0.75), (2.5 / 2.75, 2.25, 0.9375)):
        if share < limit:
            return 7.5625 * (share - centre / 2.75) ** 2 + base
    return 7.5625 * (share - 2.625 / 2.75) ** 2 + 0.984375


def arriving(motion: Motion | None, elapsed: float) -> Pose:
    """Where something is `elapsed` seconds after it began to come; where it waits, before that."""
    if motion is None or elapsed + _LEAD >= motion.seconds:
        return REST
    if elapsed < 0:
        return _between(motion, 1.0, motion.opacity)
    return _between(motion, 1 - eased(motion.ease, (elapsed + _LEAD) / motion.seconds), _seen(motion))


def leaving(motion: Motion | None, left: float, *, followed: bool = False) -> Pose:
    """Where something is that is gone in `left` seconds. followed: another takes its place at once."""
    if motion is None or left >= motion.seconds:
        return REST
    away = 1 - eased(motion.ease, left / motion.seconds)
    return _between(motion, away, _seen(motion) if followed else motion.opacity)


def _seen(motion: Motion) -> float:
    return max(motion.opacity, SEEN)


def _between(motion: Motion, away: float, opacity: float) -> Pose:
    scale = 1 + (motion.scale - 1) * away
    return Pose(
        min(max(1 + (opacity - 1) * away, 0.0), 1.0),
        motion.x * away,
        motion.y * away,
        max(scale * (1 + (motion.scale_x - 1) * away), 0.0),
        max(scale * (1 + (motion.scale_y - 1) * away), 0.0),
        motion.rotation * away,
        max(motion.blur * away, 0.0),
    )


def beating(pulse: Pulse | None, elapsed: float) -> Pose:
    """Where a word is `elapsed` seconds after it began to be said."""
    if pulse is None or elapsed < 0 or (elapsed >= pulse.seconds and not pulse.hold):
        return REST
    share = min(elapsed / pulse.seconds, 1.0)
    amount = eased("back", share) if pulse.hold else sin(pi * share)
    scale = 1 + (pulse.scale - 1) * amount
    return Pose(1.0, 0.0, pulse.y * amount, scale, scale, pulse.rotation * amount)
