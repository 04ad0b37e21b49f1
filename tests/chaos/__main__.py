"""`python -m tests.chaos`: jobs by the hundred, while what they need dies, stops, fills up or goes away.

Prints what was done and what came of it, and ends with 1 if a job was lost, doubled or stuck, if progress
went back, or if a file is left that no record names.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from morgana import store
from morgana.settings import settings
from morgana.store import database
from tests.chaos import orders, stores
from tests.chaos.clients import Clients, Crowd
from tests.chaos.clock import Clock
from tests.chaos.disk import Disk
from tests.chaos.faults import Scene, inject, plan
from tests.chaos.machine import Machine
from tests.chaos.report import table
from tests.chaos.verdict import Verdict, judge
from tests.chaos.weights import Weights

_STEP_SECONDS = 30.0  # for which a fault waits until jobs have been accepted since the last one
_LAST_SECONDS = 900.0  # after the last fault, for whatever is unfinished
_COMMON = {
    "kill -9 of a server": 3,
    "kill -9 of a worker": 5,
    "kill -9 of a child": 6,
    "a server stopped and continued": 2,
    "a worker stopped and continued": 2,
    "a child stopped and continued": 2,
    "the disk full": 2,
    "the database gone": 2,
    "the clock set forwards and back": 1,
    "a weight file damaged": 1,
}
_SHORT = {
    "kill -9 of a server": 1,
    "kill -9 of a worker": 2,
    "kill -9 of a child": 2,
    "a worker stopped and continued": 1,
    "the disk full": 1,
    "the database gone": 1,
    "the clock set forwards and back": 1,
}


@dataclass(frozen=True)
class Form:
    """How much is asked for and done. away: seconds for which a store, or room on the disk, is gone."""

    jobs: int
    faults: Mapping[str, int]
    away: float
    real: bool
    servers: int
    workers: int


def run(form: Form, kept: stores.Stores, disk: Disk, folder: Path, seed: int) -> tuple[Verdict, Counter[str]]:
    """One installation, from its first start to its end."""
    chance = random.Random(seed)
    log = folder / "log"
    clock = Clock(folder / "clock")
    weights = Weights.linked(folder / "models", settings().models_folder)
    environment = {**kept.environment, **weights.environment()}
    _settle(environment)
    clients_keys = {owner: store.keys.create("chaos", owner)[1] for owner in orders.OWNERS}
    options = () if form.real else ("--cheap",)
    machine = Machine.of({**environment, **clock.environment()}, log, form.servers, form.workers, *options)
    clients = Clients(machine.ports, clients_keys)
    scene = Scene(machine, clients, kept, disk, clock, weights, form.away, chance)
    wanted = [*orders.scripted(form.jobs, chance), *(orders.real() if form.real else [])]
    chance.shuffle(wanted)
    names = plan(form.faults, chance)
    done = 0
    with machine.running():
        crowd = Crowd(clients, wanted, lambda: len(wanted) * (done + 1) // (len(names) + 1), seed)
        crowd.start()
        for name in names:
            crowd.wait_for(len(wanted) * done // (len(names) + 1), _STEP_SECONDS)
            _say(f"{len(clients.orders)} accepted; {name}")
            inject(name, scene)
            done += 1
        unfinished = crowd.finish(_LAST_SECONDS)
    _say(f"no answer, or one that was the server's fault: {clients.answers}")
    verdict = judge(clients.orders, unfinished, clients.problems, log, settings().data)
    database.engine().dispose()
    return verdict, scene.injected


def _settle(environment: Mapping[str, str]) -> None:
    """Have this process look at the same stores."""
    os.environ.update(environment)
    settings.cache_clear()
    store.migrate()


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stores", choices=["local", "servers", "both"], default="both")
    parser.add_argument("--short", action="store_true", help="few faults, and nothing real")
    parser.add_argument("--folder", type=Path, help="for what is kept to look at; by default a temporary one")
    asked = parser.parse_args()
    # A short path, for sockets are in it.
    with tempfile.TemporaryDirectory(prefix="morgana-", dir="/tmp") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        with Disk.mount(folder / "disk") as disk:
            verdicts = _run_all(asked, disk, folder)
    sys.stdout.write(table(verdicts))
    return 1 if any(verdict.faults for verdict, _ in verdicts.values()) else 0


def _run_all(asked: argparse.Namespace, disk: Disk, folder: Path) -> dict[str, tuple[Verdict, Counter[str]]]:
    verdicts = {}
    kinds = ["local", "servers"] if asked.stores == "both" else [asked.stores]
    for kind in kinds:
        (own := folder / kind).mkdir()
        form = _form(asked, kind, len(kinds))
        data = disk.folder / kind
        with stores.local(data) if kind == "local" else stores.servers(data, own) as kept:
            verdicts[kind] = run(form, kept, disk, own, asked.seed)
        _say("\n" + table({kind: verdicts[kind]}))
    return verdicts


def _form(asked: argparse.Namespace, kind: str, runs: int) -> Form:
    jobs = asked.jobs // runs
    if asked.short:
        return Form(jobs, _SHORT, 3, real=False, servers=1, workers=2)
    gone = {"the blob store gone": 2} if kind == "servers" else {}
    return Form(jobs, {**_COMMON, **gone}, 10, real=True, servers=2 if kind == "servers" else 1, workers=2)


if __name__ == "__main__":
    sys.exit(main())
