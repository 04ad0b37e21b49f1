"""The documentation lists all there is, and nothing that is not there."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from pydantic_core import PydanticUndefined

from morgana.captions.template import Boxes, Caret, Flicker, Layout, Motion, Pulse, Template
from morgana.errors import ErrorCode
from morgana.models import catalogue, fonts, is_installed
from morgana.overlays.look import looks
from morgana.overlays.overlay import Overlay
from morgana.settings import Settings
from morgana.text.coverage import scripts
from morgana.text.fonts import families
from morgana.text.style import Style

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def rows(document: str, heading: str = "") -> list[str]:
    """The table rows of a document, or of its part under a heading."""
    text = (DOCS / document).read_text()
    if heading:
        text = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line for line in text.splitlines() if line.startswith("| `")]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def first_cells(document: str, heading: str = "") -> set[str]:
    return {name for row in rows(document, heading) for name in quoted(row.split("|")[1])}


def test_every_reason_why_a_video_fails_is_documented() -> None:
    assert first_cells("errors.md", "Of a video") == {code.value for code in ErrorCode}


def test_every_error_code_of_the_api_is_documented() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "src/morgana/api").glob("*.py"))
    raised = set(re.findall(r'(?:ApiError|answer)\(\s*[\w.]+,\s*"([a-z_]+)"', sources))
    assert raised
    documented = first_cells("errors.md", "Of a request")
    assert raised <= documented
    assert [code for code in documented if f'"{code}"' not in sources] == []


def test_every_setting_is_documented() -> None:
    assert first_cells("settings.md") == {f"MORGANA_{name.upper()}" for name in Settings.model_fields}


def test_the_defaults_of_settings_are_documented_as_they_are() -> None:
    documented = {quoted(row)[0]: row.split("|")[2].split()[0].strip("`") for row in rows("settings.md")}
    fixed = {
        f"MORGANA_{name.upper()}": str(field.default)
        for name, field in Settings.model_fields.items()
        if field.default not in (None, PydanticUndefined)
    }
    assert fixed["MORGANA_MAX_AUDIO_SECONDS"] == "180"
    assert {name: documented[name] for name in fixed} == fixed


def test_every_weight_is_documented_with_its_licence() -> None:
    documented = {quoted(row)[0]: row.split("|")[4].strip() for row in rows("models.md")}
    assert documented == {
        name: weight.licence for name, weight in catalogue().items() if not name.startswith("font-")
    }


def test_every_font_is_documented_as_it_is() -> None:
    documented = {}
    for row in rows("fonts.md"):
        family, style, weights, writes, licence = (cell.strip() for cell in row.split("|")[1:6])
        documented[quoted(family)[0]] = (style, weights, writes, licence)
    for family, font in fonts().items():
        is_chosen = family in families() and is_installed(font.name)
        writes = ", ".join(scripts(family)) if is_chosen else documented[family][2]
        weights = " ".join(str(face.weight) for face in font.faces)
        assert documented.pop(family) == (font.style, weights, writes, font.licence)
    assert documented == {}


def test_every_wish_for_an_overlay_and_every_look_is_documented() -> None:
    assert first_cells("overlays.md", "What you may wish for") == {field.name for field in fields(Overlay)}
    assert first_cells("overlays.md", "Looks") == set(looks())


def test_every_field_of_a_caption_template_is_documented() -> None:
    named = set(quoted("\n".join(rows("captions.md", "Writing a template"))))
    assert first_cells("captions.md", "Writing a template") == set(Template.model_fields)
    for part in (Motion, Pulse, Layout, Boxes, Caret, Flicker):
        assert set(part.model_fields) - named == set(), part
    assert {field.name for field in fields(Style)} - named == set()


def test_the_template_in_the_docs_is_one() -> None:
    written = (DOCS / "captions.md").read_text().split("```toml\n")[1].split("```")[0]
    template = Template.model_validate(tomllib.loads(written))
    assert template.looks[1].fill == "#ffd60a"


def test_links_lead_somewhere() -> None:
    for document in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_no_package_registry_host_is_named() -> None:
    hosts = re.compile(r"pypi\.org|pythonhosted|npmjs")
    for document in [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "src").rglob("*.py")]:
        assert not hosts.search(document.read_text()), document
