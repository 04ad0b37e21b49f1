"""Work that many may ask for at the same time, done once for all of them."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any


class Once:
    """One per kind of work."""

    def __init__(self) -> None:
        self._going: dict[Hashable, asyncio.Task[None]] = {}

    async def do(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Wait until `work` is done, which is begun unless it is being done. Raises what it raises.

        It goes on when who asked for it leaves: others may wait for it too, or come back for it.
        """
        if (task := self._going.get(key)) is None:
            task = self._going[key] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._going.pop(key))
        await asyncio.shield(task)
