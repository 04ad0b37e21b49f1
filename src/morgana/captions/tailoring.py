"""A template as somebody wishes it: elsewhere, larger, in another colour."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from morgana.captions.template import Boxes, Look, Template
from morgana.text.style import rgba

Position = Literal["top", "middle", "bottom"]

SMALLEST: Final = 0.5
LARGEST: Final = 2.0
# Shares of the height for the middle of a page; at the ends the safe area is what holds it.
_POSITIONS: Final = {"top": 0.1, "middle": 0.5, "bottom": 0.9}
_HIGHEST, _LOWEST = 0.1, 0.9
_SIZES: Final = (9.0, 400.0)  # pixels, as a template may have them
_NARROWEST: Final = 0.25  # share of the safe width
_DARK, _BRIGHT = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to differ from a template; None where it is right.

    position: of the middle of the text, a name or a share of the height from the top, 0 to 1; text stays in
    the safe area. font_size: 0.5 to 2 times the template's. highlight_color: "#RRGGBB", of the word being
    said.
    Raises ValueError that says what may be given.
    """

    position: Position | float | None = None
    font_size: float | None = None
    highlight_color: str | None = None

    def __post_init__(self) -> None:
        _check_position(self.position)
        size, colour = self.font_size, self.highlight_color
        if size is not None and (isinstance(size, bool) or not SMALLEST <= size <= LARGEST):
            raise ValueError(f"font_size is from {SMALLEST:g} to {LARGEST:g}, where 1 is the template's own")
        if colour is not None and (len(colour) != 7 or not _is_colour(colour)):
            raise ValueError("highlight_color is written as #RRGGBB, such as #FFD60A")


def _check_position(position: Position | float | None) -> None:
    if position is None or (isinstance(position, str) and position in _POSITIONS):
        return
    if isinstance(position, str | bool) or not 0 <= position <= 1:
        raise ValueError(
            "position is top, middle, bottom, or a number from 0 to 1: the share of the height above the text"
        )


def _is_colour(colour: str) -> bool:
    try:
        rgba(colour)
    except ValueError:
        return False
    return True


NO_WISHES: Final = Wishes()


def tailored(template: Template, wishes: Wishes) -> Template:
    """`template` with what `wishes` say in place of its own."""
    changes: dict[str, Any] = {}
    if wishes.highlight_color is not None:
        changes |= _highlighted(template, wishes.highlight_color)
    layout: dict[str, Any] = {}
    if wishes.position is not None:
        at = wishes.position
        share = _POSITIONS[at] if isinstance(at, str) else at
        layout["position"] = min(max(share, _HIGHEST), _LOWEST)
    if wishes.font_size is not None:
        layout |= _resized(template, wishes.font_size)
    if layout:
        changes["layout"] = template.layout.model_copy(update=layout)
    return _changed(template, changes) if changes else template


def emphatic(template: Template) -> Template:
    """`template` with a look for keywords: its own, or the colour of the word being said, or a line below."""
    if template.keyword:
        return template
    fill = template.active.get("fill")
    plated = "plate" in template.active or any(_is_behind(boxes) for boxes in template.boxes)
    look: Look = {"fill": fill} if fill and not plated else {"rules": [{}]}
    return _changed(template, {"keyword": look})


def _changed(template: Template, changes: dict[str, Any]) -> Template:
    fields = {name: getattr(template, name) for name in Template.model_fields}
    return Template.model_validate({**fields, **changes})


def _resized(template: Template, scale: float) -> dict[str, float]:
    """Lines that fill a width are made smaller by giving them less of it."""
    layout = template.layout
    sizes = {"size": min(max(layout.size * scale, _SIZES[0]), _SIZES[1])}
    if layout.kind != "flow" and scale < 1:
        sizes["width"] = max(layout.width * scale, _NARROWEST)
    return sizes


def _highlighted(template: Template, colour: str) -> dict[str, Any]:
    """The fields that change when the word being said stands out in `colour`."""
    plated = any(_is_behind(boxes) for boxes in template.boxes) or "plate" in template.active
    active = _recoloured(template.active, colour)
    boxed = any(_is_lit(boxes) for boxes in template.boxes)
    if plated:
        active["fill"] = _readable(colour)
    elif not (boxed or active != template.active or template.active_fills):
        active["fill"] = colour
    changes: dict[str, Any] = {
        "active": active,
        "keyword": _keyword(template, colour, plated=plated),
        "active_fills": (),
        "boxes": tuple(_box(boxes, colour) if _is_lit(boxes) else boxes for boxes in template.boxes),
        "spoken": _spoken(template, colour),
    }
    if template.active_fills and not plated:
        active["fill"] = colour
    return changes


def _is_lit(boxes: Boxes) -> bool:
    """Whether these boxes show which word is being said."""
    return boxes.kind in ("active", "said")


def _is_behind(boxes: Boxes) -> bool:
    return _is_lit(boxes) and boxes.edge is None


def _box(boxes: Boxes, colour: str) -> Boxes:
    return boxes.model_copy(update={"plate": replace(boxes.plate, fill=colour), "fills": ()})


def _spoken(template: Template, colour: str) -> Look:
    """Words that stay lit once they are said stay so in the new colour."""
    spoken, active = template.spoken, template.active
    if any(_is_behind(boxes) and boxes.kind == "said" for boxes in template.boxes):
        return {**spoken, "fill": _readable(colour)}
    kept: Look = {name: look for name, look in spoken.items() if look == active.get(name)}
    return {**spoken, **_recoloured(kept, colour)}


def _keyword(template: Template, colour: str, *, plated: bool) -> Look:
    keyword = _recoloured(template.keyword, colour)
    if plated and "fill" in keyword:  # it has to be read on the plate as well
        keyword["fill"] = _readable(colour)
    return keyword


def _recoloured(look: Look, colour: str) -> Look:
    """The look with `colour` for each that it has, and text that can be read on its plate."""
    changed = dict(look)
    if look.get("fill") is not None:
        changed["fill"] = colour
    if look.get("plate") is not None:
        changed["plate"] = {**look["plate"], "fill": colour}
        changed["fill"] = _readable(colour)
    for name in ("glows", "rules"):
        if look.get(name):
            changed[name] = [{**one, "colour": colour} for one in look[name]]
    if changed == look and look.get("strokes"):
        changed["strokes"] = [{**one, "colour": colour} for one in look["strokes"]]
    return changed


def _readable(colour: str) -> str:
    """Black or white, whichever has more contrast with `colour` (WCAG 2.2, relative luminance)."""
    bright = _luminance(rgba(colour)[:3])
    return _DARK if (bright + 0.05) / 0.05 > 1.05 / (bright + 0.05) else _BRIGHT


def _luminance(parts: Iterable[int]) -> float:
    shares = [part / 255 for part in parts]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
