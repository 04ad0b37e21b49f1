import pytest
from pydantic import ValidationError

from morgana.models import catalogue, fonts, names
from morgana.models.catalogue import Source

OPEN_LICENCES = {"OFL-1.1", "Apache-2.0", "MIT", "BSD-3-Clause", "CC0-1.0"}


def test_every_weight_has_a_home_and_a_package_to_fall_back_on() -> None:
    for name, weight in catalogue().items():
        if "writes text" not in weight.purpose:
            home, *packages = weight.sources
            if home.shipped:
                assert not packages, name
                continue
            assert home.hub or home.url, name
            assert packages, name


def test_every_font_is_in_one_package_and_most_are_pulled_by_default() -> None:
    assert {font.name for font in fonts().values()} <= set(catalogue())
    assert all(len(catalogue()[font.name].sources[0].npm) == 1 for font in fonts().values())
    assert set(names("fonts")) <= set(names("default"))
    assert len(names("fonts")) >= 50
    assert names("cjk") == ["font-noto-sans-sc"]
    assert len(names("scripts")) == 15
    assert not {*names("cjk"), *names("scripts")} & {*names("default")}


def test_the_fonts_that_are_pulled_by_default_are_small_enough() -> None:
    assert sum(catalogue()[name].size for name in names("fonts")) < 70e6


def test_every_weight_has_an_open_licence() -> None:
    assert {weight.licence for weight in catalogue().values()} <= OPEN_LICENCES


def test_a_package_source_says_where_each_file_is() -> None:
    for name, weight in catalogue().items():
        for source in weight.sources:
            if source.pypi or source.npm:
                assert set(source.files) == {file.name for file in weight.files}, name


def test_what_only_measurements_need_is_not_pulled_by_default() -> None:
    assert "sface" not in names("default")
    assert names("benchmarks") == ["sface"]


@pytest.mark.parametrize(
    "source",
    [{}, {"hub": "a/b@c", "pypi": ["d==1"]}, {"hub": "no-revision"}, {"url": "http://a", "shipped": "b"}],
)
def test_a_source_is_of_exactly_one_kind(source: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate(source)
