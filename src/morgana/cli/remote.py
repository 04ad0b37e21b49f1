"""The same commands, with the work done by a server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from morgana.cli.console import ending_in_order, progress_bar, workplace, write_whole
from morgana.cli.outcome import Ended, Status, note, of_failure

if TYPE_CHECKING:
    from morgana.client import Client, Job, MorganaError, TextOverlay, Video
    from morgana.client.videos import SubtitleFormat

Server = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="URL", help="Have the server at this address do it.", show_default=False
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="MORGANA_API_KEY",
        metavar="KEY",
        help="API key for the server; better kept in the variable, where no list of processes shows it.",
    ),
]


@contextmanager
def connected(server: str | None, key: str | None) -> "Iterator[Client]":
    """A client of the server, by default the one of MORGANA_BASE_URL; what goes wrong ends the command."""
    from morgana.client import Client, MorganaError

    if not key:
        raise typer.BadParameter("A server wants an API key: set MORGANA_API_KEY, or give --key.")
    try:
        client = Client(server, key)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None
    with client:
        try:
            yield client
        except MorganaError as error:
            raise _ended(error) from error


def make_video(client: "Client", output: Path, wishes: dict[str, Any]) -> dict[str, Any]:
    """Have a video made and download it. wishes: as of `client.videos.create`."""
    with progress_bar("Making the video") as progress:
        progress(0.0)
        video = client.videos.create(**wishes)
        with _cancelling(client.videos, video):
            video = client.videos.wait(video, on_progress=lambda now: progress(_share(now)))
            _fetch(client, video, output)
    return {"id": video.id, "output": str(output), "renderer": video.renderer}


def caption(
    client: "Client",
    film: Path,
    output: Path,
    wishes: dict[str, Any],
    transcripts: dict[str, Path | None],
) -> dict[str, Any]:
    """Have a video captioned, and download it and what is said. transcripts: files by form."""
    with progress_bar("Captioning") as progress:
        progress(0.0)
        video = client.captions.create(film, **wishes)
        with _cancelling(client.videos, video):
            video = client.captions.wait(video, on_progress=lambda now: progress(_share(now)))
            for form, file in transcripts.items():
                if file:
                    write_whole(file, _said(client, video, form))
            _fetch(client, video, output)
    return {"id": video.id, "output": str(output)}


def overlay(
    client: "Client", film: Path, texts: Sequence[str], files: Sequence[Path], wishes: dict[str, Any]
) -> list[dict[str, Any]]:
    """Have texts written over copies of a video, and download them; of each text, what became of it."""
    from morgana.client import JobFailed

    made = []
    with progress_bar("Writing") as progress:
        progress(0.0)
        job = client.overlays.create(film, texts=texts, **wishes)
        with _cancelling(client.overlays, job):
            job = client.overlays.wait(job, on_progress=lambda now: progress(_share(now)))
            for index, (text, file) in enumerate(zip(texts, files, strict=True)):
                error = None
                try:
                    client.overlays.download(job, file, index=index)
                except JobFailed as failure:
                    error = {"code": failure.code, "message": failure.message}
                made.append({"text": text, "output": None if error else str(file), "error": error})
    return made


def speak(
    client: "Client", text: str, output: Path, wishes: dict[str, Any], *, timed: bool
) -> dict[str, Any] | None:
    """Have a text spoken. timed: returns the times of its words, and waits for the whole sound."""
    with workplace(output) as folder:
        made = folder / output.name
        times = None
        if timed:
            spoken = client.speech.with_timestamps(text, **wishes)
            made.write_bytes(spoken.audio)
            times = spoken.model_dump(include={"words"})
        else:
            with made.open("wb") as file:
                for piece in client.speech.stream(text, **wishes):
                    file.write(piece)
        made.replace(output)
    return times


@contextmanager
def _cancelling(resource: Any, job: "Job") -> Iterator[None]:
    """Cancel the job if the command is interrupted: nobody waits for it any more.

    If the server cannot be reached, the job goes on, and how to get at it is told.
    """
    from morgana.client import ConnectionError, MorganaError, Timeout  # noqa: A004

    try:
        with ending_in_order():
            yield
    except (KeyboardInterrupt, SystemExit):
        try:
            resource.cancel(job)
            note(f"Cancelled {job.id}.")
        except MorganaError as error:
            note(f"{job.id} goes on: it could not be cancelled. {error.message}")
        raise
    except (ConnectionError, Timeout):
        note(f"{job.id} goes on: once the server is there, `morgana jobs download {job.id}` gets it.")
        raise


def _fetch(client: "Client", video: "Video", output: Path) -> None:
    with workplace(output) as folder:
        client.videos.download(video, folder / output.name).replace(output)


def _said(client: "Client", video: "Video", form: str) -> str:
    if form == "words":
        return client.captions.transcript(video).model_dump_json(indent=1)
    return client.captions.subtitles(video, cast("SubtitleFormat", form))


def _share(job: "Video | TextOverlay") -> float:
    return (job.progress or 0) / 100


def _ended(error: "MorganaError") -> Ended:
    from morgana.client import APIError, JobFailed, RateLimitError, ServerError

    code = getattr(error, "code", "unreachable")
    if isinstance(error, JobFailed):
        return Ended(of_failure(code), code, error.message)
    if isinstance(error, APIError) and not isinstance(error, RateLimitError | ServerError):
        return Ended(Status.REFUSED, code, error.message)
    return Ended(Status.UNREACHABLE, code, error.message)
