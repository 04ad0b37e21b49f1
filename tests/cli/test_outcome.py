"""How commands end: exit statuses, `--json`, and interruptions."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from morgana.cli.outcome import Status
from tests.cli.conftest import Run

MORGANA = str(Path(sys.executable).parent / "morgana")
DOCS = Path(__file__).parents[2] / "docs/cli.md"
DEADLINE = 300.0

Captured = pytest.CaptureFixture[str]


def test_json_tells_the_result_of_a_command_that_runs_here(
    morgana: Run, tmp_path: Path, capsys: Captured
) -> None:
    output, times = tmp_path / "said.wav", tmp_path / "said.json"
    asked = ["speak", "Hello there. Good bye.", "-o", str(output), "--timestamps", str(times), "--json"]
    assert morgana(*asked) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"output": str(output), "timestamps": str(times)}
    shares = [json.loads(line)["progress"] for line in captured.err.splitlines()]
    assert shares == sorted(set(shares))
    assert (shares[0], shares[-1]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["...", "-o", "said.wav"], 3, "text_unpronounceable"),
        (["Hello.", "-o", "said.wav", "--voice", "nobody"], 3, "voice_not_found"),
        (["Hello.", "-o", "nowhere/said.wav"], 1, "impossible"),
    ],
)
def test_json_tells_what_went_wrong(
    morgana: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
    arguments: list[str],
    status: int,
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert morgana("speak", *arguments, "--json") == status
    error: dict[str, Any] = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == code
    assert error["message"]
    assert morgana("speak", *arguments) == status
    assert error["message"] in capsys.readouterr().err


def test_json_holds_for_one_command_only(morgana: Run, tmp_path: Path, capsys: Captured) -> None:
    assert morgana("speak", "Hello.", "-o", str(tmp_path / "said.wav"), "--json") == 0
    capsys.readouterr()
    assert morgana("speak", "Hello.", "-o", str(tmp_path / "said.wav")) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_leaves_no_half_file(tmp_path: Path, number: int, status: int) -> None:
    output = tmp_path / "said.wav"
    output.write_bytes(b"precious")
    # Long enough to be interrupted: minutes of speech.
    command = [MORGANA, "speak", "-", "-o", str(output), "--json"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    ) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write("And so on, and on, and on it goes. " * 280)
        process.stdin.close()
        assert json.loads(process.stderr.readline()) == {"progress": 0}
        deadline = time.monotonic() + DEADLINE
        while not any(file.stat().st_size for file in tmp_path.glob(".morgana-*/*")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        assert process.wait(DEADLINE) == status
        assert "Traceback" not in process.stderr.read()
    assert output.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [output]


def test_every_exit_status_is_documented() -> None:
    listed = [line.split("`")[1] for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    numbers = [int(name) for name in listed if name.isdecimal()]
    assert numbers == [*sorted(status.value for status in Status), 128 + signal.SIGTERM]
