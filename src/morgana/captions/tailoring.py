"""A template as somebody wishes it: elsewhere, larger, in another colour."""

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
_UPRIGHT, _SQUARE = 9 / 16, 1.0  # width to height: in the middle of the first a face leaves room
_LOWERED: Final = 0.8  # share of the height, where the text of a square or wide film stands
_BLACKISH, _WHITISH = 0.04, 0.85  # relative luminance
_READABLE: Final = 1.8  # contrast of a single word, large and bold, with what is behind it
_SNUG: Final = {"padding_x": 0.1, "padding_y": 0.02, "radius": 0.1}


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


def lowered(template: Template, width: int, height: int) -> Template:
    """`template` for a film that is not 9:16, in the middle of which there is somebody's face."""
    share = min(max((width / height - _UPRIGHT) / (_SQUARE - _UPRIGHT), 0.0), 1.0)
    at = template.layout.position
    position = at + share * max(_LOWERED - at, 0.0)
    return _changed(template, {"layout": template.layout.model_copy(update={"position": position})})


def emphatic(template: Template) -> Template:
    """`template` with a look for keywords: its own, or the colour of the word being said, or a line below."""
    if template.keyword:
        return template
    fill = template.active.get("fill")
    look: Look = {"fill": fill} if fill and not _is_plated(template) else {"rules": [{}]}
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
    boxes = tuple(_box(one, colour) for one in template.boxes)
    active = _recoloured(template.active, colour)
    if _is_plated(template):
        active = _on_plate(active, colour)
    else:
        if template.active_fills or (active == template.active and boxes == template.boxes):
            active["fill"] = colour
        if active.get("fill") == colour and _contrast(colour, _ground(template)) < _READABLE:
            active = _on_plate({**active, "plate": {"fill": colour, **_SNUG}}, colour)
    return {
        "active": active,
        "active_fills": (),
        "spoken": _spoken(template, colour),
        "keyword": _keyword(template, colour),
        "boxes": boxes,
    }


def _is_plated(template: Template) -> bool:
    """Whether the word being said stands on a plate of its own."""
    boxed = any(boxes.active_fill or _is_behind(boxes) for boxes in template.boxes)
    return boxed or template.active.get("plate") is not None


def _ground(template: Template) -> str | None:
    """The colour of what all text stands on; None for the film itself."""
    plates = [one.plate for one in template.boxes if one.edge is None and not _is_lit(one)]
    plates += [template.text.plate] if template.text.plate else []
    if not plates:
        return None
    fill = plates[-1].fill
    return fill if isinstance(fill, str) else fill.colours[0]


def _is_lit(boxes: Boxes) -> bool:
    """Whether these boxes show which word is being said."""
    return boxes.kind in ("active", "said", "progress")


def _is_behind(boxes: Boxes) -> bool:
    return _is_lit(boxes) and boxes.edge is None


def _box(boxes: Boxes, colour: str) -> Boxes:
    if boxes.active_fill:
        return boxes.model_copy(update={"active_fill": colour})
    if not _is_lit(boxes):
        return boxes
    shadow = boxes.plate.shadow
    if shadow and _luminance(shadow.colour) > _BLACKISH:  # the plate's own light
        shadow = replace(shadow, colour=_as(colour, shadow.colour))
    return boxes.model_copy(update={"plate": replace(boxes.plate, fill=colour, shadow=shadow), "fills": ()})


def _spoken(template: Template, colour: str) -> Look:
    """Words that stay lit once they are said stay so in the new colour."""
    spoken, active = template.spoken, template.active
    if any(_is_behind(boxes) and boxes.kind != "active" for boxes in template.boxes):
        return _on_plate(spoken, colour)
    lit = ("fill", "glows", "plate", "rules")
    kept: Look = {name: spoken[name] for name in lit if name in spoken and spoken[name] == active.get(name)}
    return {**spoken, **_recoloured(kept, colour)}


def _keyword(template: Template, colour: str) -> Look:
    own = template.keyword
    if own.get("plate") is None and _contrast(colour, _ground(template)) < _READABLE:
        return own
    if own.get("plate") is None and (_is_plated(template) or own.get("fill") == template.text.fill):
        own = {name: value for name, value in own.items() if name != "fill"}
    return _recoloured(own, colour)


def _on_plate(look: Look, colour: str) -> Look:
    """Text that can be read on a plate of `colour`: an outline or a light of its own would blur it."""
    return {**look, "fill": _readable(colour), "strokes": [], "shadows": [], "glows": []}


def _recoloured(look: Look, colour: str) -> Look:
    """The look with `colour` for each that it has, and text that can be read on its plate.

    What is nearly white within a light stays white, what is nearly black is there for contrast.
    """
    changed, fill = dict(look), look.get("fill")
    if fill is not None and not (look.get("glows") and isinstance(fill, str) and _luminance(fill) > _WHITISH):
        changed["fill"] = colour
    if look.get("plate") is not None:
        changed = _on_plate({**changed, "plate": {**look["plate"], "fill": colour}}, colour)
    lights = ("glows", "rules", "strokes") if look.get("glows") else ("rules",)
    for name in lights:
        if look.get(name):
            changed[name] = [_lit(one, colour) for one in look[name]]
    if changed == look and look.get("strokes"):
        changed["strokes"] = [{**one, "colour": colour} for one in look["strokes"]]
    return changed


def _lit(layer: Look, colour: str) -> Look:
    own = layer.get("colour")
    if own is not None and not _BLACKISH < _luminance(own) < _WHITISH:
        return layer
    return {**layer, "colour": _as(colour, own or colour)}


def _as(colour: str, other: str) -> str:
    """`colour` as opaque as `other`."""
    return colour + other[7:]


def _readable(colour: str) -> str:
    """Black or white, whichever has more contrast with `colour`."""
    return max(_DARK, _BRIGHT, key=lambda text: _contrast(text, colour))


def _contrast(one: str, other: str | None) -> float:
    """1 to 21 (WCAG 2.2, contrast ratio), the most where there is nothing to contrast with."""
    if other is None:
        return 21.0
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """0 to 1 (WCAG 2.2, relative luminance)."""
    shares = [part / 255 for part in rgba(colour)[:3]]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
