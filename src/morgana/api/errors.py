"""Every error answer: 422 in the contract's form, all others as `{"error": {code, type, message}}`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match


class ErrorDetail(BaseModel):
    code: str = Field(description="What went wrong, for programs", examples=["video_not_found"])
    type: str = Field(description="The same as `code`", examples=["video_not_found"])
    message: str = Field(description="What went wrong and what to do about it, for people")


class ErrorAnswer(BaseModel):
    """Every error but 422."""

    error: ErrorDetail


class ValidationError(BaseModel):
    loc: list[str | int] = Field(description="Where: body, query, path or header, then the field")
    msg: str
    type: str


class HTTPValidationError(BaseModel):
    detail: list[ValidationError]


class ApiError(Exception):
    """An error answer with a code of its own."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def problem(loc: tuple[str | int, ...], kind: str, message: str) -> dict[str, Any]:
    """One entry of a 422 answer."""
    return {"loc": loc, "msg": message, "type": kind}


def answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    error = ErrorDetail(code=code, type=code, message=message)
    return JSONResponse(ErrorAnswer(error=error).model_dump(), status, headers)


def internal_error() -> JSONResponse:
    message = "Something went wrong on the server. Try again; its log says more under this request's id."
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message)


def unavailable() -> JSONResponse:
    """Where a store is away or a disk full, which passes."""
    message = (
        "The server cannot reach what it keeps records and files in, or has no room. Send the same again in "
        "a few seconds, with the same Idempotency-Key if it creates something."
    )
    return answer(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message, {"Retry-After": "5"})


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for OpenAPI; one that takes a key may also have had enough of it."""
    if HTTPStatus.UNAUTHORIZED in statuses:
        statuses = (*statuses, HTTPStatus.TOO_MANY_REQUESTS)
    answers: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorAnswer, "description": HTTPStatus(status).phrase} for status in statuses
    }
    return answers | {422: {"model": HTTPValidationError, "description": "Validation Error"}}


def install(app: FastAPI) -> None:
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)


async def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101
    return answer(error.status, error.code, error.message, error.headers)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    phrase = HTTPStatus(error.status_code).phrase
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(_allowed(request))}
    return answer(error.status_code, phrase.lower().replace(" ", "_"), f"{phrase}.", headers)


def _allowed(request: Request) -> list[str]:
    """The methods of all routes with this path; the router names those of the first one only.

    A path that is documented, such as `/v1/videos/captions`, is no ID in another path.
    """
    documented = request.app.openapi()["paths"].get(request.url.path)

    def matches(method: str) -> bool:
        scope = dict(request.scope) | {"method": method}
        known = documented is None or method == "HEAD" or method.lower() in documented
        return known and any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)

    return [method for method in ("GET", "HEAD", "POST", "PATCH", "DELETE") if matches(method)]


async def _validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # An entry of Pydantic's also holds the input and its context, which may be a client's secret or file.
    entries = [ValidationError(loc=[*e["loc"]], msg=e["msg"], type=e["type"]) for e in error.errors()]
    return JSONResponse(HTTPValidationError(detail=entries).model_dump(), HTTPStatus.UNPROCESSABLE_ENTITY)
