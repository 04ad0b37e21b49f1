"""The command line. Every command reads the same settings, the `MORGANA_...` variables."""

import sys

import typer
from pydantic import ValidationError

from morgana import __version__
from morgana.cli import captions, keys, models, overlays, portrait, serving, speech, storage
from morgana.errors import InputError

app = typer.Typer(
    help="Morgana: a self-hosted talking-head video service.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # errors as one line that can be read and searched anywhere, not wrapped in a box
)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("video")(portrait.video)
app.command("caption")(captions.caption)
app.command("overlay")(overlays.overlay)
app.command("speak")(speech.speak)
app.command("voices")(speech.voices)
app.command("storage")(storage.storage)
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(captions.templates, name="templates")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """The `morgana` command: a mistake of the user's ends in a sentence, not in a traceback."""
    try:
        app()
    except InputError as error:
        _end(error.message)
    except ValidationError as error:
        _end("\n".join(f"{_variable(fault['loc'])}: {fault['msg']}." for fault in error.errors()))


def _variable(location: tuple[int | str, ...]) -> str:
    return "MORGANA_" + "_".join(map(str, location)).upper()


def _end(message: str) -> None:
    typer.echo(message, err=True)
    sys.exit(1)
