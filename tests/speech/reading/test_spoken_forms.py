"""What is said for what is written: the tables beside this file are the promise."""

import tomllib
from pathlib import Path

import pytest

from morgana.speech.reading.locale import locale
from morgana.speech.reading.reading import say


def cases() -> list[tuple[str, str, str]]:
    rows = []
    for name in ("spoken_en.toml", "spoken_others.toml"):
        tables = tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))
        for table, forms in tables.items():
            language = table if table[2:3] == "-" else "en-US"
            rows += [(language, text, spoken) for text, spoken in forms.items()]
    return rows


@pytest.mark.parametrize(("language", "text", "spoken"), cases())
def test_is_said_as_a_person_would(language: str, text: str, spoken: str) -> None:
    assert say(text, locale(language)).text == spoken
