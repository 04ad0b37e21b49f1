"""The site of the documentation: it builds without a warning and loads nothing from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from morgana.captions.template import templates
from morgana.overlays.look import looks
from morgana.text.fonts import families
from scripts.galleries import FONT_SIZE, TEMPLATE_WIDTH, font_page, slug, template_page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as continuous integration does. Links, anchors and pages that are not there fail it."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_every_page_is_built(site: Path) -> None:
    pages = [page.relative_to(DOCS) for page in DOCS.rglob("*.md")]
    assert len(pages) > 40
    assert [page for page in pages if not (site / page.with_suffix(".html")).exists()] == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loading = re.compile(
        r"""(?:src|srcset|poster)=["']?(https?:)?//|<link[^>]+href=["']?(https?:)?//|@import"""
    )
    for page in site.rglob("*.html"):
        assert not loading.search(page.read_text()), page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text()), sheet


def test_each_endpoint_is_shown_in_three_tabs(site: Path) -> None:
    page = (site / "reference" / "actors.html").read_text()
    assert page.count('class="tabbed-set') == 4
    for label in ("curl", "Python", "TypeScript"):
        assert page.count(f">{label}</label>") == 4


def test_the_galleries_are_those_of_what_there_is() -> None:
    again = "Run `.venv/bin/python scripts/galleries.py`"
    assert (DOCS / "gallery" / "templates.md").read_text() == template_page(), again
    assert (DOCS / "gallery" / "fonts.md").read_text() == font_page(), again


def test_every_picture_of_a_gallery_shows_something() -> None:
    drawn = {
        DOCS / "images" / "templates" / f"{slug(name)}.webp": TEMPLATE_WIDTH for name in templates_named()
    }
    drawn |= {
        DOCS / "images" / "fonts" / f"{slug(name)}.webp": FONT_SIZE[0] for name in (*looks(), *families())
    }
    assert len(drawn) > 120
    for path, width in drawn.items():
        with Image.open(path) as picture:
            assert picture.width == width
            assert np.ptp(np.asarray(picture.convert("L"))) > 60, f"{path.name} shows nothing"
    folders = (DOCS / "images" / "templates", DOCS / "images" / "fonts")
    assert {path for folder in folders for path in folder.iterdir()} == set(drawn)


def templates_named() -> list[str]:
    return [template.name for template in templates().values()]
