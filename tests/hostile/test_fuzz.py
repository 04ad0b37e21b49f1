"""Files of our own, damaged at random and opened as uploads are; `benchmarks/fuzz.py` goes on for hours."""

from pathlib import Path

import fuzz
import pytest
from fuzz_opening import READ, mutant
from fuzz_seeds import KINDS, seeds

from morgana.jobs.sandbox import Sandbox

FILES = 500  # of each kind
SEED = 20
SLOWEST_S = 5.0  # of processor time
MOST_BYTES = 160 * 2**20
# What a damaged file may be called, other than too large, too long and the like for what it claims now.
REFUSALS = {"jpeg": "image_undecodable", "png": "image_undecodable", "wav": "audio_undecodable"}
REFUSALS |= {"mp3": "audio_undecodable", "mp4": "video_undecodable", "mov": "video_undecodable"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_file_does_more_than_be_refused(kind: str, sandbox: Sandbox, tmp_path: Path) -> None:
    tally = fuzz.Tally()
    fuzz.fuzz(kind, SEED, 0, FILES, sandbox, tmp_path, tally)
    assert tally.findings == []
    assert tally.counts.total() == FILES
    assert set(tally.counts) <= {READ, *fuzz.CODES}
    assert tally.counts[REFUSALS[kind]] > FILES / 50  # the damage is not without effect
    assert tally.counts[READ] > FILES / 50  # and some of it is such that decoders go on
    assert tally.seconds < SLOWEST_S
    assert tally.bytes < MOST_BYTES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_and_a_number_say_which_file_it_was(kind: str) -> None:
    made, again = seeds(kind), seeds(kind)
    files = [mutant(made, kind, SEED, number) for number in range(40)]
    assert files == [mutant(again, kind, SEED, number) for number in range(40)]
    assert len(set(files)) > 35
    assert files != [mutant(made, kind, SEED + 1, number) for number in range(40)]


def test_what_no_file_may_do_is_found_and_the_rest_is_opened_all_the_same(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    tally = fuzz.Tally()
    fuzz.fuzz("wav", SEED, 0, 6, sandbox, tmp_path, tally, "tests.hostile.failing:crash")
    raised, left, ended, again = tally.findings
    assert raised == f"wav --seed {SEED} --only 1: KeyError: 'unforeseen'"
    assert left == f"wav --seed {SEED} --only 2: left forgotten"
    assert ended.startswith(f"wav --seed {SEED} --only 3: The child was killed by SIGSEGV")
    assert "--only 5: KeyError" in again  # a new child counts anew
    assert tally.counts == {READ: 3, "raised": 2, "ended its child": 1}


def test_a_file_that_stops_a_child_is_found(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "STALL_SECONDS", 2.0)
    tally = fuzz.Tally()
    fuzz.fuzz("wav", SEED, 7, 1, sandbox, tmp_path, tally, "tests.hostile.failing:hang")
    assert tally.findings == [f"wav --seed {SEED} --only 7: no answer within 2 s"]
