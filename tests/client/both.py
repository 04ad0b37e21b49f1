"""Both clients as one: what is tested of `Client` is tested of `AsyncClient` as well, in the same words."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Iterator
from typing import Any, cast

from morgana.client import AsyncClient, Client


class _Waited:
    """A part of an `AsyncClient`, whose results are waited for."""

    def __init__(self, part: object, runner: asyncio.Runner) -> None:
        self._part = part
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if not inspect.ismethod(value):
            plain = isinstance(value, str) or inspect.isfunction(value)
            return value if plain else _Waited(value, self._runner)

        def call(*args: object, **options: object) -> Any:
            result = value(*args, **options)
            if inspect.isasyncgen(result):
                return self._each(cast("AsyncGenerator[Any, None]", result))
            return self._runner.run(result)

        return call

    def _each(self, items: AsyncGenerator[Any, None]) -> Iterator[Any]:
        try:
            while True:
                try:
                    yield self._runner.run(items.__anext__())
                except StopAsyncIteration:
                    return
        finally:
            self._runner.run(items.aclose())


def waited(client: AsyncClient, runner: asyncio.Runner) -> Client:
    return cast("Client", _Waited(client, runner))
