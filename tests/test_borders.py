"""The import contracts in pyproject.toml hold, and notice when one of them is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A module, an import that does not belong there, and the contract that must say so.
VIOLATIONS = {
    "pipeline asks for SQL": (
        "portrait/performance.py",
        "import sqlalchemy",
        "pipelines know nothing of HTTP, SQL or jobs",
    ),
    "pipeline asks for HTTP, by a detour": (
        "errors.py",
        "from starlette.responses import Response",
        "pipelines know nothing of HTTP, SQL or jobs",
    ),
    "video asks for speech": (
        "video/__init__.py",
        "import morgana.speech.transcript",
        "pipelines build on each other in one direction",
    ),
    "renderer asks for acting": (
        "portrait/mesh/__init__.py",
        "import morgana.portrait.acting.curves",
        "the acting and the renderer meet only in the performance",
    ),
    "performance asks for renderer": (
        "portrait/performance.py",
        "import morgana.portrait.mesh",
        "the performance knows neither who acts nor who renders",
    ),
    "api decodes": ("api/uploads.py", "import PIL.Image", "api never decodes media and never runs a job"),
    "api captions": (
        "api/captions.py",
        "import morgana.captions.template",
        "api never decodes media and never runs a job",
    ),
    "api writes overlays": (
        "api/captions.py",
        "import morgana.overlays.overlay",
        "api never decodes media and never runs a job",
    ),
    "captions ask for overlays": (
        "captions/pages.py",
        "import morgana.overlays.look",
        "captions and overlays do not know each other",
    ),
    "overlays draw letters": ("overlays/drawing.py", "import skia", "only text touches Skia"),
    "captions decode": ("captions/pages.py", "import av", "only video touches PyAV"),
    "api speaks": ("api/speech.py", "import morgana.live", "api never decodes media and never runs a job"),
    "assistants are served by the store": (
        "mcp/here.py",
        "import morgana.store",
        "assistants are served through the commands and the client",
    ),
    "live answers HTTP": (
        "live/speaker.py",
        "import starlette",
        "live speaks, and knows nothing of HTTP, SQL or jobs",
    ),
    "webhooks ask for records": (
        "webhooks/sending.py",
        "import morgana.store",
        "webhooks sign and send, and know nothing of SQL, jobs or the API",
    ),
    "jobs answer HTTP": ("jobs/room.py", "import fastapi", "store and jobs know nothing of HTTP"),
    "store runs jobs": ("store/records.py", "import morgana.jobs", "store stands below jobs"),
    "speech decodes": ("speech/__init__.py", "import av", "only video touches PyAV"),
    "text decodes": ("text/sprite.py", "import av", "only video touches PyAV"),
    "video draws": ("video/patch.py", "import skia", "only text touches Skia"),
    "text listens": (
        "text/style.py",
        "import morgana.speech.transcript",
        "pipelines build on each other in one direction",
    ),
    "client looks behind the server": (
        "client/objects.py",
        "import morgana.api.schemas",
        "the client knows the server by HTTP only",
    ),
    "jobs query": ("jobs/room.py", "import sqlalchemy", "only store touches SQL"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src" / "morgana", tmp_path / "morgana", ignore=shutil.ignore_patterns("assets"))
    return tmp_path


def test_no_border_is_crossed() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_crossed_border_is_noticed(copied: Path, violation: str) -> None:
    module, line, contract = VIOLATIONS[violation]
    path = copied / "morgana" / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    outcome = lint_imports(copied)
    assert f"{contract} BROKEN" in outcome.stdout
    assert outcome.returncode == 1
