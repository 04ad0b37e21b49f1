import os
import re
import time
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.api.conftest import DEADLINE, blob_files


def test_what_crashes_left_is_swept_when_the_server_starts(app: FastAPI, data: Path) -> None:
    left = data / "blobs/videos/video_gone/image.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"x")
    os.utime(left, (0, 0))
    with TestClient(app):
        deadline = time.monotonic() + DEADLINE
        while blob_files(data):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_the_documentation_is_served(client: TestClient) -> None:
    del client.headers["x-api-key"]
    page = client.get("/docs")
    assert page.status_code == 200
    assert client.get("/openapi.json").json()["info"]["title"] == "Morgana"
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(needed) >= 2
    for address in needed:  # from this very server, which may have no way to the internet
        assert address.startswith("/")
        assert client.get(address).status_code == 200
    assert client.get("/redoc").status_code == 404
