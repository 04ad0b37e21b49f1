"""The studio: the page at `/`, what it is made of, and the key that it gets by itself on the same machine."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from morgana import models, store
from morgana.api.neighbours import same_person
from morgana.errors import InputError
from morgana.settings import settings

router = APIRouter(include_in_schema=False)

_PAGE = "index.html"
_FONTS = {"text": "font-inter", "display": "font-instrument-serif"}  # installed for captions and overlays
_WEIGHTS = ("400", "500", "600")
_HEADERS = {
    "Cache-Control": "no-cache",  # but kept, and asked about: another release may come at any time
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page."""

    data: bytes
    content_type: str
    etag: str


class StudioKey(BaseModel):
    """A key for the page."""

    key: str


@router.head("/")
@router.get("/")
def get_page(request: Request) -> Response:
    """The page. It holds no secret: whoever opens it needs a key to do anything."""
    headers = {"Content-Security-Policy": _policy(), "X-Frame-Options": "DENY"}
    return _answer(request, _assets()[_PAGE], headers)


@router.head("/studio/{name:path}")
@router.get("/studio/{name:path}")
def get_asset(request: Request, name: Annotated[str, Path()]) -> Response:
    """A part of the page: its style, its program, its letters."""
    asset = _assets().get(name)
    if asset is not None and name != _PAGE:
        return _answer(request, asset, {})
    return _font(name)


@router.post("/studio/key", dependencies=[Depends(same_person)])
def create_studio_key() -> StudioKey:
    """A new key of the user `default`, for the person who runs the server, at the machine it runs on."""
    _, secret = store.keys.create("studio", "default")
    return StudioKey(key=secret)


def _answer(request: Request, asset: Asset, headers: dict[str, str]) -> Response:
    headers = _HEADERS | headers | {"ETag": asset.etag}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(asset.data, headers=headers, media_type=asset.content_type)


def _font(name: str) -> Response:
    """A font that is installed anyway; without it the page is set in the system's."""
    folder, _, file = name.removeprefix("fonts/").partition("-")
    weight = file.removesuffix(".ttf")
    if not name.startswith("fonts/") or folder not in _FONTS or weight not in _WEIGHTS:
        raise _not_found()
    try:
        home = models.path(_FONTS[folder])
    except InputError:
        raise _not_found() from None
    path = home / f"{weight}.ttf" if home.is_dir() else home
    headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, headers=headers, media_type="font/ttf")


def _not_found() -> HTTPException:
    return HTTPException(HTTPStatus.NOT_FOUND)


@cache
def _assets() -> dict[str, Asset]:
    """Every file of the page, by its place in the folder; nothing else is ever read for it."""
    return dict(_read(files("morgana") / "studio", ""))


def _read(folder: Traversable, place: str) -> list[tuple[str, Asset]]:
    found = []
    for entry in folder.iterdir():
        name = f"{place}{entry.name}"
        if entry.is_dir():
            found += _read(entry, f"{name}/")
            continue
        data = entry.read_bytes()
        kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
        etag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
        found.append((name, Asset(data, kind or "application/octet-stream", etag)))
    return found


def _policy() -> str:
    """What the page may load: its own files, and media also from where links to them lead."""
    media = " ".join(["'self'", "blob:", *_elsewhere()])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            f"img-src {media} data:",
            f"media-src {media}",
            f"connect-src {media}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _elsewhere() -> list[str]:
    """The origins of links that the API gives out, beside the page's own."""
    links = [settings().public_url, store.blobs.presign("studio", 1)]
    places = [urlsplit(link) for link in links if link is not None]
    return [f"{place.scheme}://{place.netloc}" for place in places]
