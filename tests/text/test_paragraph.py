from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.text.compose import Placed, compose
from morgana.text.geometry import Box
from morgana.text.paragraph import Layout, Word, fit, lay_out, stack, words
from morgana.text.sprite import sprite
from morgana.text.style import Plate, Rule, Stroke, Style
from tests.text.pixels import coloured, extent

PLAIN = Style("Montserrat", 800)
STROKED = Style("Pacifico", strokes=(Stroke(0.1),))
MARGIN = 100

SENTENCES = {
    "en": "This is the moment, my friend, when everything changed for the better.",
    "de": "Donaudampfschifffahrtsgesellschaftskapitän",
    "ar": "مرحبا بكم في هذا الفيديو الجديد عن الطبخ مع Sarah اليوم",
    "he": "שלום עולם, זה משפט ארוך בעברית עם English ו-123 456 בפנים.",
    "hi": "यह एक लंबा हिन्दी वाक्य है जो दो पंक्तियों में टूटेगा।",
    "th": "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะกันเถอะ",
    "zh": "今天的天气非常好，我们一起去公园散步吧。",
    "ja": "今日はとても天気がいいので、公園を散歩しましょう。",
    "ko": "오늘은 날씨가 정말 좋아서 공원에서 산책했어요!",
    "": "fjord Ågj 👨‍👩‍👧 🇩🇪 jäff",
}


def drawn(layout: Layout, language: str = "") -> NDArray[np.uint8]:
    """The layout on a frame that is larger by a margin on all sides."""
    width, height = int(layout.width) + 2 * MARGIN, int(layout.height) + 2 * MARGIN
    placed = [
        Placed(
            sprite(word.text, word.style, word.size, language, right_to_left=layout.right_to_left),
            word.x + MARGIN,
            word.y + MARGIN,
        )
        for word in layout.words
    ]
    patch = compose(width, height, placed)
    assert patch is not None
    frame = np.zeros((height, width, 4), np.uint8)
    h, w = patch.rgba.shape[:2]
    frame[patch.y : patch.y + h, patch.x : patch.x + w] = patch.rgba
    return frame


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize(
    "style",
    [PLAIN, STROKED, Style("Anton", slant=15), Style("Inter", 900, plate=Plate(padding_x=0.3))],
    ids=["plain", "stroked", "slanted", "plates"],
)
@pytest.mark.parametrize(("width", "height"), [(300, 200), (800, 90)])
def test_nothing_is_drawn_outside_of_the_box_that_text_is_fitted_to(
    language: str, style: Style, width: int, height: int
) -> None:
    layout = fit(words(SENTENCES[language], style), 120, width, height, max_lines=3, language=language)
    marked = drawn(layout, language)[..., 3] > 127
    left, top, right, bottom = extent(marked)
    assert left >= MARGIN - 1
    assert top >= MARGIN - 1
    assert right <= MARGIN + width + 1
    assert bottom <= MARGIN + height + 1
    assert marked.sum() > 500


def test_a_long_word_is_made_smaller_and_stays_whole() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitän"
    layout = fit([Word(word, PLAIN)], 100, 500, 400)
    assert [one.text for one in layout.words] == [word]
    assert layout.words[0].advance == pytest.approx(500, abs=15)
    assert layout.words[0].size < 25


def test_text_is_as_large_as_the_box_allows_and_no_larger_than_asked() -> None:
    text = words("Hello there", PLAIN)
    assert fit(text, 40, 2000, 2000).words[0].size == 40
    large = fit(text, 500, 600, 2000, max_lines=1)
    assert large.ink.width > 580
    assert lay_out(text, large.words[0].size + 0.5, 600, max_lines=1) is None


def test_text_that_cannot_fit_is_told_so() -> None:
    with pytest.raises(InputError, match="Shorten") as caught:
        fit(words("word " * 3000, PLAIN), 40, 50, 50)
    assert caught.value.code is ErrorCode.TEXT_TOO_LONG


def test_lines_break_at_punctuation() -> None:
    layout = lay_out(words("It works now. Then we all go home", PLAIN), 40, 480)
    assert layout is not None
    assert [[word.text for word in line.words] for line in layout.lines] == [
        ["It", "works", "now."],
        ["Then", "we", "all", "go", "home"],
    ]


def test_words_of_different_fonts_stand_on_one_baseline() -> None:
    red = [Style(family, fill="#ff0000") for family in ("Anton", "Pacifico", "VT323", "Playfair Display")]
    layout = lay_out([Word("HHH", style) for style in red], 60, 2000, max_lines=1)
    assert layout is not None
    assert {word.y for word in layout.words} == {layout.lines[0].baseline}
    frame = drawn(layout)
    bottoms = []
    for word in layout.words:
        left, right = int(word.x) + MARGIN, int(word.x + word.advance) + MARGIN
        bottoms.append(extent(frame[:, left:right, 3] > 127)[3])
    assert max(bottoms) - min(bottoms) <= 2


def test_the_first_baseline_does_not_depend_on_the_letters() -> None:
    layouts = [lay_out(words(text, PLAIN), 50, 900) for text in ("on", "All", "gym")]
    assert len({layout.lines[0].baseline for layout in layouts if layout}) == 1
    assert len({layout.height for layout in layouts if layout}) == 1


def test_a_right_to_left_line_begins_on_the_right() -> None:
    first, second = (Style("Heebo", 700, fill=fill) for fill in ("#ff0000", "#0000ff"))
    layout = lay_out([Word("שלום", first), Word("עולם", second)], 60, 800, max_lines=1)
    assert layout is not None
    assert layout.right_to_left
    frame = drawn(layout)
    red = extent((frame[..., 0] > 200) & (frame[..., 3] > 250))
    blue = extent((frame[..., 2] > 200) & (frame[..., 3] > 250))
    assert blue[2] < red[0]
    assert [word.text for word in layout.words] == ["שלום", "עולם"]


def test_names_of_another_script_stand_in_their_place_in_a_right_to_left_line() -> None:
    parts = ["הנה", "New", "York", "היום"]
    layout = lay_out([Word(part, Style("Heebo", 700)) for part in parts], 50, 2000, language="he")
    assert layout is not None
    placed = sorted(layout.words, key=lambda word: word.x)
    assert [word.text for word in placed] == ["היום", "New", "York", "הנה"]


def test_no_space_is_put_between_words_of_chinese() -> None:
    text = "我们去公园。"
    layout = lay_out(words(text, PLAIN), 50, 2000, language="zh")
    assert layout is not None
    parts = layout.words
    assert len(parts) > 1
    for left, right in pairwise(parts):
        assert right.x == pytest.approx(left.x + left.advance)


def test_lines_are_aligned() -> None:
    text = words("a longer line. ok", PLAIN)
    lefts, rights = {}, {}
    for align in ("left", "center", "right"):
        layout = lay_out(text, 40, 320, align=align)
        assert layout is not None
        last = layout.lines[-1]
        lefts[align], rights[align] = last.box.left, 320 - last.box.right
    assert lefts["left"] < 5
    assert rights["right"] < 5
    assert lefts["center"] == pytest.approx(rights["center"], abs=4)


def test_lines_of_tall_letters_do_not_touch() -> None:
    layout = lay_out(words("ที่นี่ ญู ฎุ ที่นี่ ญู ฎุ", Style("Noto Sans Thai", 900)), 60, 220, line_height=0.5)
    assert layout is not None
    assert len(layout.lines) == 2
    rows = (drawn(layout)[..., 3] > 60).any(axis=1)
    assert (np.diff(rows.astype(int)) == 1).sum() >= 2


def test_the_box_of_a_line_holds_its_words() -> None:
    layout = fit(words(SENTENCES["en"], PLAIN), 60, 500, 400, max_lines=4)
    for line in layout.lines:
        assert line.box.left <= min(word.x for word in line.words) + 0.01
        assert line.box.right >= max(word.x + word.advance for word in line.words) - 0.01
        assert line.box.top < line.baseline < line.box.bottom
    tops = [line.box.top for line in layout.lines]
    assert tops == sorted(tops)


def test_stacked_lines_are_each_as_wide_as_the_box() -> None:
    style = Style("Anton", case="upper")
    lines = [[Word("so", style)], [Word("very", style), Word("important", style)], [Word("now", style)]]
    layout = stack(lines, 1000, 600)
    for line in layout.lines:
        assert line.box.width == pytest.approx(600, abs=12)
    sizes = [line.words[0].size for line in layout.lines]
    assert sizes[1] < sizes[0]
    rows = (drawn(layout)[..., 3] > 127).any(axis=1)
    assert (np.diff(rows.astype(int)) == 1).sum() == 3


def test_a_line_under_the_text_counts_as_ink() -> None:
    ruled = Style("Montserrat", 800, rules=(Rule(0.5),))
    assert (
        fit(words("oo", ruled), 100, 900, 90).words[0].size
        < fit(words("oo", PLAIN), 100, 900, 90).words[0].size
    )


def test_words_in_capitals_are_measured_in_capitals() -> None:
    style = Style("Inter", 800, case="upper", fill="#ff0000")
    layout = fit(words("minimum width", style), 500, 600, 500, max_lines=1)
    made = sprite("minimum", style, layout.words[0].size)
    assert layout.words[0].advance == pytest.approx(made.advance)
    assert coloured(made, (255, 0, 0)).any()


def test_a_style_may_be_larger_than_the_others() -> None:
    small, large = Style("Anton", fill="#ff0000"), Style("Anton", fill="#0000ff", scale=2.0)
    layout = lay_out([Word("H", small), Word("H", large)], 50, 800)
    assert layout is not None
    first, second = layout.words
    assert second.advance == pytest.approx(2 * first.advance)
    frame = drawn(layout)
    red = extent((frame[..., 0] > 200) & (frame[..., 3] > 250))
    blue = extent((frame[..., 2] > 200) & (frame[..., 3] > 250))
    assert blue[3] - blue[1] == pytest.approx(2 * (red[3] - red[1]), abs=3)
    assert red[3] == pytest.approx(blue[3], abs=1)


@pytest.mark.parametrize(
    ("text", "language"), [("one two", ""), ("ที่นี่", "th"), ("我们去", "zh"), ("שלום עולם", "he")]
)
def test_boxes_behind_words_do_not_touch(text: str, language: str) -> None:
    style = Style("Inter", 700, fill="#000000", plate=Plate("#ffff00", padding_x=0.3))
    layout = lay_out(words(text, style), 50, 900, language=language)
    assert layout is not None
    assert len(layout.words) > 1
    columns = (drawn(layout, language)[..., 3] > 0).any(axis=0)
    assert (np.diff(columns.astype(int)) == 1).sum() == len(layout.words)


@given(st.text(st.sampled_from("aB1 .,!(-שלםسلا漢字かな한😀ที่हक्षि"), min_size=1, max_size=30))
@settings(max_examples=100)
def test_whatever_is_written_fits_and_keeps_its_words(text: str) -> None:
    layout = fit(words(text, STROKED), 60, 200, 100)
    assert layout.ink.is_empty or Box(-0.01, -0.01, 200.01, 100.01).contains(layout.ink)
    assert "".join(word.text for word in layout.words).replace(" ", "") == "".join(text.split())
