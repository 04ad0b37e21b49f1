"""Numbers that count: money, units, percentages, degrees; and their ranges."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from babel.units import format_unit

from morgana.speech.reading.forms.numbers import (
    ALONE_AFTER,
    ALONE_BEFORE,
    SIGN,
    Pieces,
    cardinal,
    number,
    split,
)
from morgana.speech.reading.locale import Forms, Locale
from morgana.speech.reading.spoken import Piece

# What a symbol stands for is the same in all languages; CLDR has the names.
UNITS: Final = {
    "km": "length-kilometer", "m": "length-meter", "cm": "length-centimeter", "mm": "length-millimeter",
    "μm": "length-micrometer", "nm": "length-nanometer", "mi": "length-mile", "ft": "length-foot",
    "in": "length-inch", "yd": "length-yard", "kg": "mass-kilogram", "g": "mass-gram",
    "mg": "mass-milligram", "μg": "mass-microgram", "lb": "mass-pound", "oz": "mass-ounce",
    "t": "mass-tonne", "l": "volume-liter", "L": "volume-liter", "ml": "volume-milliliter",
    "mL": "volume-milliliter", "cl": "volume-centiliter", "km/h": "speed-kilometer-per-hour",
    "kph": "speed-kilometer-per-hour", "m/s": "speed-meter-per-second", "mph": "speed-mile-per-hour",
    "km²": "area-square-kilometer", "m²": "area-square-meter", "cm²": "area-square-centimeter",
    "m2": "area-square-meter", "km2": "area-square-kilometer", "m3": "volume-cubic-meter",
    "cm3": "volume-cubic-centimeter", "m³": "volume-cubic-meter", "cm³": "volume-cubic-centimeter",
    "ha": "area-hectare", "°C": "temperature-celsius", "°F": "temperature-fahrenheit", "°": "angle-degree",
    "Hz": "frequency-hertz", "kHz": "frequency-kilohertz", "MHz": "frequency-megahertz",
    "GHz": "frequency-gigahertz", "W": "power-watt", "kW": "power-kilowatt", "MW": "power-megawatt",
    "GW": "power-gigawatt", "kWh": "energy-kilowatt-hour", "kcal": "energy-kilocalorie",
    "V": "electric-volt", "mA": "electric-milliampere", "kB": "digital-kilobyte", "KB": "digital-kilobyte",
    "MB": "digital-megabyte", "GB": "digital-gigabyte", "TB": "digital-terabyte", "h": "duration-hour",
    "min": "duration-minute", "s": "duration-second", "ms": "duration-millisecond", "px": "graphics-pixel",
    "hPa": "pressure-hectopascal", "tsp": "volume-teaspoon", "tbsp": "volume-tablespoon",
    "bar": "pressure-bar",
}  # fmt: skip
_UNIT_DOT: Final = r"(?:(?<=[A-Za-z])\.(?=\s[a-z]))?"  # of "2 tbsp. sugar"
_TO_MONEY: Final = re.compile(r"\s?[-–—~〜～]\s?(?=[$€£¥₹]\s?\d)")
_DASH: Final = r"\s?[-–—~〜～]\s?"


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    yield from _money(text, locale)
    for found in _large(locale).finditer(text):
        one = locale.cldr.plural_form(_value(found["n"], locale)) == "one"
        name = locale.magnitudes[found["magnitude"]][0 if one else 1]
        yield (Piece(found.start(), found.end(), f"{cardinal(found['n'], locale, 'masculine')} {name}"),)
    yield from _measures(text, locale)
    yield from _rates(text, locale)
    for found in _percent(locale).finditer(text):
        name = "permille" if found["sign"] == "‰" else "percent"
        said = locale.templates[name].format(n=_amount(found, locale, "masculine"))
        yield (Piece(found.start(), found.end(), said),)


def _amount(found: re.Match[str], locale: Locale, gender: str) -> str:
    """The number of a match, or its range."""
    last = cardinal(found["n"], locale, gender)
    if not found["from"]:
        return last
    space = "" if locale.dense else " "
    return f"{cardinal(found['from'], locale, gender)}{space}{locale.words['to']}{space}{last}"


@cache
def _percent(locale: Locale) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{ALONE_BEFORE}(?P<from>{number(locale)}){_DASH})?(?P<n>{SIGN}{number(locale)})\s?(?P<sign>[%‰٪])"
    )


@cache
def _large(locale: Locale) -> re.Pattern[str]:
    """2.3M videos, 5bn people; but room 5B."""
    shorts = {"M", "B", "bn", "mn", "tn", "Mio", "Md", "Mds", "Mrd", "mln", "mld"} & set(locale.magnitudes)
    names = "|".join(sorted(shorts, key=len, reverse=True)) or "(?!)"
    return re.compile(
        rf"{ALONE_BEFORE}(?P<n>{number(locale)})(?:(?<=[.,]\d)|(?<=[.,]\d\d)|(?=\w+\s[a-zà-ÿ]{{3,}}s\b))"
        rf"\s?(?P<magnitude>{names}){ALONE_AFTER}"
    )


def _rates(text: str, locale: Locale) -> Iterator[Pieces]:
    """$1.50/lb, 60 mi/h: the unit after the slash."""
    for found in _rate(locale).finditer(text) if "per" in locale.words else ():
        known = found["unit"] in UNITS or found["unit"] in locale.units
        one = unit_name(found["unit"], "1", locale).replace("\0", "").strip() if known else found["unit"]
        yield (Piece(found.start("slash"), found.end(), f" {locale.words['per']} {one}"),)


@cache
def _rate(locale: Locale) -> re.Pattern[str]:
    after = f"{units(locale)}|{locale.words.get('rates', '(?!)')}"
    return re.compile(rf"\d\s?[^\s\d/]{{0,4}}(?P<slash>/)(?P<unit>{after}){ALONE_AFTER}{_UNIT_DOT}")


@cache
def units(locale: Locale) -> str:
    """A regular expression for the symbols of units."""
    return "|".join(map(re.escape, sorted({*UNITS, *locale.units}, key=len, reverse=True)))


def _measures(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _measure(locale).finditer(text):
        unit = found["unit"]
        gender = "feminine" if unit in locale.feminine else "masculine"
        adjective = found["hyphen"] and locale.language == "en"  # a 5-km run
        said = unit_name(unit, "1" if adjective else found["n"], locale).replace(
            "\0", _amount(found, locale, gender)
        )
        yield (Piece(found.start(), found.end(), said.replace(" ", "") if locale.dense else said),)


def _unless_word(locale: Locale) -> str:
    """8 in 24 hours: no inches. Some symbols are also words, which others follow."""
    words = locale.words.get("unit_words")
    return "".join(rf"(?!(?<=\s{word})\s\w)" for word in words.split("|")) if words else ""


@cache
def _measure(locale: Locale) -> re.Pattern[str]:
    return re.compile(
        rf"{ALONE_BEFORE}(?<!\d/)(?:(?P<from>{number(locale)}){_DASH})?(?P<n>{SIGN}{number(locale)})"
        rf"(?:\s|(?P<hyphen>-))?(?P<unit>{units(locale)}){ALONE_AFTER}(?![²³'’]){_unless_word(locale)}{_UNIT_DOT}"
    )


def unit_name(unit: str, written: str, locale: Locale) -> str:
    """The name of a unit as it goes with a number, for which there is a NUL."""
    plural = locale.cldr.plural_form(_value(written, locale))
    unit = unit.replace("m2", "m²").replace("m3", "m³")
    if unit in locale.units:
        forms = locale.units[unit]
        name = forms[0] if plural == "one" else forms[-1]
        return name.replace("{n}", "\0") if "{n}" in name else f"\0 {name}"
    value = 1 if plural == "one" else 5
    for length in ("long", "short"):
        said = format_unit(value, UNITS[unit], length, format="'\0'", locale=locale.cldr)
        if not re.search("[a-z]-[a-z]", said):  # CLDR has no name of this length
            break
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def _value(written: str, locale: Locale) -> float:
    whole, fraction = split(written, locale)
    return float(f"{whole or 0}.{fraction}") if fraction else int(whole or 0)


def _money(text: str, locale: Locale) -> Iterator[Pieces]:
    patterns = [_money_before(locale), _money_after(locale)]
    if locale.point != r"\.":  # where the point is a comma, the currency comes last
        patterns.reverse()
    for pattern in patterns:
        for found in pattern.finditer(text):
            sign = found["currency"]
            forms = locale.currencies.get(sign) or locale.currencies.get(_SIGNS.get(sign, ""))
            if forms:
                yield (Piece(found.start(), found.end(), money(found, forms, locale)),)
                if dash := _TO_MONEY.match(text, found.end()):  # $5M–$10M
                    space = "" if locale.dense else " "
                    yield (Piece(dash.start(), dash.end(), f"{space}{locale.words['to']}{space}"),)


_SIGNS: Final = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "RUB": "₽", "BRL": "R$",
    "CNY": "元", "RMB": "元", "Rs": "₹", "Rs.": "₹", "CAD": "C$", "AUD": "A$", "BTC": "₿",
}  # fmt: skip


def money(found: re.Match[str], forms: Forms, locale: Locale) -> str:
    """forms: a unit and more of them, a hundredth and more of them; each may be marked feminine by a "f:"."""
    gender = "feminine" if found["currency"] in locale.feminine else "masculine"
    magnitude = found["magnitude"]
    minus = f"{locale.words['minus']} " if found["sign"] else ""
    if magnitude:
        one = locale.cldr.plural_form(_value(found["n"], locale)) == "one"
        name = locale.magnitudes[magnitude][0 if one else 1]
        amount = _amount(found, locale, "masculine")
        small = magnitude in ("mil", "mille", "mila", "k") and "magnitude_small" in locale.templates
        template = locale.templates[
            "magnitude_small" if small else "magnitude"
        ]  # mil euros, millones de euros
        return minus + _tidy(template.format(n=amount, magnitude=name, currency=forms[1]), locale)
    whole, fraction = split(found["n"], locale)
    if len(fraction) == 2 and not found["from"] and forms[2]:
        return minus + _tidy(_major_minor(whole, fraction, forms, gender, locale), locale)
    plural = locale.cldr.plural_form(_value(found["n"], locale))
    adjective = locale.language == "en" and re.search(r"\ban?\s$", found.string[: found.start()])
    name = forms[0] if adjective or (plural == "one" and not found["from"]) else forms[1]
    return minus + _tidy(f"{_amount(found, locale, gender)} {name}", locale)


def _major_minor(whole: str, fraction: str, forms: Forms, gender: str, locale: Locale) -> str:
    units, hundredths = int(whole or 0), int(fraction)
    major = f"{cardinal(whole or '0', locale, gender)} {forms[0 if units == 1 else 1]}"
    minor = f"{cardinal(str(hundredths), locale, 'masculine')} {forms[2 if hundredths == 1 else 3]}"
    if not hundredths:
        return major
    if not units:
        return minor
    return locale.templates["money"].format(major=major, minor=minor, m=cardinal(str(hundredths), locale))


def _tidy(said: str, locale: Locale) -> str:
    if locale.language == "fr":
        said = re.sub(r"\bde (?=[aeiouyéè])", "d'", said)
    return said.replace(" ", "") if locale.dense else " ".join(said.split())


@cache
def _parts(locale: Locale) -> tuple[str, str, str]:
    signs = {*locale.currencies, *(code for code, sign in _SIGNS.items() if sign in locale.currencies)}
    currencies = "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))
    magnitudes = "|".join(map(re.escape, sorted(locale.magnitudes, key=len, reverse=True)))
    after = "" if locale.dense else ALONE_AFTER
    amount = rf"(?:(?P<from>{number(locale)}){_DASH}(?:[$€£¥₹])?)?(?P<n>{number(locale)})"
    return currencies, rf"(?:\s?(?P<magnitude>{magnitudes}){after})?", amount


@cache
def _money_before(locale: Locale) -> re.Pattern[str]:
    currencies, magnitude, amount = _parts(locale)
    return re.compile(
        rf"(?P<sign>{ALONE_BEFORE}[-−])?{ALONE_BEFORE}(?P<currency>{currencies})\s?{amount}{magnitude}"
    )


@cache
def _money_after(locale: Locale) -> re.Pattern[str]:
    currencies, magnitude, amount = _parts(locale)
    return re.compile(
        rf"(?P<sign>{ALONE_BEFORE}[-−])?{ALONE_BEFORE}{amount}{magnitude}\s?(?:d[e']\s?)?(?P<currency>{currencies})"
        rf"(?:(?<=[A-Za-z]){ALONE_AFTER}|(?<![A-Za-z]))"
    )
