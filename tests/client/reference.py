"""The samples of docs/reference, and what the names in them stand for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from morgana.client import Client
from tests.client.samples import DOCS

LANGUAGES: Final = ("bash", "python", "typescript")
PAGES: Final = DOCS / "reference"
NAMES: Final = (
    "BASE_URL",
    "API_KEY",
    "VIDEO_ID",
    "VIDEO_URL",
    "SHARE_LINK_URL",
    "TEMPLATE_ID",
    "TEXT_OVERLAY_ID",
    "ACTOR_ID",
    "WEBHOOK_ID",
    "DELIVERY_ID",
)
_TEMPLATE: Final = "Alhena"
_BEFORE: Final = 'import { Morgana } from "morgana-client";\nconst client = new Morgana();\n'
# Runs every sample in one process, and tells the server which one begins.
_RUN: Final = """
const subjects: Record<string, Record<string, string>> = JSON.parse(process.env.SUBJECTS!);
console.log = () => {};
for (const [name, subject] of Object.entries(subjects)) {
  Object.assign(process.env, subject);
  await fetch(`${process.env.MORGANA_BASE_URL}/sample/${name}`);
  try {
    await import(`./${name}.ts`);
  } catch (error) {
    console.error(name, error);
    process.exitCode = 1;
  }
}
export {};
"""


@dataclass(frozen=True)
class Sample:
    """How to call an endpoint, such as `GET /v1/videos`, in one language."""

    name: str
    endpoint: str
    language: str
    code: str


def sections(page: Path) -> Iterator[tuple[str, str]]:
    """The endpoints of a page, each with the text of its section."""
    for section in page.read_text().split("\n## ")[1:]:
        found = re.match(r".*\n\n`([A-Z]+ /\S*)`\n", section)
        assert found, f"{page.name}: {section.splitlines()[0]} names no endpoint in its first line"
        yield found[1], section


def samples() -> list[Sample]:
    """All of them, in the order in which they are shown."""
    numbers = count()
    return [
        Sample(f"{page.stem}_{next(numbers)}", endpoint, language, code)
        for page in sorted(PAGES.glob("*.md"))
        if page.stem != "index"
        for endpoint, section in sections(page)
        for language, code in re.findall(r"^```(\w+)\n(.*?)^```$", section, re.M | re.S)
    ]


def quick_start(language: str) -> Sample:
    """The first video of the quick start."""
    codes = re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / "quickstart.md").read_text(), re.M | re.S)
    assert len(codes) == 1
    return Sample("quickstart", "POST /v1/videos", language, codes[0])


def write_typescript(folder: Path) -> None:
    """The samples in TypeScript, each as a module, and `run.ts`, which runs them."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.ts"):
        old.unlink()
    for sample in [*samples(), quick_start("typescript")]:
        if sample.language == "typescript":
            used = [name for name in NAMES if re.search(rf"\b{name}\b", sample.code)]
            given = "".join(f"const {name} = process.env.{name}!;\n" for name in used)
            before = _BEFORE if "client." in sample.code and "new Morgana()" not in sample.code else ""
            (folder / f"{sample.name}.ts").write_text(before + given + sample.code + "export {};\n")
    (folder / "run.ts").write_text(_RUN)


def subjects(client: Client, key: str) -> dict[str, str]:
    """New ones of all that the samples name, on a server whose jobs are soon done."""
    video = client.videos.wait(client.videos.create(image="portrait.png", audio="speech.wav"), poll=0.02)
    overlay = client.overlays.create("clip.mp4", texts=["One", "Two"])
    actor = client.actors.create("Zoé", "portrait.png")
    webhook = client.webhooks.create("https://example.org/hooks")
    delivery = client.webhooks.test(webhook)
    client.overlays.wait(overlay, poll=0.02)
    shared = client.videos.share(video)
    assert shared.share_link_url
    assert video.video_url
    return {
        "BASE_URL": client.base_url,
        "API_KEY": key,
        "MORGANA_BASE_URL": client.base_url,
        "MORGANA_API_KEY": key,
        "VIDEO_ID": video.id,
        "VIDEO_URL": video.video_url,
        "SHARE_LINK_URL": shared.share_link_url,
        "TEMPLATE_ID": next(one.id for one in client.captions.templates.list() if one.name == _TEMPLATE),
        "TEXT_OVERLAY_ID": overlay.id,
        "ACTOR_ID": actor.id,
        "WEBHOOK_ID": webhook.id,
        "DELIVERY_ID": delivery.id,
    }
