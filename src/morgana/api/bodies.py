"""JSON bodies: read up to a limit, then held to a model."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from morgana.api.errors import problem
from morgana.api.parts import too_large

Model = TypeVar("Model", bound=BaseModel)


async def receive_json(
    request: Request, model: type[Model], max_bytes: int, *, optional: bool = False
) -> Model:
    """The body as a `model`. Raises RequestValidationError, and ApiError (413) over `max_bytes`.

    optional: whether no body at all is as good as an empty object.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise too_large("The body", max_bytes)
    try:
        return model.model_validate_json(bytes(body) or (b"{}" if optional else b""))
    except ValidationError as error:
        entries = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [problem(("body", *e["loc"]), e["type"], e["msg"]) for e in entries]
        raise RequestValidationError(problems) from None


def json_body(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """The body for OpenAPI, since it is not read through a FastAPI parameter."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": required, "content": content}}
