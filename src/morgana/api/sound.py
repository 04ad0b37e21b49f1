"""The forms in which sound is sent, and how a client says which one it wants."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers

from morgana.api.errors import ApiError
from morgana.api.speaking import SoundFormat


@dataclass(frozen=True, slots=True)
class _Form:
    """content_type: as it is sent; types: all that clients call it."""

    content_type: str
    types: tuple[str, ...]


_FORMS: Final[dict[SoundFormat, _Form]] = {
    "wav": _Form("audio/wav", ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")),
    "mp3": _Form("audio/mpeg", ("audio/mpeg", "audio/mp3")),
    "opus": _Form("audio/ogg; codecs=opus", ("audio/ogg", "audio/opus", "application/ogg")),
    "aac": _Form("audio/aac", ("audio/aac", "audio/aacp", "audio/x-aac")),
    "flac": _Form("audio/flac", ("audio/flac", "audio/x-flac")),
    "pcm": _Form("audio/pcm;rate={rate};channels=1", ("audio/pcm",)),
}


def content_type(sound_format: SoundFormat, rate: int) -> str:
    return _FORMS[sound_format].content_type.format(rate=rate)


def described() -> dict[str, Any]:
    """The content of an answer for OpenAPI, under every type that it may have."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {form.types[0]: schema for form in _FORMS.values()}


def accepted(headers: Headers) -> SoundFormat:
    """The format that the `Accept` header likes best; of equals, the first of those above.

    Raises ApiError (406) if it likes none (RFC 9110, section 12.5.1).
    """
    ranges = _ranges(headers.get("accept") or "*/*")
    liked = {name: _quality(ranges, form) for name, form in _FORMS.items()}
    best = max(liked, key=lambda name: liked[name])
    if liked[best] <= 0:
        types = ", ".join(form.types[0] for form in _FORMS.values())
        message = f"There is no such answer. Accept one of {types}, or */* for WAV."
        raise ApiError(HTTPStatus.NOT_ACCEPTABLE, "not_acceptable", message)
    return best


def _ranges(accept: str) -> dict[str, float]:
    """Each media range and its quality."""
    ranges = {}
    for entry in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in entry.split(";"))
        weights = [p.removeprefix("q=").strip() for p in parameters if p.startswith("q=")]
        ranges[media_range] = _number(weights[0]) if weights else 1.0
    return ranges


def _quality(ranges: dict[str, float], form: _Form) -> float:
    """By the most exact range that names it."""
    named = [ranges[name] for name in form.types if name in ranges]
    return max(named, default=ranges.get("audio/*", ranges.get("*/*", 0.0)))


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
