from collections.abc import Callable

import pytest

from morgana.text.style import Gradient, Palette, Shadow, Stroke, Style, rgba


def test_colours_are_read_with_and_without_opacity() -> None:
    assert rgba("#ff8000") == (255, 128, 0, 255)
    assert rgba("#FF800040") == (255, 128, 0, 64)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rgba("red"),
        lambda: rgba("#ff80"),
        lambda: Style("Anton", fill="#12345g"),
        lambda: Stroke(0.1, "black"),
        lambda: Shadow(colour="#000"),
        lambda: Gradient(("#ffffff", "white")),
        lambda: Palette(("#ffffff", "")),
    ],
)
def test_what_is_no_colour_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="#RRGGBB"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Gradient(("#ffffff",)),
        lambda: Palette(()),
        lambda: Stroke(0.0),
        lambda: Style("Anton", opacity=1.5),
        lambda: Style("Anton", fill=None),
    ],
)
def test_what_would_show_nothing_or_nonsense_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"at least|wider|from 0 to 1|needs a stroke"):
        make()


def test_text_is_cased() -> None:
    assert Style("Anton", case="upper").cased("Straße") == "STRASSE"
    assert Style("Anton", case="lower").cased("I", "tr") == "ı"
    assert Style("Anton", case="title").cased("to be") == "To Be"
    assert Style("Anton").cased("To be") == "To be"


def test_strokes_lie_around_each_other() -> None:
    assert Style("Anton", strokes=(Stroke(0.05), Stroke(0.1))).outline == pytest.approx(0.15)
