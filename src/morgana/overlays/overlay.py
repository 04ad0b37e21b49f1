"""What is asked of an overlay, and what is wrong with it as far as that can be told without the film."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from morgana.errors import ErrorCode, InputError
from morgana.overlays.colours import check_colour
from morgana.overlays.look import find_look
from morgana.text.unicode import is_invisible

Position: TypeAlias = Literal["top", "middle", "bottom"]
Align: TypeAlias = Literal["left", "center", "right"]
Background: TypeAlias = Literal["none", "box", "line"]

LONGEST: Final = 1000  # characters of a text
SMALLEST_SIZE: Final = 8.0  # pixels to the em
LARGEST_SIZE: Final = 1000.0
_POSITIONS: Final = ("top", "middle", "bottom")
_ALIGNS: Final = ("left", "center", "right")
_BACKGROUNDS: Final = ("none", "box", "line")


@dataclass(frozen=True, slots=True)
class Overlay:
    """One text over one copy of a film. None everywhere means: decide for me.

    text: 1 to 1000 characters; a line break is kept. font: a family such as "Anton", or a look: Classic,
    Modern, Typewriter, Neon, Strong. size: pixels to the em on the output, 8 to 1000. color: "#RRGGBB".
    position: of the text in the safe area, a name or 0 (top) to 1 (bottom). background: one box behind the
    text, a label behind each line, or none. stroke, shadow: an outline, or a shadow, always or never.
    start, end: seconds of the film between which it is shown; all of it by default.
    """

    text: str
    font: str | None = None
    size: float | None = None
    color: str | None = None
    position: Position | float | None = None
    align: Align | None = None
    background: Background | None = None
    stroke: bool | None = None
    shadow: bool | None = None
    start: float | None = None
    end: float | None = None


class OverlayError(InputError):
    """An overlay that cannot be made of any film. field: the name of what is wrong in it."""

    def __init__(self, field: str, code: ErrorCode, message: str) -> None:
        super().__init__(code, message)
        self.field = field


def check(overlay: Overlay) -> None:
    """Raises OverlayError, an InputError, for what no film could make right.

    TEXT_EMPTY, TEXT_TOO_LONG, FONT_NOT_FOUND and COLOR_INVALID, with the nearest names, OVERLAY_INVALID.
    """
    _check_text(overlay.text)
    if overlay.font is not None:
        _named("font", find_look, overlay.font)
    if overlay.color is not None:
        _named("color", check_colour, overlay.color)
    if overlay.size is not None and not _within(overlay.size, SMALLEST_SIZE, LARGEST_SIZE):
        raise _invalid("size", f"is from {SMALLEST_SIZE:g} to {LARGEST_SIZE:g}, in pixels of the video")
    _check_position(overlay.position)
    if overlay.align not in (None, *_ALIGNS):
        raise _invalid("align", f"is one of {', '.join(_ALIGNS)}")
    if overlay.background not in (None, *_BACKGROUNDS):
        raise _invalid("background", f"is one of {', '.join(_BACKGROUNDS)}")
    _check_times(overlay.start, overlay.end)


def _check_text(text: str) -> None:
    if len(text) > LONGEST:
        raise OverlayError(
            "text",
            ErrorCode.TEXT_TOO_LONG,
            f"The text has {len(text)} characters; at most {LONGEST} are taken. Shorten it.",
        )
    if all(character.isspace() or is_invisible(character) for character in text):
        raise OverlayError("text", ErrorCode.TEXT_EMPTY, "The text has nothing to show in it. Write some.")


def _named(field: str, find: Callable[[str], object], name: str) -> None:
    try:
        find(name)
    except InputError as error:
        raise OverlayError(field, error.code, error.message) from None


def _check_position(position: Position | float | None) -> None:
    if position is None or position in _POSITIONS:
        return
    if isinstance(position, str) or not _within(position, 0.0, 1.0):
        raise _invalid("position", "is top, middle, bottom, or a number from 0 (the top) to 1 (the bottom)")


def _check_times(start: float | None, end: float | None) -> None:
    for field, time in (("start", start), ("end", end)):
        if time is not None and not _within(time, 0.0, math.inf):
            raise _invalid(field, "is a number of seconds from the beginning of the video, 0 or more")
    if end is not None and end <= (start or 0.0):
        raise _invalid("end", f"is after start, which is {start or 0.0:g} s")


def _within(value: float, low: float, high: float) -> bool:
    return not isinstance(value, bool) and math.isfinite(value) and low <= value <= high


def _invalid(field: str, rule: str) -> OverlayError:
    return OverlayError(field, ErrorCode.OVERLAY_INVALID, f"{field} {rule}.")
