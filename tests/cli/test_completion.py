"""What shells complete, asked as they ask."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MORGANA = str(Path(sys.executable).parent / "morgana")


def completed(line: str, shell: str = "bash") -> set[str]:
    """The words that the shell would offer after this line."""
    words = line.split(" ")
    variables = {
        "_MORGANA_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
    }
    answer = subprocess.run(
        [MORGANA], env=os.environ | variables, check=False, capture_output=True, text=True, timeout=60
    )
    return set(answer.stdout.split())


def test_commands_and_options_are_completed() -> None:
    assert completed("morgana vi") == {"video"}
    assert completed("morgana caption film.mp4 --te") == {"--template"}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("morgana caption film.mp4 --template Alh", {"Alhena"}),
        ("morgana speak Hi --voice bf_e", {"bf_emma"}),
        ("morgana overlay film.mp4 --font Typ", {"Typewriter"}),
    ],
)
def test_names_are_completed(line: str, offered: set[str]) -> None:
    assert completed(line) == offered
