"""Addresses of the net and telephone numbers, as a person says them."""

import re
from collections.abc import Iterator
from typing import Final

from morgana.speech.reading.forms.numbers import ALONE_AFTER, ALONE_BEFORE, Pieces, cardinal, digits
from morgana.speech.reading.forms.spelling import camel, capitals, code, letters
from morgana.speech.reading.locale import Locale
from morgana.speech.reading.spoken import Piece

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_TOP: Final = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|app|dev|co|me|tv|ly|fm|gg|xyz|shop|store|online|site|tech|blog|cloud|"
    "uk|us|ca|au|nz|ie|de|fr|es|it|pt|br|mx|ar|in|jp|cn|kr|ru|eu|ch|at|be|nl|se|no|dk|fi|pl|gr|tr|za|tw|hk|sg|im|sh|tk"
)
_URL: Final = re.compile(
    rf"(?<![\w@.])(?:(?P<scheme>[a-z][a-z0-9+.-]*://)(?:[^\s/@]+@)?(?P<any>{_LABEL}(?:\.{_LABEL})*)"
    rf"|(?P<host>(?:{_LABEL}\.)+(?:{_TOP})))(?![A-Za-z0-9@-])(?P<port>:\d+)?"
    r"(?P<path>/[^\s?#<>\"\]}]*)?(?P<rest>[?#][^\s<>\"\]}]*)?",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    rf"(?:mailto:)?(?P<user>[A-Za-z0-9][\w.+%-]*)@(?P<host>{_LABEL}(?:\.{_LABEL})+)", re.ASCII
)
_TRAILING: Final = ".,;:!?)'\"*_~…"
_PART: Final = re.compile(r"[^\W\d_]+|\d+|[-_.+/~%=&@]")
_MENTION: Final = re.compile(r"(?<![\w@./])@(?P<name>[A-Za-z_][\w.]*\w|[A-Za-z])")
_HASHTAG: Final = re.compile(r"(?<![\w#&/])#(?![A-Z]{1,4}-\d|[A-Z]{1,3}\d{3})(?P<name>(?=\w*[^\W\d_])\w+)")
_VANITY: Final = re.compile(
    rf"{ALONE_BEFORE}(1[-. ])?(8\d\d)[-. ]([A-Z]{{3,}}(?:-[A-Z]+)*){ALONE_AFTER}"
)  # 1-800-FLOWERS
_ZIP: Final = re.compile(rf"(?<=, [A-Z]{{2}} )\d{{5}}(?:-\d{{4}})?{ALONE_AFTER}")  # Washington, DC 20500
_LAST_DIGITS: Final = re.compile(
    rf"\b(?:ending in|ending with|ends in|last four digits|PIN) (\d{{4}}){ALONE_AFTER}"
)
_MOBILE: Final = re.compile(rf"{ALONE_BEFORE}1[3-9]\d{{9}}{ALONE_AFTER}")  # Chinese
_PHONE: Final = re.compile(
    ALONE_BEFORE + r"(?<![.,/-])(?<!\d\s)(?:\+\d{1,3}[\s.-]?(?:\(0\)\s?)?)?(?:\(\d{1,5}\)[\s.-]?)?"
    r"\d{1,5}(?:[\s.-]\d{1,8}){1,6}(?![/-]|[.,]\d)" + ALONE_AFTER
)
_MORE_DIGITS: Final = 7


def find(text: str, locale: Locale) -> Iterator[Pieces]:
    for found in _MAIL.finditer(text):
        said = f"{_name(found['user'], locale)} {locale.words['at']} {_host(found['host'], locale)}"
        yield (Piece(found.start(), found.end(), said),)
    for found in _URL.finditer(text):
        end = found.start() + len(found[0].rstrip(_TRAILING))
        yield (Piece(found.start(), end, url(found, locale)),)
    for found in _MENTION.finditer(text):
        yield (Piece(found.start(), found.end(), f"{locale.words['at']} {_name(found['name'], locale)}"),)
    for found in _HASHTAG.finditer(text):
        yield (
            Piece(found.start(), found.end(), f"{locale.words['hashtag']} {_words(found['name'], locale)}"),
        )


def telephones(text: str, locale: Locale) -> Iterator[Pieces]:
    if locale.language == "zh":
        for found in _MOBILE.finditer(text):
            groups = f"{found[0][:3]} {found[0][3:7]} {found[0][7:]}"
            yield (Piece(found.start(), found.end(), telephone(groups, locale)),)
    if locale.language == "en":
        yield from _american(text, locale)
    for found in _PHONE.finditer(text):
        if _is_telephone(found[0]):
            yield (Piece(found.start(), found.end(), telephone(found[0], locale)),)


def _american(text: str, locale: Locale) -> Iterator[Pieces]:
    """1-800-FLOWERS, Washington, DC 20500, a card ending in 4321."""
    for found in _VANITY.finditer(text):
        yield (Piece(found.start(), found.end(), _vanity(found, locale)),)
    for found in _ZIP.finditer(text):
        yield (Piece(found.start(), found.end(), telephone(found[0], locale)),)
    for found in _LAST_DIGITS.finditer(text):
        yield (Piece(*found.span(1), digits(found[1], locale)),)


def _vanity(found: re.Match[str], locale: Locale) -> str:
    area = found[2]
    one = f"{digits('1', locale)} " if found[1] else ""
    spoken = cardinal(area, locale) if area.endswith("00") else digits(area, locale)
    return f"{one}{spoken} {found[3].lower().replace('-', ' ')}"


def _is_telephone(written: str) -> bool:
    count = sum(character.isdigit() for character in written)
    if not _MORE_DIGITS <= count <= 15:
        return False
    groups = re.findall(r"\d+", written)
    if written[0] in "+(" or (written[0] == "0" and len(groups) > 2):
        return True
    if len(groups) > 3 and "-" in written and count > 8:  # a book's number, a card's
        return True
    # 555-1234, 555-123-4567, 1-800-555-0199, 612 34 56 78; not 1 234 567 nor 2024-03-05.
    american = re.fullmatch(
        r"(?:1[-. ])?(?:\d{3}[-. ])?\d{3}[-.]\d{4}|(?:1 )?\d{3} \d{3} \d{4}"
        r"|0\d{1,4}[- ]\d{6,8}|\d{2,3} \d{3} \d{2} \d{2}",
        written,
    )
    return bool(american) or (
        len(groups) > 3 and len({len(group) for group in groups[1:]}) == 1 and len(groups[1]) == 2
    )


def telephone(written: str, locale: Locale) -> str:
    """Digit by digit, or in French pair by pair, with a short break after each group."""
    spoken = []
    for group in re.findall(r"\+?\d+", written.replace("(0)", "")):
        bare = group.lstrip("+")
        pair = locale.language == "fr" and len(bare) == 2 and bare[0] != "0"
        said = (
            cardinal(bare, locale)
            if pair or (group[0] == "+" and locale.language == "fr")
            else digits(bare, locale)
        )
        if "telephone_one" in locale.words:
            said = said.replace(digits("1", locale), locale.words["telephone_one"])
        spoken.append(f"{locale.words['plus']} {said}" if group[0] == "+" else said)
    return ("、" if locale.dense else ", ").join(spoken)


def url(found: re.Match[str], locale: Locale) -> str:
    """Host and path; the scheme, "www" and what a browser adds behind ? or # nobody says."""
    said = _host(re.sub(r"^www\d?\.", "", found["any"] or found["host"], flags=re.IGNORECASE), locale)
    path = (found["path"] or "").rstrip(_TRAILING).rstrip("/")
    path = re.sub(r"\.(?:html?|php|aspx?)$", "", path)
    return f"{said} {_name(path, locale)}".rstrip()


def _host(host: str, locale: Locale) -> str:
    labels = host.lower().split(".")
    if all(label.isdigit() for label in labels):
        return f" {locale.words['dot']} ".join(cardinal(label, locale) for label in labels)
    last = labels[-1] if labels[-1] in locale.domains or len(labels[-1]) > 3 else letters(labels[-1], locale)
    spoken = [_name(label, locale) for label in host.split(".")[:-1]] + [last]
    return f" {locale.words['dot']} ".join(spoken)


def _name(written: str, locale: Locale) -> str:
    """A part of an address, with the names of its signs."""
    names = {"-": "dash", "_": "underscore", ".": "dot", "/": "slash", "+": "plus", "@": "at"}
    spoken = []
    for part in _PART.findall(written):
        if part in names:
            spoken.append(locale.words[names[part]])
        elif part[0].isalnum():
            spoken.append(_words(part, locale))
    return " ".join(spoken)


def _words(name: str, locale: Locale) -> str:
    """MeToo, covid19, snake_case: their words."""
    spoken = []
    for part in re.findall(r"\d+|[^\W\d_]+", name):
        if part.isdigit():
            spoken.append(code(part, locale))
        elif part.isupper() and len(part) > 1:
            spoken.append(capitals(part, locale))
        elif re.search("[a-z][A-Z]", part):
            spoken.append(camel(part))
        elif len(part) == 1 or re.fullmatch("[bcdfghjklmnpqrstvwxz]{1,5}", part, re.IGNORECASE):
            spoken.append(letters(part, locale))
        else:
            spoken.append(part)
    return " ".join(spoken)
