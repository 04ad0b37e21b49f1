"""What a font or a look looks like: its name, and a line of text, on a card, drawn as over a film.

`python -m morgana.overlays.specimen NAME FILE [NAME FILE ...]` draws cards in a process of its own.
"""

import json
import os
import sys
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morgana.errors import InputError
from morgana.overlays.drawing import draw
from morgana.overlays.look import Look, find_look
from morgana.overlays.paint import INK, WHITE, Paint
from morgana.overlays.placing import Place
from morgana.overlays.setting import Setting, letters_of
from morgana.text.coverage import scripts
from morgana.text.paragraph import Layout, fit, words
from morgana.video.patch import Patch

SIZE: Final = (960, 320)  # width, height of the card in pixels
CARD: Final = (24, 26, 32)
_MARGIN: Final = 64.0
_NAME, _LINE = 104.0, 46.0  # pixels to the em, at most
_NICENESS: Final = 5  # whoever serves, on the same cores, stays quick to answer
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


def draw_specimen(look: Look, target: Path) -> None:
    """Write the card to `target` (PNG), 960x320 pixels. The same look gives the same pixels.

    Raises InputError (model_missing) where its letters are not installed.
    """
    rows = [_row(look.name, look, _NAME, _NAME_HEIGHT)]
    rows += [_row(text, look, _LINE, _LINE_HEIGHT) for text in _samples(look.family)]
    gap = _GAP + (look.plaque.padding_y * (_NAME + _LINE) if look.background != "none" else 0.0)
    y = (SIZE[1] - sum(row.height for row in rows) - gap * (len(rows) - 1)) / 2
    card = np.full((SIZE[1], SIZE[0], 3), CARD, np.uint8)
    paint = _paint(look)
    for row in rows:
        if row.words:
            _lay(card, draw(Place(Setting(row, row.words[0].size), _MARGIN, y, 0.0), paint, look))
        y += row.height + gap
    Image.fromarray(card).save(target, "PNG", optimize=True)


def _paint(look: Look) -> Paint:
    if look.background != "none":
        return Paint(INK, plate=look.background, plate_colour=WHITE)
    if look.tints:
        return Paint(look.tints[0].text, light=look.tints[0].light)
    return Paint(WHITE)


def _samples(family: str) -> list[str]:
    greetings = dict.fromkeys(GREETINGS[script] for script in scripts(family) if script in GREETINGS)
    return [PANGRAM, *(["  ".join(greetings)] if greetings else [])]


def _row(text: str, look: Look, size: float, height: float) -> Layout:
    pieces = words(text, letters_of(look))
    return fit(pieces, size, SIZE[0] - 2 * _MARGIN, height, max_lines=1, align="left")


def _lay(card: NDArray[np.uint8], patch: Patch) -> None:
    """Blend what of the patch is on the card, which is changed."""
    top, left = max(patch.y, 0), max(patch.x, 0)
    over = patch.rgba[top - patch.y : SIZE[1] - patch.y, left - patch.x : SIZE[0] - patch.x]
    under = card[top : top + over.shape[0], left : left + over.shape[1]]
    kept = under * (255 - over[..., 3:].astype(np.uint16))
    under[...] = np.minimum(over[..., :3] + (kept + 127) // 255, 255).astype(np.uint8)


def main() -> None:
    os.nice(_NICENESS)
    try:
        for name, target in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
            draw_specimen(find_look(name), Path(target))
    except InputError as error:
        print(json.dumps({"code": error.code.value, "message": error.message}), flush=True)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()
