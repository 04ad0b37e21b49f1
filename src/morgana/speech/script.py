"""Marks in a script: `[happy]` sets the face from there on, `[pause 1s]` is silence."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from morgana.errors import ErrorCode, InputError

EXPRESSIONS: Final = ("neutral", "happy", "serious", "surprised", "sad")
LONGEST_PAUSE: Final = 10.0  # seconds
_PAUSE: Final = 0.6  # seconds of a [pause] without a length
_AUTO: Final = "auto"  # back to what the request asked for
_NAMES: Final = (*EXPRESSIONS, _AUTO, "pause")
_BRACKETED: Final = re.compile(r"\[\s*([A-Za-z]+)(?:[\s:=]+([\d.][^\[\]\s]*))?\s*\]")
_AMOUNT: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(%|ms|s)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark at `offset` (characters into the text) asks for.

    expression: one of `EXPRESSIONS`, "auto" for the one of the request, None for a mark that sets none;
    intensity: 0 to 1, None for the one of the request; pause: seconds of silence.
    """

    offset: int
    expression: str | None = None
    intensity: float | None = None
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Script:
    """text: what is said, as long as what was given, with spaces in place of the marks; marks: in order."""

    text: str
    marks: tuple[Mark, ...]


def parse(text: str) -> Script:
    """Take the marks out of `text`. Brackets that hold anything else are text.

    Raises InputError(MARK_INVALID) for a mark that is misspelled or has an impossible amount.
    """
    marks = []

    def blank(found: re.Match[str]) -> str:
        mark = _mark(found)
        if mark is None:
            return found[0]
        marks.append(mark)
        return " " * len(found[0])

    return Script(_BRACKETED.sub(blank, text), tuple(marks))


def _mark(found: re.Match[str]) -> Mark | None:
    name = found[1].lower()
    if name not in _NAMES:
        _refuse_misspelled(found[0], name)
        return None
    amount = _amount(found)
    if name == "pause":
        return Mark(found.start(), pause=_seconds(found[0], amount))
    return Mark(found.start(), name, _intensity(found[0], amount))


def _amount(found: re.Match[str]) -> tuple[float, str] | None:
    if found[2] is None:
        return None
    parsed = _AMOUNT.fullmatch(found[2])
    if parsed is None:
        raise _invalid(found[0], "its amount is no number")
    return float(parsed[1]), parsed[2] or ""


def _seconds(mark: str, amount: tuple[float, str] | None) -> float:
    if amount is None:
        return _PAUSE
    value, unit = amount
    if unit == "%":
        raise _invalid(mark, "a pause is given in seconds, such as [pause 1.5s]")
    seconds = value / 1000 if unit == "ms" else value
    if seconds > LONGEST_PAUSE:
        raise _invalid(mark, f"a pause lasts at most {LONGEST_PAUSE:.0f} seconds")
    return seconds


def _intensity(mark: str, amount: tuple[float, str] | None) -> float | None:
    if amount is None:
        return None
    value, unit = amount
    share = value / 100 if unit == "%" else value
    if unit in ("s", "ms") or share > 1:
        raise _invalid(mark, "an intensity is a number from 0 to 1, such as [happy 0.7]")
    return share


def _refuse_misspelled(mark: str, name: str) -> None:
    # Strict, since brackets are also ordinary text: "[said]" is not a misspelled [sad].
    near = get_close_matches(name, [known for known in _NAMES if len(known) > 4], n=1, cutoff=0.85)
    if near:
        raise _invalid(mark, f"perhaps [{near[0]}] is meant")


def _invalid(mark: str, reason: str) -> InputError:
    return InputError(
        ErrorCode.MARK_INVALID,
        f"The script has a mark that cannot be followed, {mark[:40]}: {reason}. Marks are "
        f"{', '.join(f'[{name}]' for name in _NAMES)}.",
    )
