"""Plates, bars and words that stand aslant, on what is drawn."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame, lay_out
from morgana.captions.pages import Word
from morgana.captions.template import Template
from morgana.text.style import Gradient, Palette

FRAME = Frame(1080, 1920)
WORDS = [Word("one", 0.0, 1.0), Word("two", 1.0, 2.0)]
RED = {"fill": "#ff0000", "padding_x": 0.0, "padding_y": 0.0}


def template(**fields: Any) -> Template:
    return Template.model_validate(
        {"id": "ctpl_" + "a" * 20, "name": "Test", "summary": "Test", "text": {"family": "Anton"}} | fields
    )


def red(template: Template, time: float, words: Sequence[Word] = WORDS) -> NDArray[np.bool_]:
    """Where the whole frame is red at a time."""
    seen = np.zeros((FRAME.height, FRAME.width), np.bool_)
    for patch in drawing(template, FRAME, words)(time):
        height, width = patch.rgba.shape[:2]
        pure = (patch.rgba[..., 0] > 200) & (patch.rgba[..., 1] < 60) & (patch.rgba[..., 3] > 250)
        seen[patch.y : patch.y + height, patch.x : patch.x + width] |= pure
    return seen


def columns(seen: NDArray[np.bool_]) -> tuple[int, int]:
    found = np.nonzero(seen.any(axis=0))[0]
    return int(found[0]), int(found[-1]) + 1


def test_the_plate_of_what_is_said_grows_as_it_is_said() -> None:
    marked = template(boxes=[{"kind": "said", "plate": RED}])
    first, last = lay_out(marked, FRAME, WORDS, 0).slots
    ends = [columns(red(marked, time))[1] for time in (0.25, 0.5, 1.0, 1.5, 1.99)]
    assert ends[1] == pytest.approx(first.x + first.advance / 2, abs=2)
    assert ends[3] == pytest.approx(last.x + last.advance / 2, abs=2)
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("text", "number"),
    [("שלום YouTube עיר", 1), ("YouTube שלום עיר", 0), ("שלום New York עיר", 1), ("שלום New York עיר", 2)],
)
def test_a_plate_covers_no_more_than_is_said_of_a_line_of_two_directions(text: str, number: int) -> None:
    marked = template(boxes=[{"kind": "said", "plate": RED}], layout={"size": 60})
    words = [Word(word, index, index + 1.0) for index, word in enumerate(text.split())]
    slots = lay_out(marked, FRAME, words, 0).slots
    for share in (0.1, 0.5, 0.9):
        seen = red(marked, number + share, words)
        covered = [_covered(seen, slot.x, slot.x + slot.advance) for slot in slots]
        expected = [1.0] * number + [share] + [0.0] * (len(words) - number - 1)
        assert covered == pytest.approx(expected, abs=0.06)
    # Nothing is taken back as the plate grows.
    earlier, later = (red(marked, number + share, words).any(0) for share in (0.4, 0.6))
    assert not (earlier & ~later).any()


def _covered(seen: NDArray[np.bool_], left: float, right: float) -> float:
    """The share of the columns between two places that are red."""
    return float(seen[:, round(left) : round(right)].any(axis=0).mean())


def test_the_plate_of_a_word_that_fills_the_line_stays_in_the_safe_area() -> None:
    wide = template(active={"plate": RED | {"padding_x": 0.6}}, layout={"size": 300})
    left, right = columns(red(wide, 0.5, [Word("Incomprehensible", 0.0, 1.0)]))
    assert left >= round(FRAME.safe.left)
    assert right <= round(FRAME.safe.right)


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
def test_a_bar_stands_outside_of_its_edge(edge: str) -> None:
    bar = template(
        boxes=[{"kind": "page", "plate": RED, "edge": edge, "thickness": 0.25, "distance": 0.5}],
        layout={"size": 80},
    )
    box = lay_out(bar, FRAME, WORDS, 0).box
    left, right = columns(red(bar, 0.5))
    top, bottom = columns(red(bar, 0.5).T)
    expected = {
        "left": (box.left - 60, box.left - 40, box.top, box.bottom),
        "right": (box.right + 40, box.right + 60, box.top, box.bottom),
        "top": (box.left, box.right, box.top - 60, box.top - 40),
        "bottom": (box.left, box.right, box.bottom + 40, box.bottom + 60),
    }[edge]
    assert (left, right, top, bottom) == pytest.approx(expected, abs=2)


def test_words_of_a_tilted_line_lie_on_it() -> None:
    level, tilted = template(), template(layout={"tilt": [10.0]})
    flat = lay_out(level, FRAME, WORDS, 0).slots
    one, two = lay_out(tilted, FRAME, WORDS, 0).slots
    assert flat[0].y == flat[1].y
    slope = (two.y - one.y) / (two.x + two.advance / 2 - one.x - one.advance / 2)
    assert slope == pytest.approx(np.tan(np.radians(10)), rel=1e-3)


def test_words_lean_and_rise_in_turn() -> None:
    page = template(layout={"lean": [-5.0, 5.0], "rise": [0.0, 0.5], "size": 80})
    one, two = lay_out(page, FRAME, WORDS, 0).slots
    assert (one.tilt, two.tilt) == (-5, 5)
    assert one.y - two.y == pytest.approx(40)


def test_words_that_come_with_the_page_come_one_after_the_other() -> None:
    page = template(
        text={"family": "Anton", "fill": "#ff0000"}, word_enter={"opacity": 0, "seconds": 0.1}, stagger=0.3
    )
    middle = FRAME.width / 2
    assert columns(red(page, 0.2))[1] < middle + 20
    assert columns(red(page, 0.5))[1] > middle + 60


def test_a_masked_word_stays_within_its_line_while_it_comes() -> None:
    coming = {"y": 1.0, "seconds": 1.0, "ease": "linear"}
    fields: dict[str, Any] = {"text": {"family": "Anton", "fill": "#ff0000"}, "word_enter": coming}
    line = lay_out(template(**fields), FRAME, WORDS, 0).lines[0]
    below = round(line.bottom) + 1
    assert red(template(**fields), 0.3)[below:].any()
    masked = red(template(**fields, mask=True), 0.3)
    assert masked.any()
    assert not masked[below:].any()


def test_pages_on_the_right_have_mirrored_plates() -> None:
    bubble = template(
        layout={"align": "alternate", "words": 1, "size": 80},
        boxes=[{"kind": "page", "plate": {"fill": "#ff0000", "corners": [0.4, 0.4, 0.4, 0.0]}}],
    )
    for time, square, round_corner in ((0.5, -1, 0), (1.5, 0, -1)):
        _, bottom = columns(red(bubble, time).T)
        lowest = red(bubble, time)[bottom - 2]
        left, right = columns(red(bubble, time))
        ends = (int(np.nonzero(lowest)[0][0]) - left, right - int(np.nonzero(lowest)[0][-1]) - 1)
        assert (ends[0] < 3) is (square == -1)
        assert (ends[1] < 3) is (round_corner == -1)


def test_a_word_in_a_scaled_face_is_larger_on_the_same_baseline() -> None:
    fields: dict[str, Any] = {"text": {"family": "Anton", "fill": "#ff0000"}}
    plain = red(template(**fields), 0.5)
    large = red(template(**fields, active={"scale": 1.5}), 0.5)
    one = lay_out(template(**fields, active={"scale": 1.5}), FRAME, WORDS, 0).slots[0]
    left = slice(0, round(one.x + one.advance))
    assert large[:, left].sum() > 1.8 * plain[:, : round(FRAME.width / 2)].sum()
    assert columns(large[:, left].T)[1] == pytest.approx(one.y, abs=4)


def test_only_a_keyword_is_given_the_room_of_one() -> None:
    fields: dict[str, Any] = {"text": {"family": "Anton"}}
    plain = lay_out(template(**fields), FRAME, WORDS, 0).slots
    marked = lay_out(
        template(**fields, keyword={"scale": 2.0}), FRAME, [WORDS[0], replace(WORDS[1], keyword=True)], 0
    ).slots
    assert marked[0].advance == pytest.approx(plain[0].advance)
    assert marked[1].advance == pytest.approx(2 * plain[1].advance, rel=0.02)


def ink(template: Template, time: float) -> NDArray[np.bool_]:
    """Where anything is drawn at a time."""
    seen = np.zeros((FRAME.height, FRAME.width), np.bool_)
    for patch in drawing(template, FRAME, WORDS)(time):
        height, width = patch.rgba.shape[:2]
        seen[patch.y : patch.y + height, patch.x : patch.x + width] |= patch.rgba[..., 3] > 0
    return seen


def test_letters_are_typed_one_by_one_with_all_of_their_shadow() -> None:
    shadow = {"x": 0.0, "y": 0.0, "blur": 0.5, "colour": "#000000"}
    typed = template(text={"family": "Anton", "fill": "#ff0000", "shadows": [shadow]}, reveal="letter")
    ends = [columns(red(typed, time))[1] for time in (0.1, 0.5, 0.9)]
    assert ends == sorted(set(ends))
    around = columns(ink(typed, 0.1))
    letter = columns(red(typed, 0.1))
    assert around[1] - letter[1] == pytest.approx(letter[0] - around[0], abs=8)


@pytest.mark.parametrize(
    "fields",
    [
        {"boxes": [{"kind": "said", "plate": RED}]},
        {"boxes": [{"kind": "progress", "plate": RED}]},
        {"wipe": True, "active": {"fill": "#ff0000"}},
        {"text": {"family": "Anton", "fill": "#ff0000"}, "reveal": "letter"},
    ],
    ids=["said", "progress", "wipe", "letter"],
)
def test_what_grows_while_it_is_said_begins_on_the_right_where_reading_does(fields: dict[str, Any]) -> None:
    words = [Word("استثنائي", 0.0, 1.0), Word("من", 1.0, 2.0)]
    grown = template(**fields)
    slot = lay_out(grown, FRAME, words, 0).slots[0]
    ends = [columns(red(grown, time, words)) for time in (0.2, 0.6)]
    assert all(right == pytest.approx(slot.x + slot.advance, abs=12) for _, right in ends)
    assert ends[1][0] < ends[0][0] - 20
    assert ends[0][0] > slot.x + slot.advance / 2


def test_a_style_tells_letters_in_turn_from_a_gradient_and_refuses_what_it_does_not_know() -> None:
    colours = ["#ff0000", "#00ff00"]
    assert template(text={"family": "Anton", "fill": {"colours": colours}}).text.fill == Gradient(
        ("#ff0000", "#00ff00")
    )
    assert template(
        text={"family": "Anton", "fill": {"colours": colours, "each": "letter"}}
    ).text.fill == Palette(("#ff0000", "#00ff00"))
    with pytest.raises(ValueError, match="colour"):
        template(text={"family": "Anton", "colour": "#ff0000"})


@pytest.mark.parametrize(("align", "number"), [("left", 0), ("alternate", 0), ("alternate", 1), ("block", 0)])
@pytest.mark.parametrize(("first", "second"), [("extraordinary", "so"), ("استثنائي", "من")])
def test_lines_begin_together_on_the_side_that_they_are_read_from(
    align: str, number: int, first: str, second: str
) -> None:
    page = template(layout={"align": align, "size": 100, "width": 0.5})
    words = [Word(first, 0, 1), Word(first, 1, 2), Word(second, 2, 3)]
    lines = lay_out(page, FRAME, words, number).lines
    assert len({round(line.width) for line in lines}) > 1
    begins = [line.left if first.isascii() else line.right for line in lines]
    assert begins == pytest.approx(begins[:1] * len(begins), abs=0.01)


def rgba(template: Template, time: float) -> NDArray[np.float64]:
    """The whole frame as drawn at a time."""
    frame = np.zeros((FRAME.height, FRAME.width, 4))
    for patch in drawing(template, FRAME, WORDS)(time):
        height, width = patch.rgba.shape[:2]
        frame[patch.y : patch.y + height, patch.x : patch.x + width] = patch.rgba
    return frame


FADE = {"opacity": 0.0, "seconds": 0.8, "ease": "linear"}
WHITE_ON_RED: dict[str, Any] = {"text": {"family": "Anton"}, "boxes": [{"kind": "page", "plate": RED}]}


def test_a_page_fades_as_one_picture() -> None:
    rest = rgba(template(**WHITE_ON_RED), 0.5)
    fading = rgba(template(**WHITE_ON_RED, page_enter=FADE), 0.5)
    share = fading[..., 3].max() / 255
    assert 0.2 < share < 0.9
    # Letters of full opacity hide the plate, however far both have come.
    assert np.abs(fading - rest * share).max() <= 2


def test_a_word_that_fades_shows_the_plate_that_it_comes_on() -> None:
    rest = rgba(template(**WHITE_ON_RED), 0.5)
    fading = rgba(template(**WHITE_ON_RED, word_enter=FADE), 0.5)
    letters = (rest[..., 1] > 250) & (rest[..., 3] == 255)
    assert letters.any()
    assert (fading[letters][:, 3] == 255).all()
    assert (fading[letters][:, 0] >= 254).all()
    assert (np.abs(fading[letters][:, 1] - 128) < 100).all()


def test_a_page_turns_as_one_picture() -> None:
    colours = {"text": {"family": "Anton", "fill": "#0000ff"}, "active": {"fill": "#ff0000"}}
    turning = rgba(template(**colours, page_enter={"rotation": 40.0, "seconds": 1.0, "ease": "linear"}), 0.5)
    one, two = (
        np.array(np.nonzero((turning[..., 3] > 250) & (turning[..., part] > 200))).mean(axis=1)
        for part in (0, 2)
    )
    assert (two[0] - one[0]) / (two[1] - one[1]) == pytest.approx(np.tan(np.radians(20)), abs=0.05)
