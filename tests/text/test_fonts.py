from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.settings import settings
from morgana.text import fonts
from morgana.text.coverage import scripts
from morgana.text.substitutes import EMOJI


def test_fonts_are_called_as_people_type_them() -> None:
    assert fonts.canonical("  bebas   NEUE ") == "Bebas Neue"
    assert fonts.weights("montserrat") == [500, 600, 700, 800, 900]


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("Monserat", "Montserrat"),
        ("playfair", "Playfair Display"),
        ("Popins", "Poppins"),
        ("Baloo", "Baloo 2"),
    ],
)
def test_an_unknown_font_is_answered_with_the_nearest(wrong: str, nearest: str) -> None:
    assert fonts.nearest(wrong)[0] == nearest
    with pytest.raises(InputError, match=nearest) as caught:
        fonts.face(wrong, 400)
    assert caught.value.code is ErrorCode.FONT_NOT_FOUND


def test_a_name_like_no_other_is_answered_with_all() -> None:
    with pytest.raises(InputError, match=r"Abril Fatface.*VT323"):
        fonts.canonical("zzzzzz")


def test_emoji_and_symbols_are_no_fonts_to_choose() -> None:
    assert EMOJI not in fonts.families()
    assert len(fonts.families()) >= 45


def test_the_nearest_weight_is_taken_and_the_bolder_of_two() -> None:
    assert fonts.face("Oswald", 900).weight == 700
    assert fonts.face("Oswald", 100).weight == 400
    assert fonts.face("Space Grotesk", 600).weight == 700


@pytest.mark.parametrize(
    ("letter", "family", "other"),
    [
        ("ش", "Anton", "Noto Sans Arabic"),
        ("ש", "Anton", "Heebo"),
        ("ש", "Fredoka", "Fredoka"),
        ("क्ष", "Anton", "Noto Sans Devanagari"),
        ("क्ष", "Poppins", "Poppins"),
        ("ไ", "Anton", "Noto Sans Thai"),
        ("한", "Anton", "Nanum Gothic"),
        ("あ", "Anton", "BIZ UDPGothic"),
        ("Ж", "Anton", "Oswald"),
        ("Ж", "Poppins", "Inter"),
        ("😀", "Anton", EMOJI),
        ("❤\ufe0f", "Inter", EMOJI),
        ("☃", "Anton", "Noto Sans Symbols 2"),
    ],
)
def test_another_font_writes_what_one_lacks(letter: str, family: str, other: str) -> None:
    found = fonts.face_for(letter, family, 400)
    assert found is not None
    assert found.family == other


def test_chinese_characters_are_written_as_in_the_language() -> None:
    japanese, chinese = (fonts.face_for("直", "Anton", 400, language) for language in ("ja", "zh-Hans"))
    assert japanese is not None
    assert chinese is not None
    assert japanese.family == "BIZ UDPGothic"
    assert chinese.family in ("ZCOOL QingKe HuangYou", "Noto Sans SC")


def test_what_stands_in_for_a_heavy_font_is_heavy() -> None:
    found = fonts.face_for("ش", "Archivo Black", 400)
    assert found is not None
    assert found.weight == 900


def test_no_font_has_what_nobody_uses() -> None:
    assert fonts.face_for("\ue123", "Anton", 400) is None


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("empty")
def test_a_font_that_is_not_installed_says_how_to_get_it() -> None:
    # A weight that no other test asks for, as faces are kept open.
    with pytest.raises(InputError, match="`morgana models pull font-dela-gothic-one`") as caught:
        fonts.face("Dela Gothic One", 333)
    assert caught.value.code is ErrorCode.MODEL_MISSING


def test_every_face_is_what_the_catalogue_says() -> None:
    for family in fonts.families():
        if models.is_installed(models.fonts()[family].name):
            for weight in fonts.weights(family):
                face = fonts.face(family, weight)
                assert face.weight == weight
                assert face.covers("A"), family
                assert 0.3 < face.cap_height < 1.1, family


def test_what_a_font_can_write_is_known() -> None:
    assert scripts("Inter") == ("Latin", "Vietnamese", "Cyrillic", "Greek")
    assert scripts("Heebo") == ("Latin", "Hebrew")
    assert scripts("zcool qingke huangyou") == ("Simplified Chinese",)


@pytest.mark.usefixtures("empty")
def test_what_is_not_installed_is_offered() -> None:
    assert "font-noto-sans-bengali" in fonts.lenders(["ব", "a"])
    assert "font-noto-sans-sc" in fonts.lenders(["漢"], "zh")


def test_what_is_installed_is_not_offered() -> None:
    assert fonts.lenders(["a", "ש", "😀"]) == []
