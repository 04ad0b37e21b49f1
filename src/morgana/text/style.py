"""How text looks. Every length is in ems, so that a style looks the same at every size."""

import re
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from morgana.text.unicode import lower, title, upper

Case: TypeAlias = Literal["as-is", "upper", "lower", "title"]
Join: TypeAlias = Literal["round", "miter", "bevel"]

# Spikes that are longer than this times the width of the stroke are cut off: they would look like faults.
MITER_LIMIT = 3.0
_COLOUR = re.compile("#([0-9a-fA-F]{6})([0-9a-fA-F]{2})?")


def rgba(colour: str) -> tuple[int, int, int, int]:
    """The parts 0..255 of "#RRGGBB" or "#RRGGBBAA"; ValueError for anything else."""
    found = _COLOUR.fullmatch(colour)
    if not found:
        raise ValueError(f"a colour is written as #RRGGBB or #RRGGBBAA, not as '{colour}'")
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue, int(found[2] or "ff", 16)


def _check(*colours: str) -> None:
    for colour in colours:
        rgba(colour)


class Part:
    """Of a style. Pydantic, which reads styles from files, refuses fields that there are none of."""

    __slots__ = ()
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Gradient(Part):
    """Colours that follow each other evenly, from the top of capitals to the baseline or across the text.

    angle: degrees; 0 from left to right, 90 from top to bottom. sharp: stripes, with no colours between.
    repeat: how often the colours come.
    """

    colours: tuple[str, ...]
    angle: float = 90.0
    sharp: bool = False
    repeat: int = 1

    def __post_init__(self) -> None:
        if len(self.colours) < 2:
            raise ValueError("a gradient has at least two colours")
        if self.repeat < 1:
            raise ValueError("the colours of a gradient come at least once")
        _check(*self.colours)


@dataclass(frozen=True, slots=True)
class Palette(Part):
    """Colours that the letters take in turn. each: tells it from a gradient in a file."""

    colours: tuple[str, ...]
    each: Literal["letter"] = "letter"

    def __post_init__(self) -> None:
        if not self.colours:
            raise ValueError("a palette has at least one colour")
        _check(*self.colours)


@dataclass(frozen=True, slots=True)
class Stroke(Part):
    """A band of this width around the letters, outside of them; the next stroke lies around this one."""

    width: float
    colour: str = "#000000"
    join: Join = "round"

    def __post_init__(self) -> None:
        _check(self.colour)
        if self.width <= 0:
            raise ValueError("a stroke is wider than 0")


@dataclass(frozen=True, slots=True)
class Shadow(Part):
    """What is drawn, in one colour, moved by `x`, `y` and blurred (`blur`: two standard deviations)."""

    x: float = 0.0
    y: float = 0.04
    blur: float = 0.08
    colour: str = "#000000a0"

    def __post_init__(self) -> None:
        _check(self.colour)


@dataclass(frozen=True, slots=True)
class Glow(Part):
    """Light around the letters, out to about `radius`; `strength` 1 to 4 makes it denser."""

    radius: float
    colour: str
    strength: int = 1

    def __post_init__(self) -> None:
        _check(self.colour)


@dataclass(frozen=True, slots=True)
class Plate(Part):
    """A box behind the text. radius: of its corners; half of its height or more makes a pill.

    corners: their radii one by one instead: top left, top right, bottom right, bottom left.
    """

    fill: str | Gradient = "#000000"
    padding_x: float = 0.2
    padding_y: float = 0.1
    radius: float = 0.0
    border: Stroke | None = None
    shadow: Shadow | None = None
    corners: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.fill, str):
            _check(self.fill)


@dataclass(frozen=True, slots=True)
class Rule(Part):
    """A line along the text: `y` is its middle, from the baseline downwards. No colour: that of the text."""

    y: float = 0.16
    thickness: float = 0.07
    colour: str | None = None

    def __post_init__(self) -> None:
        _check(*[self.colour] if self.colour else [])


UNDERLINE = Rule()
STRIKE_THROUGH = Rule(y=-0.27)

Fill: TypeAlias = str | Gradient | Palette


@dataclass(frozen=True, slots=True)
class Style(Part):
    """How a word looks. Layers from below: plate, glows, shadows, strokes (the last outermost), fill, rules.

    fill: None leaves only the outline. slant: degrees to the right. tracking: between letters.
    scale: of the em, where faces that look small or large stand among others.
    Raises ValueError for colours that are none and widths that cannot be.
    """

    family: str
    weight: int = 400
    fill: Fill | None = "#ffffff"
    strokes: tuple[Stroke, ...] = ()
    shadows: tuple[Shadow, ...] = ()
    glows: tuple[Glow, ...] = ()
    plate: Plate | None = None
    rules: tuple[Rule, ...] = ()
    tracking: float = 0.0
    slant: float = 0.0
    case: Case = "as-is"
    opacity: float = 1.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        if isinstance(self.fill, str):
            _check(self.fill)
        if not 0.1 <= self.scale <= 10.0:
            raise ValueError("a scale is from 0.1 to 10")
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError("an opacity is from 0 to 1")
        if self.fill is None and not self.strokes:
            raise ValueError("text without a fill needs a stroke")

    @property
    def outline(self) -> float:
        """How far all strokes reach beyond the letters."""
        return sum(stroke.width for stroke in self.strokes)

    @property
    def reach(self) -> float:
        """As `outline`, with the spikes that a mitred stroke may have at sharp corners."""
        around, farthest = 0.0, 0.0
        for stroke in self.strokes:
            around += stroke.width
            farthest = max(farthest, around * (MITER_LIMIT if stroke.join == "miter" else 1.0))
        return farthest

    def cased(self, text: str, language: str = "") -> str:
        """`text` in the letters in which this style writes it."""
        changes = {"upper": upper, "lower": lower, "title": title}
        return changes[self.case](text, language) if self.case in changes else text
