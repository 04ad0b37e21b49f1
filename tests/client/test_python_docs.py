import re
import warnings
from pathlib import Path

import pytest

from morgana.client import Client
from morgana.client.operations import Resource
from tests.api.conftest import MP4, Room
from tests.client.samples import DOCS, lay_out, samples, worked_off


def operations(resource: object) -> set[str]:
    return {one for one in dir(resource) if not one.startswith("_") and callable(getattr(resource, one))}


def test_every_operation_is_named() -> None:
    text = (DOCS / "python.md").read_text().split("## All operations\n")[1].split("\n## ")[0]
    named: dict[str, set[str]] = {}
    for row in [line for line in text.splitlines() if line.startswith("| `")]:
        resources, told = (set(re.findall("`([^`]+)`", cell)) for cell in row.split("|")[1:3])
        named |= dict.fromkeys(resources, told or named.get("client.videos", set()))
    with Client("http://a", "key") as client:
        parts = {f"client.{name}": part for name, part in vars(client).items() if isinstance(part, Resource)}
        parts["client.captions.templates"] = client.captions.templates
        assert named == {name: operations(part) for name, part in parts.items()}


def test_every_sample_runs(
    server: str,
    key: str,
    room: Room,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MORGANA_BASE_URL", server)
    monkeypatch.setenv("MORGANA_API_KEY", key)
    code = compile(samples("python.md", "python"), "docs/python.md", "exec")
    names: dict[str, object] = {"__name__": "__main__"}
    with worked_off(room), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # of files that a sample leaves open
        exec(code, names)  # noqa: S102
    names["client"].close()  # type: ignore[attr-defined]
    for film in ("video", "talking", "captioned", "sale0"):
        assert (tmp_path / f"{film}.mp4").read_bytes() == MP4
    assert (tmp_path / "usage.csv").read_text().count("\n") > 1
    assert (tmp_path / "hello.wav").read_bytes().startswith(b"RIFF")
    printed = capsys.readouterr().out
    for told in (
        "COMPLETE 100",
        "WEBVTT",
        "Alhena",
        "It starts after the end.",
        "expression ",
        "'Neon'",
        "/s/",
        "\n400\n",
    ):
        assert told in printed
