"""Measures how soon and how fast a server speaks, over HTTP, and in how much memory.

    .venv/bin/python benchmarks/speech_server.py [--voice VOICE] [--repeat 5]

Starts a server of its own, with the installed weights, on a free port. Every client has its own key, so that
fair turns count. First sound: from the request's first byte to the first byte of sound, after the header.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from morgana.settings import settings
from morgana.video.provenance import SourceType
from morgana.video.sound_encoder import wav_header

MORGANA = str(Path(sys.executable).parent / "morgana")
SHORT = "Your table for four is ready, Dr. Alvarez."
PARAGRAPH = (
    "The lighthouse on Gull Point was built in 1874, and for ninety years somebody climbed its 212 steps "
    "every evening. On the night of March 3rd the lamp went out at 9:40 p.m., while a storm came in from the "
    "west. Nobody in the village slept. Who would row out to the island, in that sea, with a can of oil and "
    "a box of matches? It was Ines, the baker's daughter; she was seventeen, and she had never told anyone "
    "that she could row. She came back at dawn, cold and proud, and asked for $5.20 to pay for the oil. "
)
RATE = 24_000
HEADER = len(wav_header(RATE, None, SourceType.GENERATED))  # bytes of a WAV
SECONDS_PER_BYTE = 1 / (2 * RATE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Seconds until the first sound and until the end; seconds of speech."""

    first: float
    total: float
    speech: float


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int
    keys: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--voice", default="heart")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with serving(clients=4) as server:
        print(f"first text of all: {ask(server, 0, arguments.voice, SHORT).first * 1000:.0f} ms\n")
        print("| text | clients | first sound, median | worst | whole, median | times real time |")
        print("|---|---|---|---|---|---|")
        for name, text in {"short": SHORT, "1,000": long(1000), "10,000 characters": long(10_000)}.items():
            for clients in (1, 4):
                print(row(name, clients, rounds(server, arguments.voice, text, clients, arguments.repeat)))
        print("\n| while four read 10,000 characters | median | worst |\n|---|---|---|")
        print(beside(server, arguments.voice))
        print("\n| format, 1,000 characters | first sound | whole |\n|---|---|---|")
        for sound_format in ("wav", "mp3", "opus", "flac", "pcm"):
            print(format_row(server, arguments.voice, sound_format, arguments.repeat))
        print("\n| memory of the server, MiB | before | peak | after |\n|---|---|---|---|")
        for characters in (1000, 10_000):
            print(memory_row(server, arguments.voice, characters))


@contextmanager
def serving(clients: int) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "MORGANA_DATA": folder,
            "MORGANA_MODELS": str(settings().models_folder),
            "MORGANA_LOG_LEVEL": "ERROR",
            "PYTHONUNBUFFERED": "1",
        }
        keys = tuple(key(environment, f"client {number}") for number in range(clients))
        command = [MORGANA, "serve", "--port", "0", "--no-worker"]
        begun = time.perf_counter()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
                print(f"ready after {time.perf_counter() - begun:.1f} s")
                yield Server(url, process.pid, keys)
            finally:
                process.terminate()


def key(environment: dict[str, str], name: str) -> str:
    command = [MORGANA, "keys", "create", "--name", name, "--user", name]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def long(characters: int) -> str:
    return (PARAGRAPH * (characters // len(PARAGRAPH) + 1))[:characters]


def ask(server: Server, client: int, voice: str, text: str, sound_format: str = "wav") -> Answer:
    body = {"text": text, "model": "mirage-audio-1", "format": sound_format}
    url = f"{server.url}/v1/audio/text-to-speech/{voice}"
    header = HEADER if sound_format == "wav" else 0
    received, first = 0, 0.0
    with httpx2.Client(headers={"x-api-key": server.keys[client]}, timeout=600) as http:
        http.get(f"{server.url}/health")  # a connection that is there already
        begun = time.perf_counter()
        with http.stream("POST", url, json=body) as answer:
            answer.raise_for_status()
            for part in answer.iter_raw():
                received += len(part)
                if not first and received > header:
                    first = time.perf_counter() - begun
    return Answer(first, time.perf_counter() - begun, (received - header) * SECONDS_PER_BYTE)


def rounds(server: Server, voice: str, text: str, clients: int, repeat: int) -> list[Answer]:
    with ThreadPoolExecutor(clients) as threads:
        return [
            answer
            for _ in range(repeat if len(text) < 5000 else 1)
            for answer in threads.map(lambda client: ask(server, client, voice, text), range(clients))
        ]


def row(name: str, clients: int, answers: list[Answer]) -> str:
    first = [answer.first for answer in answers]
    whole = statistics.median(answer.total for answer in answers)
    pace = clients * statistics.median(answer.speech / answer.total for answer in answers)
    return (
        f"| {name} | {clients} | {_ms(statistics.median(first))} | {_ms(max(first))} | {whole:.2f} s "
        f"| {pace:.0f} |"
    )


def beside(server: Server, voice: str) -> str:
    """How long a short text takes while one other owner has four long ones read."""
    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(ask, server, 0, voice, long(10_000)) for _ in range(4)]
        took = []
        while not any(reader.done() for reader in readers):
            took.append(ask(server, 1, voice, SHORT).total)
            time.sleep(0.2)
    return f"| a short text of another, whole | {_ms(statistics.median(took))} | {_ms(max(took))} |"


def format_row(server: Server, voice: str, sound_format: str, repeat: int) -> str:
    answers = [ask(server, 0, voice, long(1000), sound_format) for _ in range(repeat)]
    first = statistics.median(answer.first for answer in answers)
    whole = statistics.median(answer.total for answer in answers)
    return f"| {sound_format} | {_ms(first)} | {whole:.2f} s |"


def memory_row(server: Server, voice: str, characters: int) -> str:
    before = memory(server.pid, "VmRSS")
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")  # forget the peak so far
    ask(server, 0, voice, long(characters))
    peak, after = memory(server.pid, "VmHWM"), memory(server.pid, "VmRSS")
    return f"| {characters} characters | {before:.0f} | {peak:.0f} | {after:.0f} |"


def memory(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith(f"{name}:"))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main()
