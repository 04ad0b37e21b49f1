"""The table of what was done and what came of it."""

from collections import Counter
from collections.abc import Mapping

from tests.chaos.verdict import Verdict

_FINISHED = ("COMPLETE", "READY")


def table(runs: Mapping[str, tuple[Verdict, Counter[str]]]) -> str:
    """A column for each kind of stores; the faults that were injected, then how the jobs ended."""
    names = dict.fromkeys(name for _, injected in runs.values() for name in injected)
    rows = [(name, [injected[name] for _, injected in runs.values()]) for name in names]
    rows.append(("faults injected", [injected.total() for _, injected in runs.values()]))
    counted = [_counts(verdict) for verdict, _ in runs.values()]
    rows += [(name, [counts[name] for counts in counted]) for name in counted[0]]
    width = max(len(name) for name, _ in rows)
    lines = [f"| {'':{width}} | {' | '.join(f'{kind:>7}' for kind in runs)} |"]
    lines.append(f"|{'-' * (width + 2)}|{'|'.join('-' * 8 + ':' for _ in runs)}|")
    lines += [f"| {name:{width}} | {' | '.join(f'{value:7}' for value in values)} |" for name, values in rows]
    faults = [f"{kind}: {fault}" for kind, (verdict, _) in runs.items() for fault in verdict.faults]
    return "\n".join([*lines, *faults]) + "\n"


def _counts(verdict: Verdict) -> dict[str, int]:
    failed = verdict.ended("FAILED")
    return {
        "jobs accepted": len(verdict.orders),
        "sent more than once": sum(order.sent > 1 for order in verdict.orders),
        "completed": len(verdict.ended(*_FINISHED)),
        "cancelled": len(verdict.ended("CANCELLED", "GONE")),
        "failed with a reason, as told": sum(order.deed in ("refuse", "crash") for order in failed),
        "failed with a reason, through faults": sum(order.deed in ("finish", "real") for order in failed),
        "files of no record, swept": verdict.swept,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "stuck": len(verdict.stuck),
        "progress went back": len(verdict.went_back),
        "files neither referenced nor swept": len(verdict.orphans),
    }
