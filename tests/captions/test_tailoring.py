"""Templates as somebody wishes them, by the pixels that they draw."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.captions.drawing import drawing
from morgana.captions.keywords import emphasize
from morgana.captions.layout import Frame
from morgana.captions.pages import Word
from morgana.captions.tailoring import Position, Wishes, emphatic, tailored
from morgana.captions.template import Template, templates

FRAME = Frame(540, 960, language="en")
WORDS = [Word("plain", 0.0, 1.0), Word("words", 1.0, 2.0), Word("here", 2.0, 3.0)]
GREEN = "#00FF00"
PLAIN: dict[str, Any] = {
    "id": "ctpl_" + "x" * 20,
    "name": "Test",
    "summary": "A template of a test",
    "text": {"family": "Inter", "weight": 800},
}


def template(**more: Any) -> Template:
    return Template.model_validate({**PLAIN, **more})


def drawn(style: Template, at: float = 1.9, words: list[Word] = WORDS) -> NDArray[np.uint8]:
    """(960, 540, 4): what is drawn at a time, in place."""
    canvas = np.zeros((960, 540, 4), np.uint8)
    for patch in drawing(style, FRAME, words)(at):
        height, width = patch.rgba.shape[:2]
        canvas[patch.y : patch.y + height, patch.x : patch.x + width] = patch.rgba
    return canvas


def count(picture: NDArray[np.uint8], *colour: int) -> int:
    """Pixels that are opaque and nearly of a colour."""
    return int((np.abs(picture.astype(int) - (*colour, 255)).max(axis=2) < 12).sum())


def greenish(picture: NDArray[np.uint8]) -> int:
    """Pixels that green dominates: a soft light is hardly anywhere as pure as a plate."""
    red, green, blue = (picture[..., part].astype(int) for part in range(3))
    return int((green - np.maximum(red, blue) > 128).sum())


def rows(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """The first and the last row that something is drawn on."""
    found = np.flatnonzero(picture[..., 3].any(axis=1))
    return int(found[0]), int(found[-1])


def test_no_wish_is_the_template_itself() -> None:
    style = template()
    assert tailored(style, Wishes()) is style


def test_text_goes_where_it_is_wished_and_stays_in_the_safe_area() -> None:
    middles = []
    positions: list[Position | float] = ["top", 0.3, "middle", "bottom"]
    for position in positions:
        first, last = rows(drawn(tailored(template(), Wishes(position=position))))
        assert first >= FRAME.safe.top - 4
        assert last <= FRAME.safe.bottom + 4
        middles.append((first + last) / 2 / 960)
    assert middles == sorted(middles)
    assert middles[1] == pytest.approx(0.3, abs=0.01)
    assert middles[2] == pytest.approx(0.5, abs=0.01)
    ends = [rows(drawn(tailored(template(), Wishes(position=wish)))) for wish in (0.0, "top", 1.0, "bottom")]
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


@pytest.mark.parametrize("layout", [{}, {"kind": "fill"}, {"kind": "stack"}])
def test_text_is_as_large_as_wished(layout: dict[str, Any]) -> None:
    style = template(layout=layout | {"lines": 6})
    word = [Word("Word", 0.0, 1.0)]
    plain = drawn(style, 0.5, word)[..., 3] > 128
    small = drawn(tailored(style, Wishes(font_size=0.5)), 0.5, word)[..., 3] > 128
    assert small.sum() == pytest.approx(0.25 * plain.sum(), rel=0.12)
    if not layout:
        large = drawn(tailored(style, Wishes(font_size=1.5)), 0.5, word)[..., 3] > 128
        assert large.sum() == pytest.approx(2.25 * plain.sum(), rel=0.1)


LIGHTS: list[dict[str, Any]] = [
    {},
    {"active": {"fill": "#ff0000"}},
    {"active": {"fill": {"colours": ["#ff0000", "#ffff00"]}}},
    {"active_fills": ["#ff0000", "#0000ff"]},
    {"active": {"fill": "#ff0000"}, "spoken": {"fill": "#ff0000"}, "wipe": True},
    {"active": {"fill": "#ffffff", "glows": [{"radius": 0.1, "colour": "#ff0000", "strength": 4}]}},
    {"active": {"rules": [{"colour": "#ff0000", "thickness": 0.3}]}},
    {"active": {"strokes": [{"width": 0.1, "colour": "#ff0000"}]}},
    {"active": {"plate": {"fill": "#ff0000"}}},
    {"boxes": [{"kind": "active", "plate": {"fill": "#ff0000"}, "travel": 0.2}]},
    {"boxes": [{"kind": "active", "plate": {}, "fills": ["#ff0000", "#0000ff"]}]},
    {"boxes": [{"kind": "said", "plate": {"fill": "#ff0000"}}]},
    {"boxes": [{"kind": "active", "edge": "bottom", "plate": {"fill": "#ff0000"}}]},
]


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_what_stands_out_does_so_in_the_colour_wished(light: dict[str, Any]) -> None:
    style = template(**light)
    made = drawn(tailored(style, Wishes(highlight_color=GREEN)))
    assert greenish(drawn(style)) == 0
    assert greenish(made) > 400
    for old in ((255, 0, 0), (0, 0, 255)):
        assert count(made, *old) == 0


@pytest.mark.parametrize(("colour", "text"), [("#FFE000", 0), ("#101060", 255), (GREEN, 0), ("#B00020", 255)])
@pytest.mark.parametrize("light", LIGHTS[8:12], ids=str)
def test_text_on_a_recoloured_plate_is_readable(light: dict[str, Any], colour: str, text: int) -> None:
    style = template(**light, text={**PLAIN["text"], "strokes": [{"width": 0.05}]})
    one = [Word("word", 0.0, 1.0)]
    made = drawn(tailored(style, Wishes(highlight_color=colour)), 0.9, one)
    plate = tuple(bytes.fromhex(colour[1:]))
    assert count(made, *plate) > 300
    assert count(made, text, text, text) > 300
    assert count(made, 255 - text, 255 - text, 255 - text) == 0


def test_a_colour_that_cannot_be_read_on_the_box_becomes_a_plate() -> None:
    style = template(
        text={**PLAIN["text"], "fill": "#101010"}, boxes=[{"kind": "page", "plate": {"fill": "#ffffff"}}]
    )
    readable = drawn(tailored(style, Wishes(highlight_color="#0000FF")))
    yellow = drawn(tailored(style, Wishes(highlight_color="#FFFF00")))
    assert 0 < count(readable, 0, 0, 255) < count(yellow, 255, 255, 0)
    assert count(yellow, 0, 0, 0) > 100


def test_a_keyword_takes_the_colour_too() -> None:
    style = template(keyword={"fill": "#ff0000"})
    words = emphasize(WORDS, frozenset(["here"]))
    made = drawn(tailored(style, Wishes(highlight_color=GREEN)), 0.5, words)
    assert count(made, 255, 0, 0) == 0
    before = drawn(tailored(style, Wishes(highlight_color=GREEN)), 0.5, WORDS[:2])
    assert count(made, 0, 255, 0) > count(before, 0, 255, 0) / 2


def test_emphasized_words_stand_out_in_any_template_and_no_others_do() -> None:
    for light in ({}, {"active": {"fill": "#ff0000"}}, LIGHTS[9], {"keyword": {"fill": "#ff00ff"}}):
        style = emphatic(template(**light))
        plain = drawn(template(**{**light, "keyword": {}}), 0.5)
        marked = drawn(style, 0.5, emphasize(WORDS, frozenset(["here"])))
        differs = np.flatnonzero((plain != marked).any(axis=2).any(axis=0))
        assert len(differs)
        # "here" is the last word of its line; nothing left of it has changed.
        assert differs[0] > 270
    pages = [*WORDS, Word("Important", 6.0, 7.0)]
    style = emphatic(template(keyword={"fill": "#ff00ff"}))
    assert count(drawn(style, 6.5, pages), 255, 0, 255) > 100
    assert count(drawn(style, 6.5, emphasize(pages, frozenset(["here"]))), 255, 0, 255) == 0


def test_every_template_takes_every_wish() -> None:
    wishes = Wishes(position="top", font_size=1.2, highlight_color=GREEN)
    for style in templates().values():
        made = drawn(emphatic(tailored(style, wishes)), 0.9)
        assert made.any(), style.name
        assert rows(made)[1] < 0.75 * 960, style.name


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"position": "left"}, "top, middle, bottom"),
        ({"position": 1.01}, "from 0 to 1"),
        ({"position": float("nan")}, "from 0 to 1"),
        ({"position": True}, "from 0 to 1"),
        ({"font_size": 0.4}, "from 0.5 to 2"),
        ({"font_size": float("nan")}, "from 0.5 to 2"),
        ({"highlight_color": "red"}, "#RRGGBB"),
        ({"highlight_color": "#ff000080"}, "#RRGGBB"),
        ({"highlight_color": "#ff000"}, "#RRGGBB"),
    ],
)
def test_what_cannot_be_wished_is_told(wish: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Wishes(**wish)
