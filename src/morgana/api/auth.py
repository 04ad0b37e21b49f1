"""Who is asking: the owner of the API key in the `x-api-key` header, or sent as a bearer token (RFC 6750)."""

import math
from http import HTTPStatus
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from morgana import store
from morgana.api.errors import ApiError
from morgana.api.guessing import WrongKeys

_header = APIKeyHeader(
    name="x-api-key",
    scheme_name="ApiKeyAuth",
    description="A key made with `morgana keys create`",
    auto_error=False,
)
_bearer = HTTPBearer(
    scheme_name="BearerAuth",
    description="Beyond the contract: the same key, as `Authorization: Bearer KEY`",
    auto_error=False,
)
_CHALLENGE = {"WWW-Authenticate": 'ApiKey header="x-api-key", Bearer'}


def _authenticated(
    request: Request,
    header: Annotated[str | None, Security(_header)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> store.Owner:
    key = header or (bearer.credentials if bearer else None)
    if not key:
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            "missing_api_key",
            "Send an API key in the x-api-key header, or as a bearer token. `morgana keys create` makes one.",
            _CHALLENGE,
        )
    wrong_keys: WrongKeys = request.app.state.wrong_keys
    address = "" if request.client is None else request.client.host
    if wait := wrong_keys.wait(address, key):
        raise ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many_wrong_keys",
            "Too many wrong API keys came from this address, so this one was not looked at. Wait as many "
            "seconds as Retry-After says, then send a valid key.",
            {"Retry-After": str(math.ceil(wait))},
        )
    owner = store.keys.authenticate(key) if key.isascii() else None
    if owner is None:
        wrong_keys.was_wrong(address, key)
        raise ApiError(
            HTTPStatus.UNAUTHORIZED,
            "invalid_api_key",
            "This API key is unknown or was revoked. `morgana keys create` makes a new one.",
            _CHALLENGE,
        )
    wrong_keys.was_right(key)
    request.state.key_prefix = store.keys.prefix_of(key)  # for answers that outlive the key
    return owner


Authenticated = Annotated[store.Owner, Security(_authenticated)]
