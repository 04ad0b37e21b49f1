"""`morgana storage`: how much each owner keeps."""

import typer

from morgana import store
from morgana.cli.console import open_data, table
from morgana.store.storage import Holding

_ORDER = (store.Resource.VIDEO, store.Resource.TEXT_OVERLAY, store.Resource.ACTOR)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def storage() -> None:
    """Print what each owner keeps: records, files and bytes, the largest first."""
    open_data()
    rows = [("USER", "ORG", "VIDEOS", "OVERLAYS", "ACTORS", "FILES", "BYTES", "SIZE")]
    typer.echo(table([*rows, *map(_row, store.storage.by_owner())]))


def _row(holding: Holding) -> tuple[str, ...]:
    counts = [holding.records[resource] for resource in _ORDER]
    return *_name(holding), *map(str, (*counts, holding.files, holding.size)), _shown(holding.size)


def _name(holding: Holding) -> tuple[str, str]:
    if holding.owner is None:
        return "(no record)", "-"
    return holding.owner.user or "(built in)", holding.owner.org or "-"


def _shown(size: int) -> str:
    power = min(max(size.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{size / 1024**power:.{1 if power else 0}f} {_UNITS[power]}"
