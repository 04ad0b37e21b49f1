"""Colours as people write them, with what they may have meant."""

import re
from difflib import get_close_matches

from PIL import ImageColor

from morgana.errors import ErrorCode, InputError

_HEX = re.compile("#[0-9a-fA-F]{6}")
_DIGITS = re.compile("#?([0-9a-fA-F]{3,8})")


def check_colour(colour: str) -> str:
    """`colour` if it is written as #RRGGBB.

    Raises InputError COLOR_INVALID with the nearest that is: names are those of CSS (Color Module 4, 6.1).
    """
    if _HEX.fullmatch(colour):
        return colour
    meant = _meant(colour.strip())
    hint = f"Did you mean {' or '.join(meant)}?" if meant else "White is #FFFFFF, black #000000."
    raise InputError(ErrorCode.COLOR_INVALID, f"A colour is written as #RRGGBB. {hint}")


def _meant(colour: str) -> list[str]:
    found = _DIGITS.fullmatch(colour)
    if found:
        return [_spelled(found[1])]
    try:
        red, green, blue = ImageColor.getrgb(colour)[:3]
    except ValueError:
        near = get_close_matches(colour.casefold().replace(" ", ""), ImageColor.colormap, n=3, cutoff=0.6)
        return [f"{_named(name)} ({name})" for name in near]
    return [f"#{red:02X}{green:02X}{blue:02X}"]


def _named(name: str) -> str:
    red, green, blue = ImageColor.getrgb(name)[:3]
    return f"#{red:02X}{green:02X}{blue:02X}"


def _spelled(digits: str) -> str:
    """Of 3, 4 or 8 digits the colour without its opacity; of another number, what is there and zeros."""
    if len(digits) in (3, 4):
        return "#" + "".join(2 * digit for digit in digits[:3]).upper()
    return f"#{digits[:6]:0<6}".upper()
