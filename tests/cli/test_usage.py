"""`morgana usage`."""

import csv
import io
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest

from morgana import store
from morgana.settings import settings
from morgana.store.tables import to_micros
from tests.cli.conftest import Run

SHOP, ADA = store.Owner("shop", "looms"), store.Owner("ada")


@pytest.fixture
def used(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data
    days = cycle([3, 4])
    monkeypatch.setattr(
        "morgana.store.usage.now", lambda: to_micros(datetime(2026, 3, next(days), 23, 59, tzinfo=UTC))
    )
    monkeypatch.setenv("MORGANA_PRICES", '{"speech": {"characters": {"price": "0.01", "step": 10}}}')
    settings.cache_clear()
    for owner, characters in ((ADA, 5), (ADA, 11), (SHOP, 100)):
        store.usage.charge_speech(owner, characters, 1.25)


def rows(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("used")
def test_what_each_owner_consumed_is_listed(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("usage", "--to", "2026-03-31") == 0
    assert rows(capsys) == [
        ["USER", "ORG", "JOBS", "SECONDS", "CHARACTERS", "ITEMS", "COST", "(USD)"],
        ["ada", "-", "2", "2.50", "16", "2", "0.03"],
        ["shop", "looms", "1", "1.25", "100", "1", "0.10"],
    ]


@pytest.mark.usefixtures("used")
def test_by_day_and_by_kind(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("usage", "--by", "day", "--from", "2026-03-03", "--to", "2026-03-04") == 0
    assert [row[:2] for row in rows(capsys)[1:]] == [["2026-03-03", "2"], ["2026-03-04", "1"]]
    assert morgana("usage", "--by", "kind", "--from", "2026-03-04", "--to", "2026-03-04") == 0
    assert rows(capsys)[1:] == [["speech", "1", "1.25", "11", "1", "0.02"]]


@pytest.mark.usefixtures("used")
def test_by_day_and_owner_at_once(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("usage", "--by", "day", "--by", "owner", "--to", "2026-03-31") == 0
    found = rows(capsys)
    assert found[0][:3] == ["DAY", "USER", "ORG"]
    assert [row[:4] for row in found[1:]] == [
        ["2026-03-03", "ada", "-", "1"],
        ["2026-03-03", "shop", "looms", "1"],
        ["2026-03-04", "ada", "-", "1"],
    ]


@pytest.mark.usefixtures("used")
def test_as_a_table_for_programs(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("usage", "--from", "2026-03-01", "--to", "2026-03-31", "--csv") == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["cost"] for row in found] == ["0.03", "0.10"]
    assert set(found[0]) == {"user", "org", "jobs", "seconds", "characters", "items", "cost", "currency"}
    assert found[1]["currency"] == "USD"


@pytest.mark.parametrize(
    "days", [["--from", "March"], ["--from", "2026-03-02", "--to", "2026-03-01"]], ids=["no day", "backwards"]
)
def test_days_that_cannot_be_meant(morgana: Run, capsys: pytest.CaptureFixture[str], days: list[str]) -> None:
    assert morgana("usage", *days) == 2
    assert "day" in capsys.readouterr().err
