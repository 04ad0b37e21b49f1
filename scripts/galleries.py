"""The galleries of the documentation: a picture of every caption template, and a card of every font and look.

.venv/bin/python scripts/galleries.py            # writes docs/gallery/*.md and docs/images/{templates,fonts}

All fonts have to be installed: `morgana models pull`, and with `scripts` and `cjk`.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from caption_gallery import FRAME, SHOWN, backgrounds, moment
from PIL import Image

from morgana.captions.template import Template, templates
from morgana.overlays.look import find_look, looks
from morgana.overlays.specimen import draw_specimen
from morgana.text.fonts import families

DOCS = Path(__file__).parents[1] / "docs"
TEMPLATE_WIDTH = 300  # pixels; shown at half of it on a dense screen
FONT_SIZE = (480, 160)
AT = 1.45  # seconds: a page stands, and a word of it is being said
QUALITY = 72


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def draw_template(template: Template, target: Path) -> None:
    dark, _ = backgrounds()
    shown = Image.fromarray(moment(template, AT, dark)[SHOWN[0] : SHOWN[1]])
    height = round(TEMPLATE_WIDTH * shown.height / FRAME.width)
    shown.resize((TEMPLATE_WIDTH, height), Image.Resampling.LANCZOS).save(target, quality=QUALITY, method=6)


def draw_font(name: str, target: Path) -> None:
    with TemporaryDirectory() as folder:
        card = Path(folder, "card.png")
        draw_specimen(find_look(name), card)
        with Image.open(card) as drawn:
            drawn.resize(FONT_SIZE, Image.Resampling.LANCZOS).save(target, quality=QUALITY, method=6)


def cards(entries: Iterable[tuple[str, str, str]], kind: str = "gallery") -> str:
    """A grid of pictures, each with its name and a line about it: (path, name, text)."""
    shown = [
        f"- ![{name}]({path}){{ loading=lazy }}\n\n    **{name}**<br>{text}\n" for path, name, text in entries
    ]
    return f'<div class="{kind}" markdown>\n\n' + "\n".join(shown) + "\n</div>\n"


def template_page() -> str:
    entries = [
        (f"../images/templates/{slug(one.name)}.webp", one.name, one.summary) for one in templates().values()
    ]
    return f"""# Caption templates

{len(entries)} styles for [captions](../captions.md). Each is shown while a word is being said;
the [studio](../studio.md) plays them, as does the `preview_url` of
[each template](../reference/captions.md#list-caption-templates).

{cards(entries)}
This page and its pictures are made by `.venv/bin/python scripts/galleries.py`.
"""


def font_page() -> str:
    entries = {
        name: (f"../images/fonts/{slug(name)}.webp", name, find_look(name).summary if name in looks() else "")
        for name in (*looks(), *families())
    }
    return f"""# Fonts and looks

What `font` of a [text overlay](../overlays.md) may be. [The list of fonts](../fonts.md) says in which
weights and scripts each is there, by whom it is and under which licence.

## Looks

A look is a way to set text in a font; the letters' colours follow the film.

{cards((entries[name] for name in looks()), "gallery wide")}
## Fonts

{cards((entries[name] for name in families()), "gallery wide")}
This page and its pictures are made by `.venv/bin/python scripts/galleries.py`.
"""


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    for folder in ("gallery", "images/templates", "images/fonts"):
        (DOCS / folder).mkdir(exist_ok=True)
    for template in templates().values():
        draw_template(template, DOCS / "images/templates" / f"{slug(template.name)}.webp")
    for name in (*looks(), *families()):
        draw_font(name, DOCS / "images/fonts" / f"{slug(name)}.webp")
    (DOCS / "gallery/templates.md").write_text(template_page())
    (DOCS / "gallery/fonts.md").write_text(font_page())


if __name__ == "__main__":
    main()
