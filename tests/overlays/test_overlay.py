"""What is wrong with an overlay is told before there is a film."""

import math
from dataclasses import replace
from typing import Any

import pytest

from morgana.errors import ErrorCode
from morgana.overlays.overlay import Overlay, OverlayError, check

PLAIN = Overlay("Hello")

WRONG: list[tuple[dict[str, Any], str, ErrorCode, str]] = [
    ({"text": ""}, "text", ErrorCode.TEXT_EMPTY, "Write some"),
    ({"text": " \n\t\u200d"}, "text", ErrorCode.TEXT_EMPTY, "Write some"),
    ({"text": "a" * 1001}, "text", ErrorCode.TEXT_TOO_LONG, "at most 1000"),
    ({"font": "antn"}, "font", ErrorCode.FONT_NOT_FOUND, "Anton"),
    ({"font": "modrn"}, "font", ErrorCode.FONT_NOT_FOUND, "Modern"),
    ({"font": ""}, "font", ErrorCode.FONT_NOT_FOUND, "Inter"),
    ({"color": "red"}, "color", ErrorCode.COLOR_INVALID, "#FF0000"),
    ({"color": "#fd0"}, "color", ErrorCode.COLOR_INVALID, "#FFDD00"),
    ({"color": "ffd60a"}, "color", ErrorCode.COLOR_INVALID, "#FFD60A"),
    ({"color": "#ffd60a80"}, "color", ErrorCode.COLOR_INVALID, "#FFD60A"),
    ({"color": "turkoise"}, "color", ErrorCode.COLOR_INVALID, "#40E0D0 (turquoise)"),
    ({"color": "?"}, "color", ErrorCode.COLOR_INVALID, "White is #FFFFFF"),
    ({"size": 7.9}, "size", ErrorCode.OVERLAY_INVALID, "from 8 to 1000"),
    ({"size": 1001}, "size", ErrorCode.OVERLAY_INVALID, "from 8 to 1000"),
    ({"size": math.nan}, "size", ErrorCode.OVERLAY_INVALID, "from 8 to 1000"),
    ({"size": True}, "size", ErrorCode.OVERLAY_INVALID, "from 8 to 1000"),
    ({"position": "left"}, "position", ErrorCode.OVERLAY_INVALID, "top, middle, bottom"),
    ({"position": 1.1}, "position", ErrorCode.OVERLAY_INVALID, "from 0"),
    ({"align": "justify"}, "align", ErrorCode.OVERLAY_INVALID, "left, center, right"),
    ({"background": "circle"}, "background", ErrorCode.OVERLAY_INVALID, "none, box, line"),
    ({"start": -1.0}, "start", ErrorCode.OVERLAY_INVALID, "0 or more"),
    ({"end": math.inf}, "end", ErrorCode.OVERLAY_INVALID, "0 or more"),
    ({"end": 0.0}, "end", ErrorCode.OVERLAY_INVALID, "after start"),
    ({"start": 2.0, "end": 2.0}, "end", ErrorCode.OVERLAY_INVALID, "after start"),
]


@pytest.mark.parametrize(("change", "field", "code", "told"), WRONG)
def test_what_no_film_could_make_right_is_told(
    change: dict[str, Any], field: str, code: ErrorCode, told: str
) -> None:
    with pytest.raises(OverlayError) as raised:
        check(replace(PLAIN, **change))
    assert raised.value.field == field
    assert raised.value.code is code
    assert told in raised.value.message


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"text": "a" * 1000},
        {"font": "anton"},
        {"font": " STRONG "},
        {"color": "#FFd60A", "size": 8, "position": 0},
        {"position": "bottom", "align": "right", "background": "none", "stroke": True, "shadow": False},
        {"position": 1, "size": 1000.0, "start": 0.0, "end": 0.5},
    ],
)
def test_what_can_be_made_is_taken(change: dict[str, Any]) -> None:
    check(replace(PLAIN, **change))
