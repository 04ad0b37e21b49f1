"""Files by key, in a folder or in S3: uploads and finished videos.

A blob appears whole or not at all. Keys are made by the program, never taken from a client.
"""

import os
import string
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO

import obstore
from obstore.store import LocalStore, S3Store

from morgana.settings import data_folder, settings

_CHUNK = 1024 * 1024
_RETRYING = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """A blob's size in bytes, its entity tag (quoted, as HTTP wants it) and when it was written."""

    key: str
    size: int
    etag: str
    modified: datetime


def put(key: str, source: Path | IO[bytes], *, content_type: str = "", filename: str = "") -> None:
    """Store a file under `key`, replacing what was there.

    S3 is told the content type and the name to download it by; a folder keeps neither.
    """
    store = _store()
    if isinstance(store, LocalStore):
        obstore.put(store, key, source)
        return
    attributes = {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{filename}"' if filename else "",
    }
    obstore.put(store, key, source, attributes={name: value for name, value in attributes.items() if value})


def shown_name(key: str) -> str:
    """What a download of the blob is called: after its record, and its number where that has several."""
    path = PurePosixPath(key)
    role = path.stem.partition("-")[0]
    number = role[len(role.rstrip(string.digits)) :]
    return "-".join(filter(None, (path.parent.name, number))) + path.suffix


def fetch(key: str, target: Path) -> None:
    """Copy a blob into the file `target`. Raises FileNotFoundError if there is no such blob."""
    _check_plain(key)
    result = obstore.get(_store(), key)
    with target.open("wb") as file:
        for chunk in result.stream(min_chunk_size=_CHUNK):
            file.write(chunk)


def read(key: str) -> bytes:
    """A small blob, whole. Raises FileNotFoundError if there is no such blob."""
    _check_plain(key)
    return bytes(obstore.get(_store(), key).bytes())


def copy(source: str, target: str) -> None:
    """Copy a blob without reading it: in a folder by a second name for the same file, in S3 on its side.

    Raises FileNotFoundError if there is no such blob.
    """
    store = _store()
    if isinstance(store, LocalStore):
        # Its time is the file's, and a sweep must not take the copy for something old before it is recorded.
        os.utime(_folder() / source)
    obstore.copy(store, source, target)


def info(key: str) -> BlobInfo | None:
    """What is known of a blob; None if there is none."""
    try:
        _check_plain(key)
        meta = obstore.head(_store(), key)
    except FileNotFoundError:
        return None
    return BlobInfo(key, meta["size"], meta["e_tag"] or "", meta["last_modified"])


async def stream(key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes `start` up to, not including, `end`. Raises FileNotFoundError if there is no such blob."""
    if start == end:
        return
    _check_plain(key)
    result = await obstore.get_async(_store(), key, options={"range": (start, end)})
    async for chunk in result.stream(min_chunk_size=_CHUNK):
        yield bytes(chunk)


def delete(*keys: str) -> None:
    """Delete blobs; one that is not there is no error."""
    for key in keys:
        with suppress(FileNotFoundError):
            obstore.delete(_store(), key)


def presign(key: str, seconds: int) -> str | None:
    """A URL at which S3 itself serves the blob for so long; None for a folder, which cannot."""
    store = _store()
    if isinstance(store, LocalStore):
        return None
    return obstore.sign(store, "GET", key, timedelta(seconds=seconds))


def stored() -> Iterator[tuple[str, datetime]]:
    """Every key and when it was written, with the unfinished writes of a folder."""
    for key, modified, _ in _listed():
        yield key, modified


def sizes() -> Iterator[tuple[str, int]]:
    """Every key and its bytes, with the unfinished writes of a folder."""
    for key, _, size in _listed():
        yield key, size


def record_id(key: str) -> str:
    """The id of the record that a blob belongs to, if it belongs to any."""
    _, _, rest = key.partition("/")
    return rest.partition("/")[0]


def discard(key: str) -> None:
    """Delete what `stored` told of, an unfinished write too."""
    if isinstance(_store(), LocalStore):
        (_folder() / key).unlink(missing_ok=True)
        with suppress(OSError):  # not empty, or already gone
            (_folder() / key).parent.rmdir()
    else:
        delete(key)


def check() -> None:
    """Raise an exception if blobs cannot be read and, in a folder, written."""
    info("check")
    if isinstance(_store(), LocalStore) and not os.access(_folder(), os.W_OK | os.X_OK):
        raise PermissionError("the blob folder is not writable")


def _check_plain(key: str) -> None:
    """We make no links in our folder: one that is there leads to a file that is not this blob."""
    if isinstance(_store(), LocalStore) and (_folder() / key).is_symlink():
        raise FileNotFoundError(key)


def _listed() -> Iterator[tuple[str, datetime, int]]:
    """Every key, when it was written, and its bytes."""
    store = _store()
    if isinstance(store, LocalStore):
        yield from _files(_folder())
        return
    for batch in obstore.list(store):
        yield from ((meta["path"], meta["last_modified"], meta["size"]) for meta in batch)


def _files(folder: Path) -> Iterator[tuple[str, datetime, int]]:
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():
                known = path.stat()
                moment = datetime.fromtimestamp(known.st_mtime, UTC)
                yield path.relative_to(folder).as_posix(), moment, known.st_size


def _folder() -> Path:
    return settings().data / "blobs"


def _store() -> LocalStore | S3Store:
    return _open(settings().blobs, _folder())


@cache
def _open(url: str | None, folder: Path) -> LocalStore | S3Store:
    if url is None:
        data_folder(folder.name)
        return LocalStore(folder, automatic_cleanup=True)
    return S3Store.from_url(url, retry_config={"max_retries": 3, "retry_timeout": _RETRYING})
