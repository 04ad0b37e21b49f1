"""Files over HTTP: a model hub, or any server with the files in a folder."""

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import httpx2

from morgana.models.failures import SourceError

_CHUNK = 1 << 20
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

    def stream(self, folder: str, name: str) -> Iterator[bytes]:
        """The bytes of the file `name` in the folder with the URL `folder`, piece by piece."""
        if not self._base:
            raise SourceError("not tried, as MORGANA_HUB is empty")
        server = urlsplit(folder).netloc
        if server in self._unreachable:
            raise SourceError(self._unreachable[server])
        try:
            yield from _download(f"{folder}/{quote(name)}")
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            self._unreachable[server] = f"{server} cannot be reached ({error or type(error).__name__})"
            raise SourceError(self._unreachable[server]) from error
        except httpx2.HTTPError as error:
            raise SourceError(f"{type(error).__name__}: {error}") from error


def _download(url: str) -> Iterator[bytes]:
    with httpx2.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as response:
        if response.status_code != httpx2.codes.OK:
            raise SourceError(f"HTTP status {response.status_code} for {url}")
        yield from response.iter_bytes(_CHUNK)
