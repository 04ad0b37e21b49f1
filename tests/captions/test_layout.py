"""Where pages stand, on what is drawn."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.captions.drawing import drawing
from morgana.captions.layout import MARGIN, Frame, lay_out
from morgana.captions.pages import Word
from morgana.captions.template import Template

FRAME = Frame(1080, 1920)
WORDS = [Word("one", 0.0, 1.0), Word("two", 1.0, 2.0)]
BROKEN = ["a", "longer", "line", "of", "words", "to", "be", "broken"]
LONG = [Word(text, float(i), i + 1.0) for i, text in enumerate(BROKEN)]
PLATE = {"fill": "#ff0000", "padding_x": 0.5, "padding_y": 0.5}


def template(**fields: Any) -> Template:
    text = {"family": "Montserrat", "weight": 900, **fields.pop("text", {})}
    named = {"id": "ctpl_" + "a" * 20, "name": "Test", "summary": "Test"}
    return Template.model_validate(named | {"text": text} | fields)


def seen(template: Template, time: float, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Where the whole frame is of a colour at a time."""
    found = np.zeros((FRAME.height, FRAME.width), np.bool_)
    for patch in drawing(template, FRAME, WORDS)(time):
        height, width = patch.rgba.shape[:2]
        near = (np.abs(patch.rgba[..., :3].astype(int) - colour) < 60).all(axis=2) & (
            patch.rgba[..., 3] > 250
        )
        found[patch.y : patch.y + height, patch.x : patch.x + width] |= near
    return found


def extent(marked: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(marked)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def test_capitals_stand_in_the_middle_of_their_plate() -> None:
    page = template(text={"case": "upper"}, boxes=[{"kind": "page", "plate": PLATE}])
    _, top, _, bottom = extent(seen(page, 0.5, RED))
    _, above, _, below = extent(seen(page, 0.5, WHITE))
    assert above - top == pytest.approx(bottom - below, abs=3)


def test_plates_stay_in_the_safe_area() -> None:
    page = template(layout={"align": "left", "position": 0.9}, boxes=[{"kind": "page", "plate": PLATE}])
    left, _, _, bottom = extent(seen(page, 0.5, RED))
    assert left == pytest.approx(FRAME.safe.left + MARGIN, abs=1)
    assert bottom <= FRAME.safe.bottom + 1


def test_plates_of_single_words_stay_in_the_safe_area() -> None:
    layout = {"align": "left", "position": 0.9, "size": 200, "leading": 0.8}
    page = template(active={"plate": PLATE}, layout=layout)
    left, _, _, bottom = extent(seen(page, 0.5, RED))
    assert left >= FRAME.safe.left - 1
    assert bottom <= FRAME.safe.bottom + 1


def test_tight_lines_do_not_hang_out_of_the_safe_area() -> None:
    page = template(layout={"leading": 0.6, "position": 0.9, "size": 200})
    assert extent(seen(page, 0.5, WHITE))[3] <= FRAME.safe.bottom + 1


def test_a_block_is_centred_and_its_lines_start_together() -> None:
    block = template(layout={"align": "block", "lines": 3, "words": 8})
    lines = lay_out(block, FRAME, LONG, 0).lines
    assert len(lines) > 1
    assert len({round(line.width) for line in lines}) > 1
    assert [line.left for line in lines] == pytest.approx([lines[0].left] * len(lines))
    widest = max(lines, key=lambda line: line.width)
    assert (widest.left + widest.right) / 2 == pytest.approx(FRAME.width / 2, abs=1)


def test_progress_fills_the_width_of_the_page_while_it_is_said() -> None:
    bare = {"fill": "#ff0000", "padding_x": 0, "padding_y": 0}
    page = template(boxes=[{"kind": "progress", "plate": bare, "edge": "bottom", "thickness": 0.2}])
    box = lay_out(page, FRAME, WORDS, 0).box
    for time, share in ((0.5, 0.25), (1.0, 0.5), (1.9, 0.95)):
        left, _, right, _ = extent(seen(page, time, RED))
        assert left == pytest.approx(box.left, abs=2)
        assert right == pytest.approx(box.left + share * box.width, abs=2)


def test_the_plate_of_the_word_being_said_changes_colour() -> None:
    page = template(boxes=[{"kind": "word", "plate": PLATE, "active_fill": "#0000ff"}], layout={"space": 1.5})
    one, two = lay_out(page, FRAME, WORDS, 0).slots
    for time, now, other in ((0.5, one, two), (1.5, two, one)):
        blue, red = extent(seen(page, time, BLUE)), extent(seen(page, time, RED))
        assert blue[0] < now.x < now.x + now.advance < blue[2]
        assert red[0] < other.x < other.x + other.advance < red[2]


def test_words_of_a_script_without_spaces_stand_close() -> None:
    frame = Frame(1080, 1920, "zh")
    gaps = []
    for texts in (["今天", "天气", "很好"], ["one", "two", "six"]):
        words = [Word(text, index, index + 1.0) for index, text in enumerate(texts)]
        first, second, _ = lay_out(template(), frame, words, 0).slots
        gaps.append((second.x - first.x - first.advance) / first.size)
    assert gaps[0] == pytest.approx(gaps[1] / 4, abs=0.01)
    assert gaps[0] > 0.02
