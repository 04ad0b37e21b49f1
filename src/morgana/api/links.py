"""Links to a video's file that need no API key and expire: S3's own, or ours, signed with a secret."""

import re
import time
from dataclasses import dataclass
from typing import Annotated, Self
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request

from morgana import store
from morgana.api.errors import ApiError
from morgana.settings import settings


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links for clients; base: the address under which they reach the server, without a slash."""

    base: str

    @classmethod
    def of(cls, request: Request) -> Self:
        """As the settings have it, else as this request came."""
        return cls.at(str(request.base_url))

    @classmethod
    def at(cls, base: str) -> Self:
        """As the settings have it, else as an earlier request came."""
        return cls((settings().public_url or base).rstrip("/"))

    def file(self, key: str) -> str:
        """An absolute URL that serves the blob for the configured time."""
        seconds = settings().signed_url_seconds
        if (presigned := store.blobs.presign(key, seconds)) is not None:
            return presigned
        expires = str(int(time.time()) + seconds)
        query = urlencode({"expires": expires, "signature": store.signing.signature(_message(key, expires))})
        return f"{self.base}/files/{quote(key)}?{query}"

    def page(self, token: str) -> str:
        """An absolute URL of a shared video's page."""
        return f"{self.base}/s/{token}"


AskedLinks = Annotated[Links, Depends(Links.of)]


def signed_key(
    key: str,
    expires: Annotated[str, Query(description="Unix time at which the link stops working")] = "",
    signature: Annotated[str, Query(description="Proof that the server gave out this link")] = "",
) -> str:
    """The blob that a link of ours names. Raises ApiError (403) if it is not ours, or has expired."""
    if not re.fullmatch("[0-9]{1,15}", expires) or not store.signing.valid(_message(key, expires), signature):
        raise ApiError(403, "link_invalid", "This link is not as the server gave it out. Ask for a new one.")
    if int(expires) <= time.time():
        raise ApiError(403, "link_expired", "This link has expired. Ask for a new one.")
    return key


def _message(key: str, expires: str) -> str:
    return f"GET {key} {expires}"
