"""Conditional and partial requests for a file (RFC 9110, sections 13 and 14)."""

import re
from email.utils import format_datetime

from starlette.datastructures import Headers

from morgana.store.blobs import BlobInfo

_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)


class NotSatisfiableError(Exception):
    """The range begins beyond the end of the file."""


def last_modified(blob: BlobInfo) -> str:
    return format_datetime(blob.modified, usegmt=True)


def unchanged(headers: Headers, blob: BlobInfo) -> bool:
    """Whether the client has this very file already (304)."""
    tags = headers.get("if-none-match")
    if tags is None:
        return headers.get("if-modified-since") == last_modified(blob)
    given = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    return "*" in given or blob.etag in given


def asked_range(headers: Headers, blob: BlobInfo) -> tuple[int, int] | None:
    """The first byte and the one after the last that are asked for; None for the whole file.

    Several ranges at once, and what is no range, are answered by the whole file, as the RFC allows.
    Raises NotSatisfiableError.
    """
    match = _RANGE.fullmatch(headers.get("range", ""))
    if match is None or not any(match.groups()) or not _still_valid(headers, blob):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(blob.size - int(last), 0), blob.size
    else:
        start, end = int(first), min(int(last) + 1, blob.size) if last else blob.size
        if last and int(last) < start:
            return None
    if start >= blob.size:
        raise NotSatisfiableError
    return start, end


def _still_valid(headers: Headers, blob: BlobInfo) -> bool:
    """Whether the client's `If-Range`, if any, names the file as it is now."""
    return headers.get("if-range", blob.etag) in (blob.etag, last_modified(blob))
