"""Dates: 2024-03-05, 3/5/24, March 5th; and decades."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from morgana.speech.reading.forms.numbers import (
    ALONE_AFTER,
    ALONE_BEFORE,
    Pieces,
    cardinal,
    is_year,
    ordinal,
    year,
)
from morgana.speech.reading.forms.spelling import letters
from morgana.speech.reading.forms.times import clock
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_ISO: Final = re.compile(rf"{ALONE_BEFORE}(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?![\d.-]*\d)")
_STAMP: Final = re.compile(
    rf"{ALONE_BEFORE}(\d{{4}})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::[0-5]\d(?:\.\d+)?)?(Z?){ALONE_AFTER}"
)
_WEEKDAY: Final = re.compile(r"(?<=[日\d][(（])[月火水木金土日](?=[)）・])")  # Japanese, after a date
_BEFORE_WEEKDAY: Final = re.compile(
    rf"{ALONE_BEFORE}(?<!/)(\d{{1,2}})/(\d{{1,2}})(?=[(（][月火水木金土日][)）・])"
)
_NUMERIC: Final = re.compile(
    rf"(?<![\d.,/-]){ALONE_BEFORE}(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?![-/.]?\d)"
)
_DECADE: Final = re.compile(rf"(?:{ALONE_BEFORE}|(?<=\W)')(\d{{2}}|\d{{4}})'?s{ALONE_AFTER}")
_PIVOT: Final = 50  # of years in two digits
_MONTHS: Final = 12
_DAYS: Final = 31


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _STAMP.finditer(text):
        yield from _moment(found, locale)
    for found in _ISO.finditer(text):
        yield from _whole(found, (int(found[1]), int(found[3]), int(found[4])), locale)
    for found in _NUMERIC.finditer(text):
        yield from _whole(found, _in_order(found, locale), locale)
    yield from _named(text, locale)
    yield from _without_year(text, locale)
    if locale.language == "ja":
        yield from _weekdays(text, locale)
    if locale.language == "en":
        for found in _DECADE.finditer(text):
            yield (Piece(found.start(), found.end(), decade(found[1], locale)),)


def _in_order(found: re.Match[str], locale: Locale) -> tuple[int, int, int]:
    order = locale.date_order if locale.date_order != "ymd" else "mdy"
    parts = dict(zip(order, (int(found[1]), int(found[3]), int(found[4])), strict=True))
    if parts["m"] > _MONTHS >= parts["d"]:  # as no month is the thirteenth, it is in the other order
        parts["m"], parts["d"] = parts["d"], parts["m"]
    if len(found[4]) == 2:
        parts["y"] += 1900 if parts["y"] >= _PIVOT else 2000
    return parts["y"], parts["m"], parts["d"]


def _whole(found: re.Match[str], date: tuple[int, int, int], locale: Locale) -> Iterator[Pieces]:
    value, month, day = date
    if 1 <= month <= _MONTHS and 1 <= day <= _DAYS:
        said = locale.templates["date"].format(
            year=year(value, locale),
            month=locale.cldr.months["format"]["wide"][month]
            if not locale.dense
            else cardinal(str(month), locale),
            day=day_of_month(day, locale),
            ordinal=ordinal(day, locale),
        )
        yield (Piece(found.start(), found.end(), said),)


def _moment(found: re.Match[str], locale: Locale) -> Iterator[Pieces]:
    """2024-03-05T14:30Z."""
    for (date,) in _whole(found, (int(found[1]), int(found[2]), int(found[3])), locale):
        hour, minute = int(found[4]), int(found[5])
        if hour <= 24 and minute <= 59:
            joint = "" if locale.dense else ", "
            zone = f" {letters('UTC', locale)}" if found[6] else ""
            said = f"{date.spoken}{joint}{clock(hour, minute, locale, bare=True)}{zone}"
            yield (Piece(found.start(), found.end(), said),)


def _weekdays(text: str, locale: Locale) -> Iterator[Pieces]:
    """Japanese: the (木) after a date, and a date before one."""
    for found in _BEFORE_WEEKDAY.finditer(text):
        said = f"{cardinal(found[1], locale)}月{cardinal(found[2], locale)}日"
        yield (Piece(found.start(), found.end(), said),)
    for found in _WEEKDAY.finditer(text):
        yield (Piece(found.start(), found.end(), f"{found[0]}曜日"),)


def _without_year(text: str, locale: Locale) -> Iterator[Pieces]:
    """A day and a month, where a word before them says that they are: until 11/30."""
    for found in _short(locale).finditer(text) if "before_day" in locale.words else ():
        first, second = int(found[2]), int(found[3])
        month, day = (first, second) if locale.date_order == "mdy" else (second, first)
        if 1 <= month <= _MONTHS and 1 <= day <= _DAYS:
            said = locale.templates["day"].format(
                month=locale.cldr.months["format"]["wide"][month],
                day=day_of_month(day, locale),
                ordinal=ordinal(day, locale),
            )
            yield (Piece(*found.span("day"), said),)


@cache
def _short(locale: Locale) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{locale.words['before_day']})\s"
        rf"(?P<day>(\d{{1,2}})/(\d{{1,2}})){ALONE_AFTER}(?!/|[.,]\d|\s?%)",
        re.IGNORECASE,
    )


def day_of_month(day: int, locale: Locale) -> str:
    return locale.words["first_day"] if day == 1 and locale.words["first_day"] else cardinal(str(day), locale)


def _named(text: str, locale: Locale) -> Iterator[Pieces]:
    """Days beside the name of a month, which may be shortened."""
    if locale.dense:
        return
    for found in _month_day(locale).finditer(text):
        month = (found.start("month"), found.end("month"))
        name = Piece(*month, _month_names(locale)[found["month"].lower().rstrip(".")])
        day = int(found["before"] or found["after"])
        if not 1 <= day <= _DAYS or (locale.language == "en" and found["month"].islower()):
            continue  # "we may 5 times"
        group = "before" if found["before"] else "after"
        end = found.end(group) + len(found[f"suffix_{group}"] or "")
        article = not re.search(r"\bthe $", text[: found.start(group)], re.IGNORECASE)
        said = Piece(found.start(group), end, _day(day, group, locale, article=article))
        joint = list(_unsaid(found, locale))
        yield tuple(sorted((said, name, *joint), key=lambda piece: piece.start))


def _day(day: int, group: str, locale: Locale, *, article: bool) -> str:
    if locale.language != "en":
        return day_of_month(day, locale)
    the = "the " if article else ""
    return f"{the}{ordinal(day, locale)} of" if group == "before" else ordinal(day, locale)


def _unsaid(found: re.Match[str], locale: Locale) -> Iterator[Piece]:
    """The dot of a shortened month; the "of" in "3rd of March", which is said with the day."""
    if found["dot"] and found["after"]:
        yield Piece(found.start("dot"), found.end("dot"), "")
    if locale.language == "en" and found["of"]:
        yield Piece(found.start("of"), found.end("of"), "")


@cache
def _month_names(locale: Locale) -> dict[str, str]:
    """Lower case without dot -> full name."""
    wide, short = locale.cldr.months["format"]["wide"], locale.cldr.months["format"]["abbreviated"]
    names = {wide[month].lower(): wide[month] for month in wide}
    names |= {short[month].lower().rstrip(".॰"): wide[month] for month in short}
    if locale.language == "en":
        names |= {"sept": "September", "sep": "September"}
    return names


@cache
def _month_day(locale: Locale) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _month_names(locale)), key=len, reverse=True))
    suffix = "st|nd|rd|th|er|º|°|\\.º"
    return re.compile(
        rf"{ALONE_BEFORE}(?:(?P<before>\d{{1,2}})(?P<suffix_before>{suffix})?\s(?P<of>of\s)?(?:d[ei]\s)?(?=(?:{names})\b)"
        rf"|(?={names}))(?P<month>{names})(?P<dot>\.)?"
        rf"(?(before)|\s(?P<after>\d{{1,2}})(?P<suffix_after>{suffix})?(?![\d:%])(?![.,]\d))(?![A-Za-zÀ-ɏ])",
        re.IGNORECASE,
    )


def decade(written: str, locale: Locale) -> str:
    """English: 1990s, '90s, 2000s."""
    spoken = year(int(written), locale) if is_year(written) else cardinal(written, locale)
    return spoken[:-1] + "ies" if spoken.endswith("y") else f"{spoken}s"
