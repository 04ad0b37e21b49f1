"""The studio in a real browser before a real server, whose jobs are done by the test itself."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from morgana import store
from morgana.api import create_app, events
from morgana.api.server import Server
from morgana.live import Captioner, Overlayer, Speaker
from morgana.settings import settings
from tests.api.conftest import DEADLINE, Room, data, engine, finish, room, speaker  # noqa: F401 (fixtures)
from tests.browser import browser as opened
from tests.video.filming import film, scene

MODELS = settings().models_folder.absolute()
OWNER = store.Owner("default")  # whom the studio's own key is of
SAID = {
    "language": "en",
    "duration": 2.0,
    "words": [
        {"text": "Good", "start": 0.1, "end": 0.4},
        {"text": "mourning,", "start": 0.4, "end": 0.9},
        {"text": "everybody.", "start": 0.9, "end": 1.6},
    ],
}


@pytest.fixture(scope="module")  # an event loop runs in this thread while it is there, and no other can
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("clip") / "clip.mp4", scene(30, (180, 320)))


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "poster.jpg"
    Image.fromarray(np.full((320, 180, 3), (30, 120, 110), np.uint8)).save(path)
    return path


@pytest.fixture
def address(
    data: Path,  # noqa: F811
    room: Room,  # noqa: F811
    speaker: Speaker,  # noqa: F811
    clip: Path,
    picture: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """Of a server with everything installed, whose previews cost nothing."""

    async def film_template(_template_id: str, video: Path) -> None:
        video.write_bytes(clip.read_bytes())

    async def draw_posters(targets: Mapping[str, Path]) -> None:
        for path in targets.values():
            path.write_bytes(picture.read_bytes())

    async def draw_fonts(targets: Mapping[str, Path]) -> None:
        for path in targets.values():
            Image.open(picture).save(path, "PNG")

    monkeypatch.setenv("MORGANA_MODELS", str(MODELS))
    settings.cache_clear()
    monkeypatch.setattr(events, "_POLL_SECONDS", 0.1)
    previews = data / "previews"
    previews.mkdir(exist_ok=True)
    store.demo.provide()
    captioner = Captioner(previews, film_template, draw_posters)
    app = create_app(room, speaker, captioner, Overlayer(previews, draw_fonts))
    server = Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + DEADLINE
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(DEADLINE)
    assert not thread.is_alive()


@dataclass
class Works:
    """Does what a worker does."""

    room: Room
    clip: bytes
    picture: bytes

    def taken(self, count: int = 1) -> str:
        """The id of the newest job, once there are so many."""
        deadline = time.monotonic() + DEADLINE
        while len(self.room.enqueued) < count:
            assert time.monotonic() < deadline, "nothing was asked for"
            time.sleep(0.02)
        return self.room.enqueued[-1]

    def complete(self, job_id: str) -> None:
        said = json.dumps(SAID).encode()
        finish(job_id, {"video.mp4": self.clip, "thumbnail.jpg": self.picture, "transcript.json": said})

    def complete_texts(self, job_id: str, count: int) -> None:
        films = {f"video{at}.mp4": self.clip for at in range(count)}
        finish(job_id, films | {f"thumbnail{at}.jpg": self.picture for at in range(count)})

    def video(self, template: str | None = None) -> str:
        """A finished one."""
        video_id = store.videos.new_id()
        kind = store.Kind.CAPTION if template else store.Kind.GENERATION
        key = f"videos/{video_id}/video.mp4"
        store.blobs.put(key, _file(self.clip))
        draft = store.VideoDraft(video_id, kind, {}, {"video": key}, caption_template_id=template)
        store.videos.create(OWNER, draft)
        self.complete(video_id)
        return video_id


def _file(content: bytes) -> Any:
    import io

    return io.BytesIO(content)


@pytest.fixture
def works(room: Room, clip: Path, picture: Path) -> Works:  # noqa: F811
    return Works(room, clip.read_bytes(), picture.read_bytes())


WAIT = 20.0  # seconds, of a noisy machine
expect.set_options(timeout=WAIT * 1000)
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Opens a view in a fresh profile. Any error in the page, or what its policy forbids, fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def visited(view: str = "", **profile: Any) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | profile))
        contexts[-1].set_default_timeout(WAIT * 1000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Policy" in line.text else None)
        page.goto(f"{address}/{view}")
        return page

    yield visited
    for context in contexts:
        context.close()
    assert errors == []


def options(job_id: str) -> dict[str, Any]:
    """What a worker is told of a job."""
    job = store.work.begin(job_id)
    assert job is not None
    return dict(job.options)


def inputs(job_id: str) -> dict[str, bytes]:
    """What a worker is given for it."""
    job = store.work.begin(job_id)
    assert job is not None
    return {role: store.blobs.read(key) for role, key in job.inputs.items()}
