"""What a caption template says: one TOML file each, checked against these models.

Lengths are in ems of the text, times in seconds, places in shares of the frame. Where a style (`active`,
`spoken`, `keyword`) leaves a field out, it is that of `text`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from morgana.text.style import Fill, Plate, Style

Ease = Literal["linear", "out", "in-out", "back", "elastic", "bounce", "steps"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Motion(Part):
    """How something comes (or goes): what it starts from (or ends at), and how fast it gets there.

    Words are seen as soon as they are said: what comes is a frame on its way from the start, and at least
    40 % opaque; so is a page that goes until the next takes its place.
    """

    seconds: float = Field(default=0.2, gt=0, le=2)
    ease: Ease = "out"
    opacity: float = Field(default=1.0, ge=0, le=1)
    x: float = Field(default=0.0, description="Ems to the right of its place")
    y: float = Field(default=0.0, description="Ems below its place")
    scale: float = Field(default=1.0, ge=0, le=8)
    scale_x: float = Field(default=1.0, ge=0, le=8)
    scale_y: float = Field(default=1.0, ge=0, le=8)
    rotation: float = Field(default=0.0, description="Degrees, clockwise")
    blur: float = Field(default=0.0, ge=0, le=1, description="Standard deviation in ems")


class Pulse(Part):
    """A beat of a word as it is said: there and back."""

    seconds: float = Field(default=0.22, gt=0, le=2)
    scale: float = Field(default=1.0, gt=0, le=3)
    y: float = Field(default=0.0, description="Ems; negative is up")
    rotation: float = Field(default=0.0, description="Degrees")
    hold: bool = Field(default=False, description="Stay that way until the next word")


class Layout(Part):
    """Where words stand."""

    size: float = Field(default=84, gt=8, le=400, description="Pixels to the em on a frame 1080 pixels wide")
    words: int = Field(default=6, ge=1, le=20, description="Most words on a page")
    lines: int = Field(default=2, ge=1, le=6, description="Most lines on a page")
    kind: Literal["flow", "fill", "stack"] = Field(
        default="flow",
        description="flow: lines of one size; fill: lines as wide as the page; stack: a line a word, filled",
    )
    largest: float = Field(default=2.2, ge=1, le=6, description="How far fill and stack enlarge a line")
    position: float = Field(default=0.60, ge=0.1, le=0.9, description="Middle of the page, share of height")
    align: Literal["center", "left", "right", "alternate", "block"] = Field(
        default="center",
        description="alternate: pages left and right in turn; block: centred, its lines starting together",
    )
    leading: float = Field(default=1.18, ge=0.6, le=3, description="From line to line")
    space: float = Field(default=0.27, ge=0, le=2, description="Between words")
    width: float = Field(default=1.0, gt=0.2, le=1, description="Share of the safe width that is used")
    tilt: tuple[float, ...] = Field(default=(), description="Degrees of the lines, in turn")
    indent: tuple[float, ...] = Field(default=(), description="Ems to the right of the lines, in turn")
    lean: tuple[float, ...] = Field(default=(), description="Degrees of the words, in turn")
    rise: tuple[float, ...] = Field(default=(), description="Ems of the words above the baseline, in turn")


class Boxes(Part):
    """A plate behind the text.

    kind: behind the page, each line, each word, the word being said, all said, or as much of the page's
    width as of it has been said (progress).
    active_fill: of the word being said, where each has a plate.

    travel: the plate of the word being said glides from word to word in this many seconds, and is half there
    when the word begins.
    edge: a bar along this edge instead, as thick as `thickness`, `distance` outside of it.
    Where pages stand left and right in turn, the plates of those on the right are mirrored.
    """

    kind: Literal["page", "line", "word", "active", "said", "progress"]
    plate: Plate
    edge: Literal["left", "right", "top", "bottom"] | None = None
    thickness: float = Field(default=0.1, gt=0, le=3)
    distance: float = Field(default=0.0, ge=-2, le=3, description="Negative is inside")
    travel: float = Field(default=0.0, ge=0, le=1)
    fills: tuple[str, ...] = Field(default=(), description="Colours of the plates, in turn")
    active_fill: str | None = Field(default=None, pattern=r"^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")


class Caret(Part):
    """A typist's mark after the last letter."""

    colour: str = "#ffffff"
    width: float = Field(default=0.08, gt=0, le=1)
    height: float = Field(default=0.9, gt=0, le=2)
    blink: float = Field(default=0.5, gt=0, le=2, description="Seconds on, and as many off")


class Flicker(Part):
    """A failing tube when a page comes on."""

    seconds: float = Field(default=0.6, gt=0, le=3)
    depth: float = Field(default=0.75, gt=0, le=1)


Look = dict[str, Any]


class Template(Part):
    """A caption style."""

    id: str = Field(pattern=r"^ctpl_[A-Za-z0-9]{20}$")
    name: str = Field(min_length=1, max_length=40)
    summary: str = Field(min_length=1, max_length=120)
    text: Style
    active: Look = Field(default_factory=dict, description="The word being said")
    spoken: Look = Field(default_factory=dict, description="Words said before it")
    keyword: Look = Field(default_factory=dict, description="The word of a page that matters most")
    active_fills: tuple[Fill, ...] = Field(default=(), description="Fills of the word being said, in turn")
    reveal: Literal["page", "word", "letter"] = Field(
        default="page", description="Words come with the page, each as it is said, or letter by letter"
    )
    wipe: bool = Field(default=False, description="The active style runs over the word as it is said")
    layout: Layout = Layout()
    page_enter: Motion | None = None
    page_exit: Motion | None = None
    word_enter: Motion | None = None
    stagger: float = Field(
        default=0.0, ge=0, le=0.5, description="Seconds between the words of a page that come with it"
    )
    mask: bool = Field(default=False, description="Words come out from behind the edge of their line")
    pulse: Pulse | None = None
    boxes: tuple[Boxes, ...] = ()
    caret: Caret | None = None
    flicker: Flicker | None = None
    emoji: Literal["keep", "drop"] = "keep"

    @cached_property
    def looks(self) -> tuple[Style, ...]:
        """A word before, while and after it is said; then a keyword the same way, if those look different."""
        states: tuple[Look, ...] = ({}, self.active, self.spoken)
        looks = tuple(self._style(state) for state in states)
        return looks + tuple(self._style({**state, **self.keyword}) for state in states) * bool(self.keyword)

    def model_post_init(self, _: Any) -> None:
        _ = self.looks

    def _style(self, look: Look) -> Style:
        return _STYLE.validate_python({**asdict(self.text), **look})


_STYLE = TypeAdapter(Style)


def read_template(path: Path) -> Template:
    """The template in a TOML file. Raises ValueError that says what is wrong with it."""
    return Template.model_validate(tomllib.loads(path.read_text("utf-8")))


@cache
def templates() -> Mapping[str, Template]:
    """Every template by its ID, in order of name."""
    folder = files("morgana.captions").joinpath("templates")
    found = [
        Template.model_validate(tomllib.loads(file.read_text("utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return MappingProxyType({one.id: one for one in sorted(found, key=lambda one: one.name.casefold())})
