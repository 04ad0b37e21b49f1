"""`morgana mcp`: the same verbs for assistants."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morgana.cli.console import fail
from morgana.cli.remote import Key, Server

if TYPE_CHECKING:
    from morgana.mcp.job import Maker


def mcp(
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Whose files may be read and written; once more for another. [default: the working folder]",
        ),
    ] = None,
    server: Server = None,
    key: Key = None,
    http: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            metavar="PORT",
            help="Listen at http://127.0.0.1:PORT/mcp instead of standard input.",
        ),
    ] = None,
) -> None:
    """Serve assistants by the Model Context Protocol, over standard input and output."""
    try:
        from morgana.mcp.server import build
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise fail(
            "The MCP server needs the package mcp: `pip install 'morgana[mcp]'` installs it."
        ) from None
    from morgana.mcp.folders import Folders

    assistant = build(Folders(folder or [Path.cwd()]), _maker(server, key))
    if http is None:
        if sys.stdin.isatty():
            typer.echo("Waiting for an assistant on standard input. Ctrl-C ends it.", err=True)
        assistant.run("stdio")
    else:
        typer.echo(f"The MCP server is at http://127.0.0.1:{http}/mcp. Ctrl-C ends it.", err=True)
        assistant.run("streamable-http", host="127.0.0.1", port=http)


def _maker(server: str | None, key: str | None) -> "Maker":
    from morgana.mcp.here import Here

    if server is None:
        return Here()
    if not key:
        raise typer.BadParameter("A server wants an API key: set MORGANA_API_KEY, or give --key.")
    from morgana.client import AsyncClient
    from morgana.mcp.there import There

    try:
        return There(AsyncClient(server, key))
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None
