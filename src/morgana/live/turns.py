"""Who is served next: turns go round the owners, and among an owner's requests.

A turn goes to the owner whose last one ended longest ago, and of that owner's requests to the one whose last
one did; who has had none yet counts from when they came. So nobody waits for more than one turn of each other
owner, however much any of them asks for.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class _Place:
    """A request: since when it has had no turn, and what it waits with for the next one."""

    owner: Hashable
    since: int
    waiting: asyncio.Future[None] | None = None


class Turns:
    """Runs one piece of work at a time, in a thread of its own. Used in one event loop."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._clock = count()
        self._owners: dict[Hashable, int] = {}
        self._places: list[_Place] = []
        self._busy = False

    @contextmanager
    def place(self, owner: Hashable) -> Iterator[_Place]:
        """A request's place in the round, to be kept until its last turn."""
        place = _Place(owner, next(self._clock))
        self._places.append(place)
        self._owners.setdefault(owner, place.since)
        try:
            yield place
        finally:
            self._places.remove(place)
            if all(other.owner != owner for other in self._places):
                del self._owners[owner]

    async def run(self, place: _Place, work: Callable[[], Result]) -> Result:
        """Wait for a turn and run `work` in it. If the caller is cancelled, the turn lasts until it ends."""
        await self._begin(place)
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        running.add_done_callback(lambda _: self._end(place))
        return await asyncio.shield(running)

    async def _begin(self, place: _Place) -> None:
        if not self._busy:
            self._busy = True
            return
        place.waiting = asyncio.get_running_loop().create_future()
        try:
            await place.waiting
        except asyncio.CancelledError:
            if not place.waiting.cancelled():  # the turn came at the same moment
                self._end(place)
            raise
        finally:
            place.waiting = None

    def _end(self, place: _Place) -> None:
        place.since = next(self._clock)
        if place.owner in self._owners:
            self._owners[place.owner] = place.since
        waiting = [other for other in self._places if other.waiting and not other.waiting.done()]
        following = min(waiting, key=lambda other: (self._owners[other.owner], other.since), default=None)
        self._busy = following is not None
        if following and following.waiting:
            following.waiting.set_result(None)
