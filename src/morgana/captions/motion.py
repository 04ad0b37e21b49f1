"""Where things are on their way: easing, and the state of a motion at a time."""

from dataclasses import dataclass
from math import cos, exp, pi, sin

from morgana.captions.template import Ease, Motion, Pulse


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
    """Where something is `elapsed` seconds after it began to come."""
    if motion is None or elapsed >= motion.seconds:
        return REST
    return _between(motion, 1 - eased(motion.ease, elapsed / motion.seconds))


def leaving(motion: Motion | None, left: float) -> Pose:
    """Where something is that is gone in `left` seconds."""
    if motion is None or left >= motion.seconds:
        return REST
    return _between(motion, 1 - eased(motion.ease, left / motion.seconds))


def _between(motion: Motion, away: float) -> Pose:
    scale = 1 + (motion.scale - 1) * away
    return Pose(
        min(max(1 + (motion.opacity - 1) * min(1.6 * away, 1.0), 0.0), 1.0),
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
