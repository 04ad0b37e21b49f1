import numpy as np
import pytest

from morgana.text.geometry import Box
from morgana.text.sprite import lettered, plate_sprite, sprite
from morgana.text.style import (
    STRIKE_THROUGH,
    UNDERLINE,
    Glow,
    Gradient,
    Palette,
    Plate,
    Rule,
    Shadow,
    Stroke,
    Style,
)
from tests.text.pixels import alpha, coloured, extent, middle

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SIZE = 200.0


def test_the_same_word_is_drawn_once() -> None:
    assert sprite("one", Style("Anton"), 50) is sprite("one", Style("Anton"), 50)


def test_a_word_measures_what_it_is_drawn_as() -> None:
    style = Style("Pacifico", scale=1.5, slant=10, case="upper", strokes=(Stroke(0.05),))
    drawn, measured = sprite("Word", style, 50), lettered("Word", style, 50)
    assert (measured.advance, measured.ink) == (drawn.advance, drawn.ink)
    assert lettered("Word", style, 100).advance == pytest.approx(2 * drawn.advance)


def test_drawing_again_gives_the_same_bytes() -> None:
    style = Style("Pacifico", strokes=(Stroke(0.05),), shadows=(Shadow(),), glows=(Glow(0.2, "#ff00ff"),))
    first = sprite("Same 😀", style, 70).rgba.copy()
    sprite.cache_clear()
    assert np.array_equal(first, sprite("Same 😀", style, 70).rgba)


def test_colours_are_multiplied_by_alpha_and_pictures_are_read_only() -> None:
    picture = sprite("soft", Style("Anton", shadows=(Shadow(blur=0.3),), opacity=0.7), 60).rgba
    assert (picture[..., :3] <= picture[..., 3:]).all()
    assert not picture.flags.writeable


@pytest.mark.parametrize(
    "family", ["Anton", "Pacifico", "Press Start 2P", "Playfair Display", "Inter", "Bangers"]
)
def test_capitals_of_every_font_stand_on_the_same_baseline(family: str) -> None:
    picture = sprite("H", Style(family), SIZE)
    _, _, _, bottom = extent(alpha(picture) > 0.5)
    assert abs(bottom + picture.top) <= 0.03 * SIZE


def test_a_stroke_lies_outside_of_the_letters() -> None:
    plain = sprite("H", Style("Anton", fill="#ff0000"), SIZE)
    stroked = sprite("H", Style("Anton", fill="#ff0000", strokes=(Stroke(0.05, "#0000ff"),)), SIZE)
    inside, kept = coloured(plain, RED, 0), coloured(stroked, RED, 0)
    assert kept.sum() == inside.sum()
    left, top, right, bottom = extent(alpha(plain) > 0.5)
    box = Box(left + plain.left, top + plain.top, right + plain.left, bottom + plain.top)
    left, top, right, bottom = extent(coloured(stroked, BLUE))
    around = Box(left + stroked.left, top + stroked.top, right + stroked.left, bottom + stroked.top)
    assert all(
        abs(one - other) <= 1.5
        for one, other in zip(_edges(box.grown(0.05 * SIZE)), _edges(around), strict=True)
    )


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def test_the_second_stroke_lies_around_the_first() -> None:
    strokes = (Stroke(0.05, "#0000ff"), Stroke(0.05, "#00ff00"))
    picture = sprite("I", Style("Anton", fill="#ff0000", strokes=strokes), SIZE)
    row = -int(picture.top) - 40
    seen = [picture.rgba[row, column, :3] for column in range(picture.rgba.shape[1])]
    order = [int(np.argmax(pixel)) for pixel in seen if pixel.max() > 250]
    assert [kind for at, kind in enumerate(order) if at == 0 or order[at - 1] != kind] == [1, 2, 0, 2, 1]


def test_an_outline_alone_is_hollow() -> None:
    hollow = sprite("H", Style("Archivo Black", fill=None, strokes=(Stroke(0.04, "#ff0000"),)), SIZE)
    solid = sprite("H", Style("Archivo Black", fill="#ff0000"), SIZE)
    inside = np.zeros_like(hollow.rgba[..., 3], dtype=bool)
    y, x = solid.top - hollow.top, solid.left - hollow.left
    core = alpha(solid) > 0.99
    inside[y : y + core.shape[0], x : x + core.shape[1]] = core
    assert hollow.rgba[inside, 3].max() == 0
    assert coloured(hollow, RED).sum() > 500


def test_a_stroke_is_not_seen_through_letters() -> None:
    style = Style("Archivo Black", fill="#ffffff80", strokes=(Stroke(0.05, "#ff0000"),))
    picture = sprite("I", style, SIZE)
    row, column = -picture.top - 60, int(picture.advance / 2) - picture.left
    assert picture.rgba[row, column].tolist() == [128, 128, 128, 128]


def test_a_shadow_is_the_letters_moved() -> None:
    style = Style("Anton", fill="#ff0000", shadows=(Shadow(0.5, 0.25, 0.0, "#0000ff"),))
    picture = sprite("o", style, SIZE)
    plain = sprite("o", Style("Anton", fill="#ff0000"), SIZE)
    _, _, right, bottom = extent(coloured(picture, BLUE))
    _, _, plain_right, plain_bottom = extent(alpha(plain) > 0.5)
    assert right + picture.left == pytest.approx(plain_right + plain.left + 100, abs=1)
    assert bottom + picture.top == pytest.approx(plain_bottom + plain.top + 50, abs=1)
    assert coloured(picture, RED).sum() == pytest.approx(coloured(plain, RED).sum(), rel=0.02)


def test_a_blurred_shadow_reaches_further_and_fades() -> None:
    hard = sprite("o", Style("Anton", shadows=(Shadow(0, 0, 0, "#000000"),)), SIZE)
    soft = sprite("o", Style("Anton", shadows=(Shadow(0, 0, 0.3, "#000000"),)), SIZE)
    assert soft.bounds.width > hard.bounds.width + 0.3 * SIZE
    rings = alpha(soft)[-soft.top - 40, : -soft.left]
    assert (np.diff(rings) >= 0).all()
    assert 0 < rings[len(rings) // 2] < 0.5


def test_a_glow_lights_what_is_around() -> None:
    picture = sprite("I", Style("Anton", fill="#ffffff", glows=(Glow(0.3, "#00ff00"),)), SIZE)
    strong = sprite("I", Style("Anton", fill="#ffffff", glows=(Glow(0.3, "#00ff00", 3),)), SIZE)
    row, column = -picture.top - 60, -picture.left - 15
    red, green, blue, _ = picture.rgba[row, column].tolist()
    assert green > 30
    assert red == blue == 0
    assert strong.rgba[row, column, 1] > green


def test_gradients_run_the_way_they_say() -> None:
    down = sprite("H", Style("Archivo Black", fill=Gradient(("#ff0000", "#0000ff"), 90)), SIZE)
    across = sprite("H", Style("Archivo Black", fill=Gradient(("#ff0000", "#0000ff"), 0)), SIZE)
    x_red, y_red = middle(coloured(down, RED, 90))
    x_blue, y_blue = middle(coloured(down, BLUE, 90))
    assert y_blue - y_red > 60
    assert abs(x_blue - x_red) < 8
    x_red, y_red = middle(coloured(across, RED, 90))
    x_blue, y_blue = middle(coloured(across, BLUE, 90))
    assert x_blue - x_red > 60
    assert abs(y_blue - y_red) < 8


def test_a_sharp_gradient_has_stripes_as_often_as_asked() -> None:
    plate = Plate(fill=Gradient(("#ff0000", "#0000ff"), 0, sharp=True, repeat=3), padding_x=0, padding_y=0)
    row = plate_sprite(plate, 120.0, 20.0, 20.0).rgba[12, 2:122, :3].astype(int)
    stripes = row.reshape(6, 20, 3)[:, 3:-3]
    expected = np.array([RED, BLUE] * 3)[:, None, :]
    assert (stripes == expected).all()


def test_gradients_are_alike_for_tall_and_low_words() -> None:
    style = Style("Inter", 900, fill=Gradient(("#ff0000", "#0000ff")))
    low, tall = sprite("x", style, SIZE), sprite("xl", style, SIZE)
    row = -40
    pixels = [
        one.rgba[row - one.top, extent(coloured(one, (128, 0, 128), 128))[0] + 30] for one in (low, tall)
    ]
    assert pixels[0][3] == pixels[1][3]


def test_letters_take_colours_in_turn() -> None:
    style = Style("Anton", fill=Palette(("#ff0000", "#00ff00", "#0000ff")))
    picture = sprite("AB CD", style, SIZE)
    assert middle(coloured(picture, RED))[0] < middle(coloured(picture, BLUE))[0]
    greens = coloured(picture, GREEN).any(axis=0)
    red, blue = (coloured(picture, colour).any(axis=0) for colour in (RED, BLUE))
    letters = sprite("AB CD", style, SIZE).letters
    for mask, letter in ((greens, letters[1]), (blue, letters[3])):
        columns = np.flatnonzero(mask) + picture.left
        assert letter.left - 1 <= columns.min() <= columns.max() <= letter.right + 1
    columns = np.flatnonzero(red) + picture.left
    assert columns.min() < letters[0].right
    assert columns.max() > letters[4].left


def test_emoji_keep_their_colours() -> None:
    picture = sprite("❤️😀", Style("Anton", fill="#0000ff", strokes=(Stroke(0.05, "#00ff00"),)), SIZE)
    assert coloured(picture, (244, 67, 54)).sum() > 2000
    assert coloured(picture, (253, 216, 53), 60).sum() > 2000
    assert coloured(picture, BLUE, 10).sum() == 0


def test_emoji_cast_shadows() -> None:
    picture = sprite("❤️", Style("Anton", shadows=(Shadow(1.5, 0, 0, "#0000ff"),)), SIZE)
    assert coloured(picture, BLUE).sum() > 5000


def test_lines_under_and_through_the_text() -> None:
    plain = sprite("oo", Style("Inter", 700), SIZE)
    under = sprite("oo", Style("Inter", 700, rules=(UNDERLINE,)), SIZE)
    assert extent(alpha(under) > 0.5)[3] + under.top == pytest.approx((0.16 + 0.035) * SIZE, abs=1)
    left, _, right, _ = extent(alpha(under) > 0.5)
    assert (left + under.left, right + under.left) == pytest.approx((0, plain.advance), abs=1)
    through = sprite("oo", Style("Inter", 700, rules=(Rule(-0.27, 0.07, "#ff0000"),)), SIZE)
    assert middle(coloured(through, RED))[1] + through.top == pytest.approx(STRIKE_THROUGH.y * SIZE, abs=2)


def test_opacity_fades_everything_alike() -> None:
    style = Style("Anton", strokes=(Stroke(0.05),), opacity=0.5)
    assert sprite("o", style, SIZE).rgba[..., 3].max() in (127, 128)


def test_slanted_text_leans_to_the_right_and_is_not_cut() -> None:
    picture = sprite("I", Style("Anton", slant=20), SIZE)
    marked = alpha(picture) > 0.5
    _, top, _, bottom = extent(marked)
    assert marked[top + 5].nonzero()[0].mean() > marked[bottom - 5].nonzero()[0].mean() + 0.2 * SIZE


def test_a_plate_lies_behind_with_its_padding() -> None:
    plate = Plate("#ffff00", padding_x=0.5, padding_y=0.25, border=Stroke(0.05, "#ff0000"))
    picture = sprite("H", Style("Anton", fill="#0000ff", plate=plate), SIZE)
    left, top, right, bottom = extent(alpha(picture) > 0.5)
    assert left + picture.left == pytest.approx(-0.55 * SIZE, abs=1)
    assert right + picture.left == pytest.approx(picture.advance + 0.55 * SIZE, abs=1)
    assert picture.rgba[top + 30, left + 30].tolist() == [255, 255, 0, 255]
    assert picture.rgba[top + 3, left + 3].tolist() == [255, 0, 0, 255]
    letter = middle(coloured(picture, BLUE))[1]
    assert letter == pytest.approx((top + bottom) / 2, abs=0.03 * SIZE)


def test_a_pill_has_no_corners() -> None:
    picture = sprite("pill", Style("Inter", 700, plate=Plate("#ffff00", radius=9.0)), SIZE)
    left, top, _, bottom = extent(alpha(picture) > 0.5)
    assert picture.rgba[top + 2, left + 2, 3] == 0
    assert picture.rgba[(top + bottom) // 2, left + 2, 3] == 255


def test_plates_of_words_with_and_without_tails_are_alike() -> None:
    style = Style("Inter", 700, plate=Plate())
    heights = {
        (one.top, one.rgba.shape[0]) for one in (sprite(word, style, SIZE) for word in ("on", "All", "Tag"))
    }
    assert len(heights) == 1


def test_a_plate_alone_has_the_size_that_is_asked_for() -> None:
    plate = Plate("#ff0000", padding_x=0.2, padding_y=0.1)
    picture = plate_sprite(plate, 300, 100, 50)
    left, top, right, bottom = extent(alpha(picture) > 0.5)
    assert (left + picture.left, top + picture.top, right + picture.left, bottom + picture.top) == (
        -10,
        -5,
        310,
        105,
    )


@pytest.mark.parametrize("text", ["Agjy", "ÅÇ", "نعم", "ក្", "नमस्ते", "ที่นี่", "f😀f"])
@pytest.mark.parametrize(
    "style",
    [
        Style("Pacifico"),
        Style("Anton", strokes=(Stroke(0.1), Stroke(0.1, "#ff0000"))),
        Style("Baloo 2", 800, shadows=(Shadow(-0.3, 0.3, 0.4), Shadow(0.3, -0.3, 0.0))),
        Style("Tilt Neon", glows=(Glow(0.5, "#ff00ff", 3),)),
        Style("Anton", slant=-15, strokes=(Stroke(0.08, join="miter"),)),
        Style("Lobster", plate=Plate(radius=1, shadow=Shadow(0.2, 0.2, 0.2))),
    ],
    ids=["plain", "strokes", "shadows", "glow", "slanted", "plate"],
)
def test_nothing_is_cut_off_at_the_edges(text: str, style: Style) -> None:
    picture = sprite(text, style, 80).rgba[..., 3]
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert edges.max() <= 3  # the last of a blur


def test_text_of_which_nothing_can_be_shown_is_an_empty_picture() -> None:
    picture = sprite("\ue123", Style("Anton", plate=Plate()), 50)
    assert picture.rgba.max() == 0
    assert picture.omitted == ("\ue123",)


def test_corners_may_be_round_one_by_one() -> None:
    plate = Plate("#ffff00", radius=0.0, corners=(0.4, 0.0, 0.0, 0.0))
    picture = sprite("bubble", Style("Inter", 700, plate=plate), SIZE)
    left, top, right, bottom = extent(alpha(picture) > 0.5)
    assert picture.rgba[top + 2, left + 2, 3] == 0
    assert picture.rgba[top + 2, right - 3, 3] == picture.rgba[bottom - 3, left + 2, 3] == 255
