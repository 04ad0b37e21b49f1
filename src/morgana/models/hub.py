"""Files over HTTP: a model hub, or any server with the files in a folder."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2

from morgana.models.failures import SourceError

Downloaded = Callable[[int], None]  # called with the bytes of the file that are there so far

_ATTEMPTS = 4  # in a row in which a connection breaks
# Short to connect, so that a blocked hub costs little; longer between two chunks of a slow download.
_TIMEOUT = httpx2.Timeout(20.0, connect=5.0)


class Hub:
    """Downloads from HTTP servers, and does not try a server again that could not be reached."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        self._unreachable: dict[str, str] = {}

    def folder(self, repository: str) -> str:
        """The URL of the files of `repository` ("OWNER/NAME@REVISION")."""
        name, revision = repository.split("@")
        return f"{self._base}/{name}/resolve/{revision}"

    def download(self, folder: str, name: str, into: Path, size: int, downloaded: Downloaded) -> None:
        """The file `name` in the folder with the URL `folder`, of about `size` bytes.

        Goes on where `into` ends, and where a connection breaks. It stops once there is more than expected.
        """
        if not self._base:
            raise SourceError("not tried, as MORGANA_HUB is empty")
        server = urlsplit(folder).netloc
        if server in self._unreachable:
            raise SourceError(self._unreachable[server])
        try:
            _download(f"{folder}/{quote(name)}", into, size, downloaded)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            self._unreachable[server] = f"{server} cannot be reached ({error or type(error).__name__})"
            raise SourceError(self._unreachable[server]) from error
        except httpx2.HTTPError as error:
            raise SourceError(f"{type(error).__name__}: {error}") from error


def _download(url: str, into: Path, size: int, downloaded: Downloaded) -> None:
    """In several attempts, as long as each of them brings something."""
    broken = 0
    while True:
        before = _length(into)
        try:
            _attempt(url, into, size, downloaded)
        except httpx2.TransportError:
            broken = 1 if _length(into) > before else broken + 1
            if broken == _ATTEMPTS or not _length(into):
                raise
        else:
            return


def _attempt(url: str, into: Path, size: int, downloaded: Downloaded) -> None:
    start = _length(into)
    # Compressed by the server on the way, the bytes could not be counted.
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={start}-"} if start else {})}
    with httpx2.stream("GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True) as response:
        if start and response.status_code == httpx2.codes.RANGE_NOT_SATISFIABLE:
            into.unlink()
            raise SourceError(f"{url} is shorter than what was left of an earlier pull")
        if response.status_code not in (httpx2.codes.OK, httpx2.codes.PARTIAL_CONTENT):
            raise SourceError(f"HTTP status {response.status_code} for {url}")
        goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
        with into.open("ab" if start and goes_on else "wb") as output:
            for chunk in response.iter_bytes():  # as they come, so that a broken connection costs none
                output.write(chunk)
                output.flush()
                downloaded(output.tell())
                if output.tell() > size:
                    return


def _length(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
