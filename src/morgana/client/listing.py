"""Lists, page after page, as one iteration."""

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from morgana.client.connection import Connection
from morgana.client.errors import ResponseError
from morgana.client.objects import Object
from morgana.client.transport import Request

T = TypeVar("T", bound=Object)

MOST = 100  # items of a page


async def each(
    connection: Connection,
    model: type[T],
    url: str,
    query: Mapping[str, Any],
    cursor: Callable[[T], str] = lambda item: str(item.model_dump()["id"]),
) -> AsyncGenerator[T, None]:
    """The items of all pages, each page asked for when it is come to.

    Pages are arrays, as of videos, or objects with `data` and `has_more`, as of everything else. A page is
    the last one if it says so, or is an array that is not full. `limit` in the query is a page's.
    """
    wanted = {name: value for name, value in query.items() if value is not None}
    asked = int(wanted.setdefault("limit", MOST))
    while True:
        items, more = _page(connection, model, await connection.send(Request("GET", url, wanted)), asked)
        for item in items:
            yield item
        after = cursor(items[-1]) if items else None
        if not more or after is None or after == wanted.get("after"):
            return
        wanted["after"] = after


def _page(connection: Connection, model: type[T], body: bytes, asked: int) -> tuple[list[T], bool]:
    try:
        page = TypeAdapter(Any).validate_json(body)
        data = page["data"] if isinstance(page, dict) else page
        items = TypeAdapter(list[model]).validate_python(data)  # type: ignore[valid-type]
    except (ValidationError, KeyError) as error:
        raise ResponseError(
            f"{connection.base} answered with something that is no list of this API"
        ) from error
    more = page.get("has_more", False) if isinstance(page, dict) else len(items) >= asked
    return items, bool(more)
