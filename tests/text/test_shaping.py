import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morgana import models
from morgana.text.fonts import families
from morgana.text.shaping import shape
from morgana.text.sprite import sprite
from morgana.text.style import Palette, Style
from tests.text.pixels import alpha, box_of, coloured, extent, middle, trimmed

SAMPLES = {
    "": "Quick fox: “Zürich” ſŁŐ ñ ç €99 — naïve… ½ ™ ★ → ✓ ☃ ∞",
    "ru": "Съешь ещё этих мягких булок",
    "el": "Ξεσκεπάζω την ψυχοφθόρα",
    "vi": "Tiếng Việt đẹp lắm",
    "ar": "السلام عليكم، كيف الحال؟ ﷺ",
    "fa": "گچ پژ ۱۲۳۴",
    "he": "שָׁלוֹם עולם",
    "hi": "क्षत्रिय श्री हिन्दी ₹१२३",
    "th": "ภาษาไทยง่ายมาก ๑๒๓",
    "zh": "今天天气非常好，我们《走》吧！",
    "ja": "今日は、とても「良い」天気ー。ｶﾅ",
    "ko": "안녕하세요 똠방각하 뷁",
    "en": "😀👨‍👩‍👧🇩🇪👍🏽1️⃣❤️🏳️‍🌈🫠",
}
RED, BLUE = (255, 0, 0), (0, 0, 255)
TWO = Palette(("#ff0000", "#0000ff"))


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("family", ["Anton", "Poppins", "Press Start 2P", "Pacifico", "Nunito"])
def test_nothing_is_a_box_and_nothing_is_lost(family: str, language: str) -> None:
    shaped = shape(SAMPLES[language], family, 700, language=language)
    assert shaped.omitted == ()
    assert shaped.text == SAMPLES[language]
    assert all(glyph.number != 0 for run in shaped.runs for glyph in run.glyphs)
    for run in shaped.runs:
        box = box_of(run.face, 40)
        shown = {shaped.letters[glyph.letter].text for glyph in run.glyphs} - {" "}
        for letter in shown:
            picture = trimmed(sprite(letter, Style(family, 700), 40, language).rgba)
            assert picture.size
            assert picture.shape != box.shape or not np.array_equal(picture, box), letter


def test_every_font_writes_a_sentence_without_boxes() -> None:
    for family in families():
        if models.is_installed(models.fonts()[family].name):
            shaped = shape("Hello, World! It’s 100 % “new”…", family)
            assert shaped.omitted == (), family
            assert all(glyph.number != 0 for run in shaped.runs for glyph in run.glyphs), family


def test_what_no_font_has_is_left_out_and_told() -> None:
    shaped = shape("a\ue123b\u0007", "Anton")
    assert (shaped.text, shaped.omitted) == ("ab", ("\ue123",))
    assert shaped.advance == shape("ab", "Anton").advance


def test_text_of_nothing_has_no_width() -> None:
    assert shape("", "Anton").advance == shape("\ue123", "Anton").advance == 0.0


def test_arabic_letters_are_joined() -> None:
    def gaps(text: str) -> int:
        inked = alpha(sprite(text, Style("Noto Sans Arabic", 700), 100)).max(axis=0) > 0.5
        return int((np.diff(inked.astype(int)) == 1).sum()) - 1

    assert gaps("سسس") == 0
    assert gaps("س\u200cس\u200cس") == 2


@pytest.mark.parametrize("text", ["שב", "سس", "שש"])
def test_right_to_left_letters_run_to_the_left(text: str) -> None:
    picture = sprite(text, Style("Anton", fill=TWO), 100)
    assert middle(coloured(picture, RED))[0] > middle(coloured(picture, BLUE))[0]


def test_letters_of_two_fonts_run_to_the_left_as_well() -> None:
    hebrew, arabic = shape("שس", "Anton").letters
    assert hebrew.left >= arabic.right - 1e-6
    assert arabic.left == 0.0


def test_latin_within_hebrew_runs_to_the_right_on_its_left() -> None:
    shaped = shape("ש ab", "Heebo", 700)
    hebrew, _, first, second = shaped.letters
    assert first.left < second.left < hebrew.left
    assert shaped.right_to_left


def test_brackets_are_mirrored_where_text_runs_to_the_left() -> None:
    def weight_of_left_half(text: str) -> float:
        picture = alpha(sprite(text, Style("Heebo", 700), 200))
        picture = picture[:, picture.max(axis=0) > 0]
        return float(picture[:, : picture.shape[1] // 2].sum() / picture.sum())

    opening = weight_of_left_half("(")
    closing = weight_of_left_half(")")
    first = sprite("(ש", Style("Heebo", 700, fill=TWO), 200)
    shown = coloured(first, RED)
    shown = shown[:, shown.any(axis=0)]
    share = shown[:, : shown.shape[1] // 2].sum() / shown.sum()
    assert abs(share - closing) < abs(share - opening)


def test_a_devanagari_conjunct_is_one_letter_narrower_than_its_parts() -> None:
    joined = shape("क्ष", "Noto Sans Devanagari", 700)
    apart = shape("क्\u200cष", "Noto Sans Devanagari", 700)
    assert len(joined.letters) == 1
    assert joined.advance < 0.75 * apart.advance


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "🇩🇪", "👍🏽", "1️⃣", "🏳️‍🌈"])
def test_an_emoji_of_many_parts_is_one_picture(emoji: str) -> None:
    assert shape(emoji, "Anton").advance == shape("😀", "Anton").advance


def test_two_flags_are_two() -> None:
    assert shape("🇩🇪🇯🇵", "Anton").advance == 2 * shape("😀", "Anton").advance


def test_chinese_and_japanese_have_their_own_forms() -> None:
    style = Style("Montserrat", 700)
    japanese, chinese = (sprite("直", style, 100, language).rgba for language in ("ja", "zh"))
    assert japanese.shape != chinese.shape or not np.array_equal(japanese, chinese)


def test_kana_beside_them_make_characters_japanese() -> None:
    faces = {run.face.family for run in shape("東京は", "Montserrat").runs}
    assert faces == {"BIZ UDPGothic"}


def test_tracking_lies_between_letters_only() -> None:
    plain, wide = shape("abc", "Inter", 700), shape("abc", "Inter", 700, tracking=0.1)
    assert wide.advance == pytest.approx(plain.advance + 0.2)
    assert wide.letters[0].left == 0.0


def test_joined_letters_are_not_torn_apart() -> None:
    assert shape("سسس", "Inter", tracking=0.1).advance == shape("سسس", "Inter").advance


def test_ink_is_what_is_drawn() -> None:
    for text, family in [
        ("gÅj", "Pacifico"),
        ("ي", "Inter"),
        ("😀", "Inter"),
        ("नि", "Inter"),
        ("VAT", "Anton"),
    ]:
        picture = sprite(text, Style(family), 200)
        left, top, right, bottom = (
            edge / 200 for edge in (picture.ink.left, picture.ink.top, picture.ink.right, picture.ink.bottom)
        )
        rows, columns = np.nonzero(alpha(picture) > 0.02)
        drawn = (
            (columns.min() + picture.left) / 200,
            (rows.min() + picture.top) / 200,
            (columns.max() + 1 + picture.left) / 200,
            (rows.max() + 1 + picture.top) / 200,
        )
        tolerance = 0.06 if text == "😀" else 0.012  # a picture's box is its cell
        assert (left, top, right, bottom) == pytest.approx(drawn, abs=tolerance)


def test_the_letters_of_a_ligature_share_it() -> None:
    shaped = shape("لا", "Noto Sans Arabic", 700)
    first, second = shaped.letters
    assert first.right == pytest.approx(shaped.advance)
    assert second.left == pytest.approx(0.0)
    assert first.left == pytest.approx(second.right)


@pytest.mark.parametrize("family", ["VT323", "Press Start 2P", "Silkscreen", "Bebas Neue", "Gochi Hand"])
def test_capitals_that_another_font_writes_are_as_high(family: str) -> None:
    style = Style(family, fill=TWO)
    picture = sprite("HЖ", style, 100)
    _, own_top, _, own_bottom = extent(coloured(picture, RED))
    _, other_top, _, other_bottom = extent(coloured(picture, BLUE))
    assert (own_top, own_bottom) == pytest.approx((other_top, other_bottom), abs=6)


MIXED = st.text(
    st.sampled_from('aB1 .,!(-"?سلاםלש12३हक्षिัที่น漢字かな한😀👨👧🇩🇪❤\ufe0f\u0301\u200d\u200e\u202e\u2067\n'),
    max_size=25,
)


@given(
    st.one_of(st.text(max_size=20), MIXED), st.sampled_from(["Anton", "Inter"]), st.sampled_from([0.0, 0.1])
)
@settings(max_examples=200)
def test_any_text_is_shaped_without_boxes_and_every_letter_has_its_place(
    text: str, family: str, tracking: float
) -> None:
    shaped = shape(text, family, tracking=tracking)
    assert all(glyph.number != 0 for run in shaped.runs for glyph in run.glyphs)
    assert "".join(letter.text for letter in shaped.letters) == shaped.text
    assert all(-1e-6 <= letter.left <= letter.right + 1e-6 for letter in shaped.letters)
    assert all(letter.right <= shaped.advance + 1e-6 for letter in shaped.letters)
    assert all(0 <= glyph.letter < len(shaped.letters) for run in shaped.runs for glyph in run.glyphs)
