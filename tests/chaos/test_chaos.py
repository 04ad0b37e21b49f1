"""The short form: one installation, cheap jobs, and one or two of each fault that needs no other server."""

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.chaos

JOBS = 24
NEVER = ("lost", "doubled", "stuck", "progress went back", "files neither referenced nor swept")


def test_every_accepted_job_ends_once_whatever_is_done_to_the_service() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--short", "--jobs", str(JOBS), "--stores", "local"],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    counts = {name: int(count) for name, count in re.findall(r"^\| (.+?) +\| +(\d+) \|$", ran.stdout, re.M)}
    assert counts["jobs accepted"] == JOBS
    assert {name: counts[name] for name in NEVER} == dict.fromkeys(NEVER, 0)
    ended = sum(
        count for name, count in counts.items() if name.startswith(("completed", "cancelled", "failed"))
    )
    assert ended == JOBS
    assert counts["completed"] > JOBS / 2
    assert counts["faults injected"] >= 8
