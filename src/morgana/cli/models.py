"""`morgana models`: the weights of the neural networks."""

import json
from typing import Annotated

import typer

from morgana import models
from morgana.cli.console import progress_bar, table

app = typer.Typer(help="See, fetch and check the weights that the pipelines need.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


@app.command()
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which, or which groups; none: all that are needed.")
    ] = None,
) -> None:
    """Fetch weights that are missing or damaged. A pull that was interrupted goes on where it stopped."""
    with progress_bar("Fetching weights") as progress:
        models.pull(models.select(names or ["default"]), progress)


@app.command("list")
def list_models(as_json: _Json = False) -> None:  # noqa: FBT002 (a command line flag)
    """List all weights that are known, and whether they are here."""
    if as_json:
        typer.echo(json.dumps([_described(name) for name in models.catalogue()], indent=2))
        return
    rows = [("NAME", "STATE", "SIZE", "LICENCE", "GROUPS", "PURPOSE")]
    for name, weight in models.catalogue().items():
        state = "installed" if models.is_installed(name) else "missing"
        size = f"{weight.size / 1e6:.1f} MB".rjust(8)
        rows.append((name, state, size, weight.licence, ",".join(weight.groups), weight.purpose))
    typer.echo(table(rows))
    for name, weight in models.catalogue().items():
        if weight.note:
            typer.echo(f"\n{name}: {weight.note}" + (f" See {weight.card}." if weight.card else ""))


@app.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which, or which groups; none: all that are installed.")
    ] = None,
    as_json: _Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Check every byte of what is installed; exit status 1 if anything is wrong."""
    chosen = models.select(names) if names else models.present()
    with progress_bar("Checking weights") as progress:
        faults = models.verify(chosen, progress)
    if as_json:
        listed = [{"name": fault.name, "file": str(fault.path), "fault": _fault(fault)} for fault in faults]
        typer.echo(json.dumps({"checked": chosen, "faults": listed}, indent=2))
    else:
        for fault in faults:
            typer.echo(f"{fault.name}: {fault.path} is {_fault(fault)}.")
        damaged = dict.fromkeys(fault.name for fault in faults)
        if damaged:
            typer.echo(
                f"Run `morgana models pull {' '.join(damaged)}` to fetch what is wrong again.", err=True
            )
        else:
            typer.echo(f"Intact: {', '.join(chosen) or 'nothing is installed'}.")
    if faults:
        raise typer.Exit(1)


def _fault(fault: models.Fault) -> str:
    return "missing" if fault.missing else "damaged"


def _described(name: str) -> dict[str, object]:
    weight = models.catalogue()[name]
    return {
        "name": name,
        "installed": models.is_installed(name),
        "size": weight.size,
        "licence": weight.licence,
        "note": weight.note,
        "card": weight.card,
        "groups": list(weight.groups),
        "purpose": weight.purpose,
        "origin": weight.origin,
        "files": [file.model_dump() for file in weight.files],
        "sources": [str(source) for source in weight.sources],
    }
