"""What the samples in the documentation need: a server whose jobs are done, and files to send to it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from morgana import store
from tests.api.conftest import JPEG, MP4, PNG, WAV, Room, finish

DOCS = Path(__file__).parents[2] / "docs"
_WORDS = b'{"language": "en", "duration": 2.0, "words": [{"text": "Hi", "start": 0.5, "end": 1.0}]}'


def samples(document: str, language: str) -> str:
    """The code of a page, as one program."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / document).read_text(), re.M | re.S))


def lay_out(folder: Path) -> None:
    """The files that the samples send."""
    (folder / "portrait.png").write_bytes(PNG)
    (folder / "speech.wav").write_bytes(WAV)
    (folder / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom" + MP4)


@contextmanager
def worked_off(room: Room) -> Iterator[None]:
    """Jobs are finished as soon as they are enqueued."""
    ending = threading.Event()

    def work() -> None:
        done = 0
        while not ending.wait(0.01):
            for job_id in room.enqueued[done:]:
                _finish(job_id)
                done += 1

    worker = threading.Thread(target=work)
    worker.start()
    yield
    ending.set()
    worker.join()


def _finish(job_id: str) -> None:
    if job_id.startswith("actor_"):
        finish(job_id, {"portrait.npz": b"analysed"})
    elif job_id.startswith("video_"):
        finish(job_id, {"video.mp4": MP4, "transcript.json": _WORDS, "thumbnail.jpg": b"\xff\xd8\xff"})
    else:
        spoilt = store.Failure("overlay_never_shown", "It starts after the end.")
        finish(job_id, {"video0.mp4": MP4, "thumbnail0.jpg": JPEG}, {1: spoilt})
