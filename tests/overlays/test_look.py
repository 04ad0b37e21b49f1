"""The looks, and fonts by their names."""

from importlib.resources import files

import pytest

from morgana.errors import ErrorCode, InputError
from morgana.overlays.look import DEFAULT, find_look, looks
from morgana.text.fonts import families, weights

NAMES = ["Classic", "Modern", "Neon", "Strong", "Typewriter"]


def test_the_five_looks_are_there_and_every_file_is_one() -> None:
    assert list(looks()) == NAMES
    assert len(list(files("morgana.overlays").joinpath("looks").iterdir())) == len(NAMES)
    assert DEFAULT in looks()


@pytest.mark.parametrize("name", NAMES)
def test_a_look_is_written_in_a_weight_that_its_font_has(name: str) -> None:
    look = looks()[name]
    assert look.family in families()
    assert look.weight in weights(look.family)


def test_looks_and_fonts_are_found_however_they_are_cased() -> None:
    assert find_look(" typeWRITER ") is looks()["Typewriter"]
    assert find_look("bebas  neue").family == "Bebas Neue"


def test_a_font_by_its_name_is_written_bold_but_not_black() -> None:
    assert find_look("Montserrat").weight == 800
    assert find_look("Lobster").weight == 400


def test_a_font_that_is_not_there_is_told_with_the_nearest_looks_and_fonts() -> None:
    with pytest.raises(InputError) as raised:
        find_look("Neo")
    assert raised.value.code is ErrorCode.FONT_NOT_FOUND
    assert "Neon" in raised.value.message
