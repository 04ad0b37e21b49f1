"""The command line. Every command reads the same settings, the `MORGANA_...` variables."""

import typer
from pydantic import ValidationError

from morgana import __version__
from morgana.cli import (
    captions,
    db,
    jobs,
    keys,
    mcp,
    models,
    overlays,
    portrait,
    serving,
    speech,
    storage,
    usage,
)
from morgana.cli.outcome import Ended, Status, end, set_json
from morgana.errors import InputError

app = typer.Typer(
    help="Morgana: a self-hosted talking-head video service.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # errors as one line that can be read and searched anywhere, not wrapped in a box
)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("video")(portrait.video)
app.command("caption")(captions.caption)
app.command("overlay")(overlays.overlay)
app.command("speak")(speech.speak)
app.command("voices")(speech.voices)
app.command("mcp")(mcp.mcp)
app.command("storage")(storage.storage)
app.command("usage")(usage.usage)
app.add_typer(jobs.app, name="jobs")
app.add_typer(db.app, name="db")
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(captions.templates, name="templates")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """The `morgana` command: a mistake of the user's ends in a sentence, not in a traceback."""
    set_json(wanted=False)
    try:
        app()
    except Ended as error:
        end(error)
    except InputError as error:
        end(Ended(Status.REFUSED, error.code.value, error.message))
    except ValidationError as error:
        faults = [f"{_variable(fault['loc'])}: {fault['msg']}." for fault in error.errors()]
        end(Ended(Status.IMPOSSIBLE, "setting_invalid", "\n".join(faults)))


def _variable(location: tuple[int | str, ...]) -> str:
    return "MORGANA_" + "_".join(map(str, location)).upper()
