"""What a font or a look looks like: its name, and a line of text, on a card."""

from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Final

from PIL import Image

from morgana.overlays.look import Look
from morgana.text.compose import Placed, compose
from morgana.text.coverage import scripts
from morgana.text.paragraph import Layout, fit, words
from morgana.text.sprite import plate_sprite, sprite
from morgana.text.style import Plate, Style

SIZE: Final = (960, 320)  # width, height of the card in pixels
_CARD: Final = Plate(fill="#181a20", padding_x=0.0, padding_y=0.0)
_LIGHT, _DARK = "#f6f5f2", "#16181d"
_MARGIN: Final = 64.0
_NAME, _LINE = 104.0, 46.0  # pixels to the em, at most
_NAME_HEIGHT, _LINE_HEIGHT, _GAP = 150.0, 64.0, 20.0

PANGRAM: Final = "Sphinx of black quartz, judge my vow"
# A greeting in what needs a font of its own.
GREETINGS: Final = {
    "Arabic": "أهلاً وسهلاً",
    "Hebrew": "שלום לכולם",
    "Devanagari": "नमस्ते दुनिया",
    "Thai": "สวัสดีชาวโลก",
    "Korean": "안녕하세요 여러분",
    "Japanese": "こんにちは、世界",
    "Bengali": "নমস্কার সবাইকে",
    "Tamil": "வணக்கம் உலகம்",
    "Telugu": "నమస్కారం ప్రపంచం",
    "Gujarati": "નમસ્તે દુનિયા",
    "Gurmukhi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ",
    "Kannada": "ನಮಸ್ಕಾರ ಜಗತ್ತು",
    "Malayalam": "നമസ്കാരം ലോകം",
    "Odia": "ନମସ୍କାର ଜଗତ",
    "Sinhala": "ආයුබෝවන් ලෝකය",
    "Khmer": "សួស្តីពិភពលោក",
    "Lao": "ສະບາຍດີຊາວໂລກ",
    "Burmese": "မင်္ဂလာပါ ကမ္ဘာ",
    "Georgian": "გამარჯობა მსოფლიო",
    "Armenian": "Բարեւ աշխարհ",
    "Amharic": "ሰላም ለዓለም",
    "Simplified Chinese": "你好，世界",
    "Traditional Chinese": "你好，世界",
}


def draw(look: Look, target: IO[bytes]) -> None:
    """Write the card as PNG, 960x320 pixels. The same look gives the same pixels.

    Raises InputError (model_missing) where its letters are not installed.
    """
    style = _style(look)
    rows = [_row(look.name, style, _NAME, _NAME_HEIGHT)]
    rows += [_row(text, style, _LINE, _LINE_HEIGHT) for text in _samples(look.family)]
    around = _label(look).padding_y if look.background != "none" else 0.0
    gap = _GAP + around * (_NAME + _LINE)
    y = (SIZE[1] - sum(row.height for row in rows) - gap * (len(rows) - 1)) / 2
    placed = [Placed(plate_sprite(_CARD, *SIZE, 1.0), 0, 0)]
    for row in rows:
        placed += _placed(row, look, y)
        y += row.height + gap
    patch = compose(*SIZE, placed)
    assert patch is not None  # noqa: S101 (the card is always there)
    Image.fromarray(patch.rgba[..., :3]).save(target, "PNG", optimize=True)


def _style(look: Look) -> Style:
    colour = _DARK if look.background != "none" else (look.colours or (_LIGHT,))[0]
    return Style(
        look.family,
        look.weight,
        fill=colour,
        glows=tuple(replace(glow, colour=colour) for glow in look.glows),
        tracking=look.tracking,
        slant=look.slant,
        case=look.case,
    )


def _label(look: Look) -> Plate:
    return replace(look.plate, fill=_LIGHT)


def _samples(family: str) -> list[str]:
    greetings = dict.fromkeys(GREETINGS[script] for script in scripts(family) if script in GREETINGS)
    return [PANGRAM, *(["  ".join(greetings)] if greetings else [])]


def _row(text: str, style: Style, size: float, height: float) -> Layout:
    return fit(words(text, style), size, SIZE[0] - 2 * _MARGIN, height, max_lines=1, align="left")


def _placed(row: Layout, look: Look, y: float) -> Iterator[Placed]:
    for line in row.lines:
        if look.background != "none":
            box, size = line.box, line.words[0].size
            yield Placed(
                plate_sprite(_label(look), box.width, box.height, size), _MARGIN + box.left, y + box.top
            )
        for word in line.words:
            drawn = sprite(word.text, word.style, word.size, right_to_left=row.right_to_left)
            yield Placed(drawn, _MARGIN + word.x, y + word.y)
