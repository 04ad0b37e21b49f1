"""Operations that are written once, as coroutines, and that both clients have.

`AsyncClient` hands the coroutine out. `Client` runs it to its end: over a blocking transport it never
suspends, so that one step is all of it, and no event loop is needed.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from functools import wraps
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from morgana.client.connection import Connection

P = ParamSpec("P")
R = TypeVar("R")


class Blocking:
    """What belongs to a `Client`: calls return results."""


class Awaited:
    """What belongs to an `AsyncClient`: calls return awaitables."""


M_co = TypeVar("M_co", bound=Blocking | Awaited, covariant=True)


class Resource(Generic[M_co]):
    """Operations on one kind of thing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


def run(coroutine: Coroutine[Any, Any, R]) -> R:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: R = ended.value
        return result
    coroutine.close()
    raise RuntimeError("A blocking client was given something to wait for")


class _Described:
    """A descriptor that shows the signature and the documentation of its function."""

    def __init__(self, function: Callable[..., Any], blocking: Callable[..., Any]) -> None:
        self._function = function
        self._blocking = wraps(function)(blocking)
        self.__doc__ = function.__doc__

    def _of(self, resource: Resource[Any]) -> Any:
        blocking = resource._connection.blocking
        return MethodType(self._blocking if blocking else self._function, resource)


class operation(_Described, Generic[P, R]):  # noqa: N801 (a decorator)
    """A method of a resource whose result is waited for."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]) -> None:
        def blocking(*args: Any, **options: Any) -> R:
            return run(function(*args, **options))

        super().__init__(function, blocking)

    @overload
    def __get__(self, resource: None, owner: object = None) -> Self: ...
    @overload
    def __get__(self, resource: Resource[Blocking], owner: object = None) -> Callable[P, R]: ...
    @overload
    def __get__(
        self, resource: Resource[Awaited], owner: object = None
    ) -> Callable[P, Coroutine[Any, Any, R]]: ...

    def __get__(self, resource: Resource[Any] | None, owner: object = None) -> Any:
        return self if resource is None else self._of(resource)


class iteration(_Described, Generic[P, R]):  # noqa: N801 (a decorator)
    """A method of a resource that is iterated over, with `for` or `async for`."""

    def __init__(self, function: Callable[Concatenate[Any, P], AsyncGenerator[R, None]]) -> None:
        def blocking(*args: Any, **options: Any) -> Generator[R, None, None]:
            items = function(*args, **options)
            try:
                while True:
                    try:
                        item = run(items.__anext__())
                    except StopAsyncIteration:
                        return
                    yield item
            finally:
                run(_closed(items))

        super().__init__(function, blocking)

    @overload
    def __get__(self, resource: None, owner: object = None) -> Self: ...
    @overload
    def __get__(
        self, resource: Resource[Blocking], owner: object = None
    ) -> Callable[P, Generator[R, None, None]]: ...
    @overload
    def __get__(
        self, resource: Resource[Awaited], owner: object = None
    ) -> Callable[P, AsyncGenerator[R, None]]: ...

    def __get__(self, resource: Resource[Any] | None, owner: object = None) -> Any:
        return self if resource is None else self._of(resource)


async def _closed(items: AsyncGenerator[Any, None]) -> None:
    await items.aclose()
