"""Errors in the form that clients of OpenAI's API read, on the routes that are like its own."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from morgana.api.errors import ApiError


class OpenAIErrorDetail(BaseModel):
    message: str = Field(description="What went wrong and what to do about it, for people")
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(description="The field that is wrong, if it is one")
    code: str = Field(description="What went wrong, for programs", examples=["voice_not_found"])


class OpenAIErrorAnswer(BaseModel):
    """An error of these routes."""

    error: OpenAIErrorDetail


class OpenAIRoute(APIRoute):
    """Answers the errors of its endpoint, and of what that depends on, in OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                return _invalid(error)
            except ApiError as error:
                return _refused(error)

        return handle


def openai_documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for OpenAPI; 4XX stands in for the 422 that FastAPI would add."""
    answers: dict[int | str, dict[str, Any]] = {
        status: {"model": OpenAIErrorAnswer, "description": HTTPStatus(status).phrase} for status in statuses
    }
    return answers | {"4XX": {"model": OpenAIErrorAnswer, "description": "Any other refusal"}}


def _invalid(error: RequestValidationError) -> Response:
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"][1:])) or None
    message = f"{field}: {first['msg']}" if field else first["msg"]
    return _answer(HTTPStatus.BAD_REQUEST, first["type"], message, field)


def _refused(error: ApiError) -> Response:
    # OpenAI's clients repeat a request that is answered 409; ours would be answered the same each time.
    status = HTTPStatus.BAD_REQUEST if error.status == HTTPStatus.CONFLICT else error.status
    about_voice = error.code in ("voice_not_found", "model_missing")
    field = "voice" if about_voice else "model" if error.code == "model_not_found" else None
    return _answer(status, error.code, error.message, field, error.headers)


def _answer(
    status: int, code: str, message: str, field: str | None, headers: Mapping[str, str] | None = None
) -> Response:
    kind = "requests" if status == HTTPStatus.TOO_MANY_REQUESTS else "invalid_request_error"
    error = OpenAIErrorDetail(message=message, type=kind, param=field, code=code)
    return JSONResponse(OpenAIErrorAnswer(error=error).model_dump(), status, headers)
