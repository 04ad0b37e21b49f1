"""What a received form is held to, and how it is documented."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from morgana.api.errors import problem
from morgana.api.parts import FileField, Form

Fields = TypeVar("Fields", bound=BaseModel)


def checked(form: Form, model: type[Fields]) -> Fields:
    """The text fields of a form in which nothing is wrong. Raises RequestValidationError."""
    fields, problems = None, form.problems
    try:
        fields = model.model_validate(form.fields | form.lists)
    except ValidationError as error:
        entries = error.errors(include_url=False, include_context=False, include_input=False)
        told = {entry["loc"] for entry in problems}
        problems = problems + [
            problem(("body", *e["loc"]), e["type"], e["msg"])
            for e in entries
            if ("body", *e["loc"]) not in told
        ]
    if problems or fields is None:
        raise RequestValidationError(problems)
    return fields


def fingerprint(route: str, fields: BaseModel, form: Form) -> str:
    """Equal for two requests exactly if they ask for the same: route, fields and the bytes of each file."""
    files = {name: upload.sha256 for name, upload in sorted(form.files.items())}
    asked = json.dumps([route, fields.model_dump(), files], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def multipart_body(
    title: str, description: str, model: type[BaseModel], files: Mapping[str, FileField], **rules: Any
) -> dict[str, Any]:
    """The body for OpenAPI, since it is read as a stream and not through a FastAPI parameter."""
    schema = model.model_json_schema()
    described = {
        name: {"type": "string", "format": "binary", "description": f"Send {field.expected}"}
        for name, field in files.items()
    }
    fields = {name: _sendable(field) for name, field in schema["properties"].items()}
    schema |= {"title": title, "description": description, "properties": described | fields, **rules}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _sendable(field: dict[str, Any]) -> dict[str, Any]:
    """Without null, which a form cannot send: what is left out is null."""
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    kept = {name: value for name, value in field.items() if name != "anyOf" and value is not None}
    return kept | kinds[0] if kinds else kept
