"""Damages files of our own and opens them as jobs do: `python benchmarks/fuzz.py --hours 1 --seed 7`.

Each kind of file in turn, in children with the limits and the sandbox of jobs, until the time is over.
Prints what became of how many, and ends with 1 if any file crashed or stopped a child, was answered by
anything but a clear refusal, or left something behind. What to reproduce it with is printed: kind, seed and
number.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fuzz_opening import READ, RESULTS, mutant
from fuzz_seeds import KINDS, seeds

from morgana.errors import ErrorCode
from morgana.jobs import places, process
from morgana.jobs.process import Crashed, Finished, Limits, Refused, Stopped
from morgana.jobs.sandbox import Sandbox
from morgana.jobs.selftest import choose
from morgana.jobs.task import Task

MUTATED: Final = "fuzz_opening:open_mutated"
BATCH: Final = 500  # files of one child
LIMITS: Final = Limits(seconds=3600, memory_bytes=2**30)
STALL_SECONDS: Final = 30.0  # without an answer to a file: it has stopped the child
CODES: Final = frozenset(ErrorCode) - {ErrorCode.INTERNAL_ERROR}
_HERE: Final = str(Path(__file__).parent)


@dataclass
class Tally:
    """What became of the files of one kind. findings: each as a line, with what it takes to see it again."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0  # of processor time, the slowest file
    bytes: int = 0  # the most that a file took

    def add(self, result: dict[str, Any], seed: int) -> None:
        outcome = result["outcome"]
        known = outcome == READ or outcome in CODES
        self.counts[outcome if known else "raised"] += 1
        self.seconds = max(self.seconds, result["seconds"])
        self.bytes = max(self.bytes, result["bytes"])
        where = f"{result['kind']} --seed {seed} --only {result['name']}"
        if not known:
            self.findings.append(f"{where}: {outcome}")
        if result["left"]:
            self.findings.append(f"{where}: left {', '.join(result['left'])}")


def fuzz(
    kind: str,
    seed: int,
    first: int,
    count: int,
    sandbox: Sandbox,
    scratch: Path,
    tally: Tally,
    pipeline: str = MUTATED,
) -> None:
    """Open so many mutants in children; one that ends its child is a finding, and the next child goes on."""
    end = first + count
    while first < end:
        options = {"kind": kind, "seed": seed, "first": first, "count": end - first}
        results, ending = opened(pipeline, {}, options, sandbox, scratch)
        for result in results:
            tally.add(result, seed)
        first += len(results)
        if ending is not None:
            tally.counts["ended its child"] += 1
            tally.findings.append(f"{kind} --seed {seed} --only {first}: {ending}")
            first += 1


def opened(
    pipeline: str, inputs: dict[str, Path], options: dict[str, Any], sandbox: Sandbox, scratch: Path
) -> tuple[list[dict[str, Any]], str | None]:
    """The results of one child, and how it ended if that was not well; it leaves nothing else behind."""
    last = [0.0, time.monotonic()]

    def going(share: float) -> bool:
        if share > last[0]:
            last[:] = share, time.monotonic()
        return time.monotonic() - last[1] < STALL_SECONDS

    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder, output = Path(name), Path(name) / "output"
        output.mkdir()
        given = {one: str(path) for one, path in inputs.items()}
        task = Task(pipeline, given, str(output), options, os.getpid())
        outcome = process.run(task, folder, LIMITS, sandbox, going)
        file = output / RESULTS
        lines = file.read_text().splitlines() if file.exists() else []
        results = [json.loads(line) for line in lines]
        if left := sorted(path.name for path in output.iterdir() if path != file):
            return results, f"left {', '.join(left)}"
    return results, _ending(outcome)


def _ending(outcome: process.Outcome) -> str | None:
    match outcome:
        case Finished():
            return None
        case Stopped():
            return f"no answer within {STALL_SECONDS:g} s"
        case Refused(_, message):
            return message
        case Crashed(detail):
            return detail
        case _:
            return str(outcome)


def _rounds(kinds: list[str], seconds: float) -> Iterator[tuple[str, int]]:
    deadline, first = time.monotonic() + seconds, 0
    while True:
        for kind in kinds:
            yield kind, first
        first += BATCH
        if time.monotonic() > deadline:
            return


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Damages files of our own and opens them as jobs do.")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, action="append", help="by default all")
    parser.add_argument("--sandbox", default="auto", help="the level of MORGANA_SANDBOX")
    parser.add_argument("--only", type=int, help="write this one file of the kind to the standard output")
    return parser.parse_args()


def main() -> int:
    asked = _asked()
    kinds = asked.kind or list(KINDS)
    if asked.only is not None:
        sys.stdout.buffer.write(mutant(seeds(kinds[0]), kinds[0], asked.seed, asked.only))
        return 0
    os.environ["PYTHONPATH"] = _HERE
    tallies = {kind: Tally() for kind in kinds}
    with tempfile.TemporaryDirectory() as name:
        sandbox = choose(asked.sandbox, places.sandbox, Path(name))
        print(f"sandbox: {sandbox}", flush=True)
        for kind, first in _rounds(kinds, asked.hours * 3600):
            known = len(tallies[kind].findings)
            fuzz(kind, asked.seed, first, BATCH, sandbox, Path(name), tallies[kind])
            for finding in tallies[kind].findings[known:]:
                print(f"  --kind {finding}", flush=True)
    for kind, tally in tallies.items():
        told = ", ".join(f"{count} {what}" for what, count in tally.counts.most_common())
        most = f"at most {tally.seconds:.2f} CPU-s, {tally.bytes / 2**20:.0f} MiB"
        print(f"{kind:5} {tally.counts.total():8} files: {told}; {most}; {len(tally.findings)} findings")
    return int(any(tally.findings for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
