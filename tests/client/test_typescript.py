"""The TypeScript client: its types are those of the served API, it compiles, and it works."""

from pathlib import Path

from scripts.typescript_types import write_types
from tests.api.conftest import MP4, Room
from tests.client.conftest import TYPESCRIPT
from tests.client.samples import lay_out, worked_off
from tests.node import node

TSC = TYPESCRIPT / "node_modules" / "typescript" / "bin" / "tsc"


def test_its_types_are_those_of_the_served_api(built: Path, tmp_path: Path) -> None:
    write_types(tmp_path / "schema.ts")
    same = (tmp_path / "schema.ts").read_text() == (built / "src" / "schema.ts").read_text()
    assert same, "The API has changed: run `.venv/bin/python scripts/typescript_types.py`"


def test_its_tests_and_samples_have_the_right_types(built: Path) -> None:
    assert node(TSC, "-p", "test", folder=built) == ""


def test_it_keeps_its_promises_on_a_faulty_server(built: Path) -> None:
    told = node("--test", "test/faults.test.ts", folder=built)
    assert "# fail 0" in told or "fail 0" in told


def test_every_sample_runs(built: Path, server: str, key: str, room: Room, tmp_path: Path) -> None:
    lay_out(tmp_path)
    with worked_off(room):
        printed = node(
            built / "build" / "sample.ts", folder=tmp_path, MORGANA_BASE_URL=server, MORGANA_API_KEY=key
        )
    for film in ("video", "captioned", "sale0"):
        assert (tmp_path / f"{film}.mp4").read_bytes() == MP4
    assert (tmp_path / "hello.wav").read_bytes().startswith(b"RIFF")
    for told in ("COMPLETE 100", "Alhena", "It starts after the end.", "expression ", "Neon"):
        assert told in printed
