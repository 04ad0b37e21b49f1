"""Paging through a list: strictly after an id, up to a limit, in either order of creation."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    after: str | None
    limit: int
    order: Literal["asc", "desc"]


def _page(
    after: Annotated[str | None, Query(description="Return items strictly after this video ID")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Max number of items to return")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="Sort order by creation time")] = "desc",
) -> Page:
    return Page(after, limit, order)


AskedPage = Annotated[Page, Depends(_page)]
