"""Times of the day: 3:45 pm, 15:30, 15h30."""

import re
from collections.abc import Iterator
from typing import Final

from morgana.speech.reading.forms.numbers import ALONE_AFTER, ALONE_BEFORE, Pieces, cardinal
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_HALF: Final = r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm](?:\.(?=\s*[^\sA-Z]))?(?![A-Za-z]))"
_CLOCK: Final = re.compile(
    rf"{ALONE_BEFORE}(?<![\d:.,])(?P<h>\d{{1,2}})(?::(?P<m>\d{{2}}))(?::(?P<s>\d{{2}}))?{_HALF}?{ALONE_AFTER}(?!:\d)"
)
_HOUR: Final = re.compile(rf"{ALONE_BEFORE}(?<![\d:.,])(?P<h>\d{{1,2}})(?P<m>)(?P<s>){_HALF}{ALONE_AFTER}")
_LETTER_H: Final = re.compile(
    rf"{ALONE_BEFORE}(?P<h>\d{{1,2}})\s?[hH](?:\s?(?P<m>\d{{2}}))?(?P<s>)(?P<half>){ALONE_AFTER}"
)
_TO: Final = re.compile(r"\s?[-–—]\s?(?=\d)")
_WITH_H: Final = ("fr", "pt", "es", "it")


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    patterns = [_CLOCK, _HOUR] + ([_LETTER_H] if locale.language in _WITH_H else [])
    for pattern in patterns:
        for found in pattern.finditer(text):
            hour, minute, second = (int(found[part] or 0) for part in "hms")
            if hour > 24 or minute > 59 or second > 59:
                continue
            said = clock(hour, minute, locale, bare=not found["half"], letter=pattern is _LETTER_H)
            if found["s"]:
                said = locale.templates["time_seconds"].format(
                    time=said, s=cardinal(found["s"].lstrip("0") or "0", locale)
                )
            if found["half"]:
                said = locale.templates[f"{found['half'].lower()}m"].format(time=said)
            end = found.end()
            if tail := re.match(locale.words.get("clock_tail", "(?!)"), text[end : end + 10]):
                end += tail.end()  # "15:30 h": that it is a time is said by then
            yield (Piece(found.start(), end, said),)
            if dash := _TO.match(text, end):  # 9 a.m.–5 p.m.
                yield (Piece(dash.start(), dash.end(), f" {locale.words['to']} "),)


def clock(hour: int, minute: int, locale: Locale, *, bare: bool, letter: bool = False) -> str:
    """bare: not followed by a.m. or p.m.; letter: written with an h."""
    hours = cardinal(str(hour), locale, "hour")
    if minute == 0 and not bare:
        return hours
    name = "time" if minute > 9 else "time_low" if minute else "hours" if letter else "time_full"
    if hour == 1:
        name = f"{name}_one" if f"{name}_one" in locale.templates else name
    return locale.templates[name].format(h=hours, m=cardinal(str(minute), locale))
