"""Who is asking: the owner of the API key in the `x-api-key` header."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Security
from fastapi.security import APIKeyHeader

from morgana import store
from morgana.api.errors import ApiError

_header = APIKeyHeader(
    name="x-api-key",
    scheme_name="ApiKeyAuth",
    description="A key made with `morgana keys create`",
    auto_error=False,
)
_CHALLENGE = {"WWW-Authenticate": 'ApiKey header="x-api-key"'}


def _authenticated(key: Annotated[str | None, Security(_header)]) -> store.Owner:
    if not key:
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            "missing_api_key",
            "Send an API key in the x-api-key header. `morgana keys create` makes one.",
            _CHALLENGE,
        )
    owner = store.keys.authenticate(key) if key.isascii() else None
    if owner is None:
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            "invalid_api_key",
            "This API key is unknown or was revoked. `morgana keys create` makes a new one.",
            _CHALLENGE,
        )
    return owner


Authenticated = Annotated[store.Owner, Security(_authenticated)]
