from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from morgana.prices import Consumer, Measure, Price, PriceList, parse
from morgana.settings import Settings


def test_unless_it_is_set_only_captions_cost_something() -> None:
    prices = parse(None)
    assert prices.currency == "USD"
    assert prices.of(Consumer.CAPTION) == {Measure.SECONDS: Price(price=Decimal("0.15"), step=60)}
    assert [prices.of(one) for one in Consumer if one is not Consumer.CAPTION] == [{}] * 4


def test_a_list_in_json_is_exact_to_the_last_digit() -> None:
    prices = parse(
        '{"currency": "EUR", "speech": {"characters": {"price": 0.1, "step": 900}}, "caption": {}}'
    )
    assert prices.currency == "EUR"
    assert prices.of(Consumer.SPEECH) == {Measure.CHARACTERS: Price(price=Decimal("0.1"), step=900)}
    assert prices.of(Consumer.CAPTION) == {}


def test_a_list_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('[generation.seconds]\nstep = 6\nprice = 0.30\n[overlay.items]\nprice = "0.07"\n')
    prices = parse(str(file))
    assert prices.of(Consumer.GENERATION) == {Measure.SECONDS: Price(price=Decimal("0.30"), step=6)}
    assert prices.of(Consumer.OVERLAY) == {Measure.ITEMS: Price(price=Decimal("0.07"))}
    assert prices.of(Consumer.CAPTION) == PriceList().caption


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('{"captions": {}}', "captions"),
        ('{"caption": {"minutes": {"price": 1}}}', "minutes"),
        ('{"caption": {"seconds": {"price": -1}}}', "greater than or equal to 0"),
        ('{"caption": {"seconds": {"price": "NaN"}}}', "finite"),
        ('{"caption": {"seconds": {"price": 1, "step": 0}}}', "greater than or equal to 1"),
        ('{"currency": "dollars"}', "currency"),
        ("/nowhere/prices.toml", "/nowhere/prices.toml cannot be read: No such file"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_when_the_settings_are_read(
    given: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_PRICES", given)
    with pytest.raises(ValidationError, match=said):
        Settings()


def test_the_path_of_a_list_does_not_depend_on_where_a_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prices.toml").write_text('currency = "CHF"\n')
    monkeypatch.setenv("MORGANA_PRICES", "prices.toml")
    assert Settings().prices == str(tmp_path / "prices.toml")
