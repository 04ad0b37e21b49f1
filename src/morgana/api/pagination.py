"""Paging through a list: strictly after an id, up to a limit, in either order of creation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError

from morgana.api.errors import problem
from morgana.store import UnknownCursorError

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    after: str | None
    limit: int
    order: Literal["asc", "desc"]


def _page(
    after: Annotated[str | None, Query(description="Return items strictly after this ID")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Max number of items to return")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="Sort order by creation time")] = "desc",
) -> Page:
    return Page(after, limit, order)


AskedPage = Annotated[Page, Depends(_page)]


def plausible(record_id: str) -> bool:
    """Whether a database can be asked for this id at all; PostgreSQL refuses NUL, for one."""
    return record_id.isascii() and record_id.isprintable()


def fetch(page: Page, limit: int, what: str, read: Callable[..., list[Item]]) -> list[Item]:
    """What `read` finds for the page; `limit` goes before the page's. Raises RequestValidationError."""
    try:
        if page.after is not None and not plausible(page.after):
            raise UnknownCursorError(page.after)
        return read(after=page.after, limit=limit, order=page.order)
    except UnknownCursorError:
        message = f"There is no {what} with this ID to continue after"
        raise RequestValidationError([problem(("query", "after"), "unknown_id", message)]) from None
