"""How far a command is, at a terminal and elsewhere."""

from io import StringIO

import pytest

from morgana.cli.console import progress_bar


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_at_a_terminal_there_is_a_line_for_every_tenth() -> None:
    log = StringIO()
    with progress_bar("Working", log) as progress:
        for step in range(101):
            progress(step / 100)
    assert log.getvalue().splitlines() == [f"Working: {tens}%" for tens in range(0, 101, 10)]


def test_at_a_terminal_there_is_a_bar() -> None:
    screen = Terminal()
    with progress_bar("Working", screen) as progress:
        progress(0.0)
        assert "Working" in screen.getvalue()
        progress(0.5)
        progress(1.0)
    assert "100%" in screen.getvalue().splitlines()[-1]


@pytest.mark.parametrize("screen", [StringIO(), Terminal()])
def test_work_that_was_not_to_be_done_is_not_mentioned(screen: StringIO) -> None:
    with progress_bar("Working", screen):
        pass
    assert screen.getvalue() == ""
