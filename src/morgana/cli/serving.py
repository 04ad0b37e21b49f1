"""`morgana serve` and `morgana worker`."""

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from morgana import logs, models, networks, store
from morgana.cli.console import fail, open_data, progress_bar
from morgana.errors import InputError
from morgana.settings import data_folder, settings

if TYPE_CHECKING:
    import uvicorn

    from morgana.jobs.supervisor import Watch
    from morgana.live import Speaker

log = structlog.get_logger()

_GRACE_SECONDS = 10  # for requests in progress when the server is told to stop
_POLL_SECONDS = 0.1


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [MORGANA_HOST]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0: any. [MORGANA_PORT]")
    ] = None,
    worker: Annotated[  # noqa: FBT002 (a command line flag)
        bool, typer.Option("--worker/--no-worker", help="Also run jobs, in a worker process.")
    ] = True,
) -> None:
    """Serve the API, and run its jobs."""
    import uvicorn

    from morgana import jobs
    from morgana.api import create_app
    from morgana.api.server import Server
    from morgana.jobs import supervisor
    from morgana.jobs.sandbox import hide_memory
    from morgana.live import Captioner, Overlayer, Speaker

    logs.configure()
    _check_device()
    hide_memory()
    open_data()
    _pull_missing()
    _provide_actors()
    previews = data_folder("previews")
    speaker = Speaker(
        settings().max_text_characters, previews, mark_generated=settings().mark_generated == "on"
    )
    listener = _listen(host or settings().host, settings().port if port is None else port)
    server = Server(
        uvicorn.Config(
            create_app(jobs, speaker, Captioner(previews), Overlayer(previews)),
            log_config=None,  # its lines are written like ours
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    ready = jobs.worker_alive if worker else lambda: True
    threading.Thread(target=_announce, args=(server, listener, ready), daemon=True).start()
    threading.Thread(target=_warm, args=(speaker,)).start()
    given_up = threading.Event()

    def give_up() -> None:
        given_up.set()
        server.should_exit = True

    with supervisor.worker(give_up) if worker else nullcontext() as watch:
        _heed_signals(watch)
        server.run(sockets=[listener])
    if given_up.is_set() or not server.started:
        raise typer.Exit(1)


def worker(
    queues: Annotated[
        str | None,
        typer.Option(
            help="Queues to take jobs from: all, or such as portrait,captions. [MORGANA_WORKER_QUEUES]"
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(help="What the machine is, such as gpu; may be given again. [MORGANA_WORKER_LABELS]"),
    ] = None,
) -> None:
    """Run the jobs of a server that was started with --no-worker, or help another worker."""
    from morgana.jobs import worker as room

    _choose(MORGANA_WORKER_QUEUES=queues, MORGANA_WORKER_LABELS=",".join(label) if label else None)
    logs.configure()
    _check_device()
    open_data()
    _pull_missing()
    _provide_actors()
    room.run()


def _choose(**given: str | None) -> None:
    """Let what the command line says go before the settings."""
    os.environ |= {name: value for name, value in given.items() if value is not None}
    settings.cache_clear()
    settings()


def _check_device() -> None:
    """End now, rather than each job, if a GPU is asked for that is not there."""
    try:
        networks.device()
    except InputError as error:
        raise fail(error.message) from None


def _heed_signals(watch: "Watch | None") -> None:
    """The first signal is uvicorn's, which ends in order, sends it to itself again, and so to us.

    Then the worker is still to be stopped, and another signal is for it: to give its jobs back at once.
    """
    heard = 0

    def hear(*_: object) -> None:
        nonlocal heard
        heard += 1
        if heard > 1 and watch is not None:
            watch.hurried = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hear)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told the protocol, asyncio turns Nagle's algorithm off, which else delays an answer by 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # two servers can bind to one port, but only one can listen
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise fail(
                f"Port {port} is in use. Stop what uses it, or choose another port with --port."
            ) from None
        raise fail(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return listener


def _pull_missing() -> None:
    if missing := models.missing():
        with progress_bar("Fetching weights") as progress:
            models.pull(missing, progress)


def _warm(speaker: "Speaker") -> None:
    """Be quick from the first text on; without it, that one takes a moment longer and says what is wrong."""
    try:
        speaker.warm()
    except Exception:
        log.exception("speaker_not_warmed")


def _provide_actors() -> None:
    try:
        store.demo.provide()
        store.demo.provide_persons()
    except Exception:  # blobs that are away now must not keep the server from starting
        log.exception("a built-in actor is not there; the next start tries again")


def _announce(server: "uvicorn.Server", listener: socket.socket, ready: Callable[[], bool]) -> None:
    """Say where the server is, as soon as it answers and jobs can run."""
    host, port = listener.getsockname()[:2]
    while not (server.started and ready()):
        time.sleep(_POLL_SECONDS)
    place = f"[{host}]" if ":" in host else host
    typer.echo(f"Morgana is ready at http://{place}:{port} (described at /docs)")
