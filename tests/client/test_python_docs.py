import warnings
from pathlib import Path

import pytest

from tests.api.conftest import MP4, Room
from tests.client.samples import lay_out, samples, worked_off


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
