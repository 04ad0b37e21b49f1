from hypothesis import given
from hypothesis import strategies as st

from morgana.text.wrapping import Piece, break_lines

GAP = 0.25


def pieces(text: str) -> list[Piece]:
    """A width of one for each character; a full stop or a comma is a good place to break."""
    good = {".": 1.0, ",": 0.5}
    return [Piece(len(word), GAP, good.get(word[-1], 0.0)) for word in text.split()]


def lines(text: str, width: float, max_lines: int = 4) -> list[str] | None:
    broken = break_lines(pieces(text), width, max_lines)
    words = text.split()
    return None if broken is None else [" ".join(words[number] for number in line) for line in broken]


def test_what_fits_on_one_line_stays_on_one() -> None:
    assert lines("aaa bbb ccc", 9.5) == ["aaa bbb ccc"]


def test_lines_are_filled_evenly() -> None:
    assert lines("aaaa bbbb cccc dddd", 14) == ["aaaa bbbb", "cccc dddd"]


def test_no_word_is_left_alone_on_the_last_line() -> None:
    assert lines("some words here and so on", 20) == ["some words", "here and so on"]
    assert lines("aaaaaa bbbbbb cccccc d", 19.5) == ["aaaaaa bbbbbb", "cccccc d"]


def test_a_line_ends_at_a_full_stop_where_that_is_nearly_as_even() -> None:
    assert lines("It works now. Then we all go home", 24) == ["It works now.", "Then we all go home"]
    assert lines("It works now Then we all go home", 24) == ["It works now Then", "we all go home"]


def test_too_many_lines_or_too_long_a_word_do_not_fit() -> None:
    assert lines("aaa bbb ccc ddd", 3.5, 3) is None
    assert lines("aaaaaaaa bb", 5) is None
    assert break_lines([], 5, 2) == []


@given(
    st.lists(st.floats(0.1, 5), min_size=1, max_size=14),
    st.floats(5, 20),
    st.integers(1, 4),
)
def test_every_piece_is_on_one_line_which_is_not_too_wide(
    widths: list[float], width: float, max_lines: int
) -> None:
    made = [Piece(one, GAP) for one in widths]
    broken = break_lines(made, width, max_lines)
    if broken is None:
        assert sum(widths) + GAP * (len(widths) - 1) > width
        return
    assert [number for line in broken for number in line] == list(range(len(widths)))
    assert len(broken) <= max_lines
    for line in broken:
        assert sum(widths[number] for number in line) + GAP * (len(line) - 1) <= width + 1e-6


def test_a_line_ends_where_it_has_to() -> None:
    made = [Piece(3, GAP), Piece(2, GAP, ends_line=True), Piece(2, GAP), Piece(2, GAP), Piece(2, GAP)]
    assert break_lines(made, 50, 4) == [range(2), range(2, 5)]
    assert break_lines(made, 5, 4) == [range(1), range(1, 2), range(2, 3), range(3, 5)]
    assert break_lines(made, 50, 1) is None


def test_there_are_as_many_lines_as_are_asked_for() -> None:
    made = [Piece(2, GAP)] * 6
    assert break_lines(made, 50, 4, 3) == [range(2), range(2, 4), range(4, 6)]
    assert break_lines(made[:2], 50, 4, 3) == [range(1), range(1, 2)]


def test_a_word_is_alone_on_the_last_line_only_where_nothing_else_fits() -> None:
    made = [Piece(width, GAP) for width in (2, 3, 2, 7)]
    assert break_lines(made, 10, 2) == [range(2), range(2, 4)]
    assert break_lines(made, 8, 2) == [range(3), range(3, 4)]
