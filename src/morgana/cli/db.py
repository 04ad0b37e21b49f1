"""`morgana db`: the database's schema, and its upgrade."""

from collections.abc import Callable

import typer

from morgana import store
from morgana.cli.console import fail, unopened

app = typer.Typer(help="Show and upgrade the schema of the database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database to the schema of this release. Again, or several at once, does no harm."""
    before = _done(store.upgrade)
    if before.found == before.wanted:
        typer.echo(f"The database has schema {before.wanted} already.")
    else:
        typer.echo(f"The database has schema {before.wanted} now; before, {before.found or 'it was empty'}.")


@app.command()
def current() -> None:
    """Print the schema of the database; exit status 1 if this release cannot work with it."""
    schema = _done(store.schema)
    typer.echo(schema.found or "empty")
    if not schema.known:
        raise fail(f"This release knows none after {schema.wanted}: install a later one.")
    if schema.found != schema.wanted:
        raise fail(f"This release needs {schema.wanted}: run `morgana db upgrade`.")


def _done(action: Callable[[], store.Schema]) -> store.Schema:
    try:
        return action()
    except store.SchemaError as error:
        raise fail(str(error)) from None
    except Exception as error:
        raise fail(unopened(error)) from None
