"""`morgana keys`: who may use the API."""

from typing import Annotated

import typer

from morgana import store
from morgana.cli.console import fail, open_data, table

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@app.callback()
def _prepared() -> None:
    open_data()


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for, to know it by later.")],
    user: Annotated[str, typer.Option(help="Whose it is; a user sees only their own videos.")] = "default",
    org: Annotated[str, typer.Option(help="The user's organisation, if any.")] = "",
) -> None:
    """Make a key and print it, alone, on standard output. It cannot be shown again."""
    if not user.strip():  # nobody's are the built-in actors, and nobody pays
        raise typer.BadParameter("name somebody, or leave the option out", param_hint="--user")
    _, secret = store.keys.create(name, user, org)
    typer.echo(secret)


@app.command("list")
def list_keys() -> None:
    """List every key, without the keys themselves."""
    rows = [("PREFIX", "NAME", "USER", "ORG", "CREATED", "REVOKED")]
    for key in store.keys.list():
        revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "-"
        created = f"{key.created_at:%Y-%m-%d %H:%M}"
        rows.append((key.prefix, key.name, key.owner.user, key.owner.org or "-", created, revoked))
    typer.echo(table(rows))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's prefix or id.", metavar="PREFIX_OR_ID")],
) -> None:
    """Make a key useless from now on."""
    if not store.keys.revoke(key):
        raise fail(f"There is no valid key with the prefix or id '{key}'. `morgana keys list` shows all.")
