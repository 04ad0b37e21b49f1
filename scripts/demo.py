"""Generate a talking-head video from the shipped portrait and speech, through the API of a real server."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import httpx2

from morgana.cli.console import progress_bar

ROOT = Path(__file__).resolve().parents[1]
MORGANA = str(ROOT / ".venv" / "bin" / "morgana")
OUTPUT = ROOT / "demo-output"
READY_SECONDS = 180
VIDEO_SECONDS = 1800


def main() -> None:
    OUTPUT.mkdir(exist_ok=True)
    video = OUTPUT / "demo.mp4"
    with api_key() as key, running_server(OUTPUT / "server.log") as url:
        say(f"The server is at {url}.")
        with httpx2.Client(base_url=url, headers={"x-api-key": key}, timeout=60) as client:
            job = post(client)
            wait_until_done(client, job)
            video.write_bytes(download(client, job))
    say(
        f"\nThe video is at {video}\n"
        "\nTo keep a server up at http://127.0.0.1:8000:  make serve"
        "\nTo make an API key for it:                     .venv/bin/morgana keys create --name me"
        "\nWhat to send to it:                            docs/api.md, or /docs on the server"
    )


@contextmanager
def api_key() -> Iterator[str]:
    """A key that is good until the demo ends."""
    key = morgana("keys", "create", "--name", "demo").strip()
    try:
        yield key
    finally:
        prefix = "_".join(key.split("_", 2)[:2])
        morgana("keys", "revoke", prefix)


def morgana(*arguments: str) -> str:
    """What the command prints on stdout."""
    return subprocess.run([MORGANA, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def running_server(log: Path) -> Iterator[str]:
    """A server on a free port; its URL."""
    port = free_port()
    command = [MORGANA, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, server, log)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if httpx2.get(f"{url}/ready", timeout=10).status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.3)
    raise SystemExit(f"The server did not become ready. Its log, {log}, ends with:\n{tail(log)}")


def post(client: httpx2.Client) -> str:
    """Send the portrait and the speech; the id of the video to come."""
    demo = files("morgana") / "assets" / "demo"
    with as_file(demo / "portrait.png") as portrait, as_file(demo / "speech.wav") as speech:
        answer = client.post(
            "/v1/videos",
            data={"model": "mirage-video-1-latest"},
            files={
                "image_reference": ("portrait.png", portrait.read_bytes(), "image/png"),
                "audio_reference": ("speech.wav", speech.read_bytes(), "audio/wav"),
            },
        )
    answer.raise_for_status()
    return str(answer.json()["id"])


def wait_until_done(client: httpx2.Client, job: str) -> None:
    deadline = time.monotonic() + VIDEO_SECONDS
    with progress_bar("Generating") as draw:
        while time.monotonic() < deadline:
            video = client.get(f"/v1/videos/{job}").raise_for_status().json()
            draw((video["progress"] or 0) / 100)
            if video["status"] == "COMPLETE":
                return
            if video["status"] != "PROCESSING":
                raise SystemExit(f"The video is {video['status']}: {video['error']}")
            time.sleep(1)
    raise SystemExit(f"The video is not ready after {VIDEO_SECONDS} s.")


def download(client: httpx2.Client, job: str) -> bytes:
    return client.get(f"/v1/videos/{job}/content", follow_redirects=True).raise_for_status().content


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
