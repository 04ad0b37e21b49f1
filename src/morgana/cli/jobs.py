"""`morgana jobs`: what a server was asked for."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morgana.cli.console import check_writable, table, workplace
from morgana.cli.outcome import Json, tell, wants_json
from morgana.cli.remote import Key, Server, connected

if TYPE_CHECKING:
    from morgana.client import Client, Job

app = typer.Typer(help="See, cancel and download the jobs of a server.", no_args_is_help=True)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # what a text overlay is called

_Id = Annotated[str, typer.Argument(metavar="ID", help="Of a video or a text overlay.")]


@app.command("list")
def list_jobs(
    server: Server = None,
    key: Key = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest ones.")] = 20,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """List your videos and text overlays, the newest first."""
    with connected(server, key) as client:
        found = sorted(_newest(client, limit), key=lambda job: job.created_at or 0, reverse=True)[:limit]
    tell({"jobs": [_described(job) for job in found]})
    if not wants_json():
        rows = [(job.id, _kind(job), _state(job), _moment(job.created_at)) for job in found]
        typer.echo(table([("ID", "KIND", "STATUS", "CREATED"), *rows]))


@app.command()
def show(
    job_id: _Id,
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Print all that is known of a job."""
    with connected(server, key) as client:
        job = _resource(client, job_id).retrieve(job_id)
    _print(job)


@app.command()
def cancel(
    job_id: _Id,
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Stop a job. One that has ended stays as it is."""
    with connected(server, key) as client:
        job = _resource(client, job_id).cancel(job_id)
    _print(job)


@app.command()
def download(
    job_id: _Id,
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="MP4 file to write.")],
    index: Annotated[int, typer.Option(min=0, help="Of a text overlay: which text, from 0.")] = 0,
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Save the video of a finished job."""
    check_writable(output)
    with connected(server, key) as client, workplace(output) as folder:
        made = folder / output.name
        if _is_overlay(job_id):
            try:
                client.overlays.download(job_id, made, index=index)
            except IndexError as error:
                raise typer.BadParameter(f"{error}.") from None
        else:
            client.videos.download(job_id, made)
        made.replace(output)
    tell({"id": job_id, "output": str(output)})


def _newest(client: "Client", limit: int) -> "Iterator[Job]":
    page = min(limit, 100)
    yield from islice(client.videos.list(limit=page), limit)
    yield from islice(client.overlays.list(limit=page), limit)


def _is_overlay(job_id: str) -> bool:
    return _UUID.fullmatch(job_id) is not None


def _resource(client: "Client", job_id: str) -> Any:
    return client.overlays if _is_overlay(job_id) else client.videos


def _described(job: "Job") -> dict[str, Any]:
    return job.model_dump(mode="json")


def _print(job: "Job") -> None:
    tell(_described(job))
    if not wants_json():
        told = {name: value for name, value in _described(job).items() if value not in (None, (), [])}
        typer.echo(table([(name, str(value)) for name, value in told.items()]))


def _kind(job: "Job") -> str:
    return "overlay" if _is_overlay(job.id) else "captions" if _captioned(job) else "video"


def _captioned(job: "Job") -> bool:
    return getattr(job, "caption_template_id", None) is not None


def _state(job: "Job") -> str:
    if job.status == "FAILED" and job.error:
        return f"FAILED: {job.error.code}"
    return f"{job.status} {job.progress}%" if job.status == "PROCESSING" and job.progress else job.status


def _moment(seconds: int | None) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}" if seconds is not None else "-"
