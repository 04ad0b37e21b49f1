"""Whether an OpenAPI document promises all that another one does: what a client of that one would miss."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_KEY_HEADER: Final = "x-api-key"  # sent by the security scheme as well as by a parameter
_BOUNDS: Final[Mapping[str, Callable[[float, float], bool]]] = {  # whether ours is stricter than theirs
    **dict.fromkeys(("minimum", "minLength", "minItems"), operator.gt),
    **dict.fromkeys(("maximum", "maxLength", "maxItems"), operator.lt),
}


@dataclass(frozen=True)
class Shape:
    """A schema of OpenAPI 3.0 or 3.1 in one form: references followed, null among the types."""

    types: frozenset[str]
    enum: frozenset[str] | None = None
    properties: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: "Shape | None" = None
    rest: Mapping[str, Any] = field(default_factory=dict)  # format, default and bounds


def losses(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> list[str]:
    """What `theirs` has and `ours` has not, each as a line; empty where ours is a superset.

    Paths, methods, names of operations, tags, parameters, media types, statuses, fields, types, formats,
    defaults, values of enumerations, and how keys are sent. What is sent to us may be anything that they
    take; what we answer must be something that they might have answered.
    """
    return [*_lost_schemes(theirs, ours), *_lost_operations(theirs, ours)]


def _lost_schemes(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    known = ours.get("components", {}).get("securitySchemes", {})
    for name, scheme in theirs["components"]["securitySchemes"].items():
        if not scheme.items() <= known.get(name, {}).items():
            yield f"security scheme {name}"


def _lost_operations(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in theirs["paths"].items():
        if path not in ours["paths"]:
            yield path
            continue
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            if method not in ours["paths"][path]:
                yield where
            else:
                other = ours["paths"][path][method]
                yield from (f"{where}: {lost}" for lost in _lost_of_operation(theirs, operation, ours, other))


def _lost_of_operation(
    theirs: Mapping[str, Any], operation: Mapping[str, Any], ours: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[str]:
    for name in ("operationId", "summary"):
        if operation.get(name) != other.get(name):
            yield name
    if not set(operation.get("tags", [])) <= set(other.get("tags", [])):
        yield "tags"
    security = other.get("security", ours.get("security", []))
    if any(scheme not in security for scheme in operation.get("security", theirs.get("security", []))):
        yield "security"
    yield from _lost_parameters(theirs, operation, ours, other)
    if "requestBody" in operation:
        yield from _lost_body(theirs, operation["requestBody"], ours, other.get("requestBody"))
    yield from _lost_responses(theirs, operation["responses"], ours, other["responses"])


def _parameters(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = [_followed(document, parameter) for parameter in operation.get("parameters", [])]
    return {f"{parameter['in']} parameter {parameter['name']}": parameter for parameter in found}


def _lost_parameters(
    theirs: Mapping[str, Any], operation: Mapping[str, Any], ours: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[str]:
    known, wanted = _parameters(ours, other), _parameters(theirs, operation)
    for where, parameter in wanted.items():
        if parameter["name"] == _KEY_HEADER:
            continue
        if where not in known:
            yield where
            continue
        shape = _shape(theirs, parameter["schema"])
        yield from _refused(shape, _shape(ours, known[where]["schema"]), where)
    for where, parameter in known.items():
        if parameter.get("required") and not wanted.get(where, {}).get("required"):
            yield f"{where} need not be sent"


def _lost_body(
    theirs: Mapping[str, Any],
    body: Mapping[str, Any],
    ours: Mapping[str, Any],
    other: Mapping[str, Any] | None,
) -> Iterator[str]:
    for media, content in body["content"].items():
        if other is None or media not in other["content"]:
            yield f"a body of {media}"
        else:
            known = _shape(ours, other["content"][media]["schema"])
            yield from _refused(_shape(theirs, content["schema"]), known, f"body of {media}")


def _lost_responses(
    theirs: Mapping[str, Any],
    responses: Mapping[str, Any],
    ours: Mapping[str, Any],
    others: Mapping[str, Any],
) -> Iterator[str]:
    for status, response in responses.items():
        if status not in others:
            yield f"answer {status}"
            continue
        known = _followed(ours, others[status]).get("content", {})
        for media, content in _followed(theirs, response).get("content", {}).items():
            where = f"answer {status} of {media}"
            if media not in known:
                yield where
            elif "schema" in content:
                shape = _shape(ours, known[media].get("schema", {}))
                yield from _unlike(_shape(theirs, content["schema"]), shape, where)


def _refused(theirs: Shape, ours: Shape, where: str) -> Iterator[str]:
    """What could be sent to them and cannot be sent to us. A form cannot send null: it leaves fields out."""
    if not theirs.types - {"null"} <= ours.types:
        yield f"{where}: types {sorted(theirs.types)}, not {sorted(ours.types)}"
    if ours.enum is not None and not (theirs.enum or {"anything"}) <= ours.enum:
        yield f"{where}: values"
    for name in ("format", "default"):
        if name in theirs.rest and ours.rest.get(name) != theirs.rest[name]:
            yield f"{where}: {name}"
    for name, stricter in _BOUNDS.items():
        if name in ours.rest and name in theirs.rest and stricter(ours.rest[name], theirs.rest[name]):
            yield f"{where}: {name}"
    if not ours.required <= theirs.required:
        yield f"{where}: {sorted(ours.required - theirs.required)} need not be sent"
    yield from _inside(theirs, ours, where, _refused)


def _unlike(theirs: Shape, ours: Shape, where: str) -> Iterator[str]:
    """What they answer and we do not, or the other way round; further fields are no matter."""
    if not ours.types <= theirs.types or not theirs.types - {"null"} <= ours.types:
        yield f"{where}: types {sorted(theirs.types)}, not {sorted(ours.types)}"
    if ours.enum != theirs.enum:
        yield f"{where}: values"
    if ours.rest.get("format") != theirs.rest.get("format"):
        yield f"{where}: format"
    if not theirs.required <= ours.required:
        yield f"{where}: {sorted(theirs.required - ours.required)} always there"
    yield from _inside(theirs, ours, where, _unlike)


def _inside(theirs: Shape, ours: Shape, where: str, compared: Any) -> Iterator[str]:
    for name, shape in theirs.properties.items():
        if name not in ours.properties:
            yield f"{where}: {name}"
        else:
            yield from compared(shape, ours.properties[name], f"{where}: {name}")
    if theirs.items is not None and ours.items is not None:
        yield from compared(theirs.items, ours.items, f"{where}: items")


def _followed(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _shape(document: Mapping[str, Any], node: Mapping[str, Any]) -> Shape:
    node = _followed(document, node)
    several = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
    if several and "properties" not in node:
        merged = _merged([_shape(document, one) for one in several])
    else:
        merged = _single(document, node)
    null = {"null"} if node.get("nullable") is True else frozenset[str]()
    return Shape(
        merged.types | null,
        merged.enum,
        merged.properties,
        merged.required,
        merged.items,
        {**merged.rest, **_rest(node)},
    )


def _single(document: Mapping[str, Any], node: Mapping[str, Any]) -> Shape:
    kinds = node.get("type", [])
    values = [node["const"]] if "const" in node else node.get("enum")
    return Shape(
        frozenset([kinds] if isinstance(kinds, str) else kinds),
        None if values is None else frozenset(map(repr, values)),
        {name: _shape(document, one) for name, one in node.get("properties", {}).items()},
        frozenset(node.get("required", [])),
        _shape(document, node["items"]) if "items" in node else None,
        _rest(node),
    )


def _rest(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: node[name] for name in ("format", "default", *_BOUNDS) if name in node}


def _merged(shapes: list[Shape]) -> Shape:
    """Of the alternatives, such as an object or null."""
    telling = [shape for shape in shapes if shape.types != {"null"}]
    enums = [shape.enum for shape in telling]
    return Shape(
        frozenset().union(*(shape.types for shape in shapes)),
        None if None in enums else frozenset().union(*(enum for enum in enums if enum)),
        {name: one for shape in telling for name, one in shape.properties.items()},
        frozenset.intersection(*(shape.required for shape in telling)),
        next((shape.items for shape in telling if shape.items is not None), None),
        {name: value for shape in telling for name, value in shape.rest.items()},
    )
