"""`morgana models`: the weights of the neural networks."""

from typing import Annotated

import typer

from morgana import models
from morgana.cli.console import progress_bar

app = typer.Typer(help="See and fetch the weights that the pipelines need.", no_args_is_help=True)


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(help="Which; none: all that are needed.")] = None,
) -> None:
    """Fetch weights that are missing or damaged."""
    with progress_bar("Fetching weights") as progress:
        models.pull(names or models.names(), progress)


@app.command("list")
def list_models() -> None:
    """List all weights that are known, and whether they are here."""
    for name, weight in models.catalogue().items():
        state = "installed" if models.is_installed(name) else "missing"
        typer.echo(
            f"{name:<18} {state:<10} {weight.size / 1e6:>8.1f} MB  {weight.licence:<12} {weight.purpose}"
        )
