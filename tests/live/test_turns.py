import asyncio
import threading
from collections.abc import Awaitable

import pytest

from morgana.live.turns import Turns
from tests.live.scripted import DEADLINE


async def settle() -> None:
    """Let every task go on until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


class Round:
    """Requests that note their turns. The first turn is held until everybody waits."""

    def __init__(self) -> None:
        self.turns = Turns("test")
        self.order: list[str] = []
        self.gate = threading.Event()

    async def hold(self, owner: str) -> None:
        with self.turns.place(owner) as place:
            await self.turns.run(place, lambda: self.gate.wait(DEADLINE))

    async def request(self, owner: str, name: str, sentences: int) -> None:
        with self.turns.place(owner) as place:
            for _ in range(sentences):
                await self.turns.run(place, lambda: self.order.append(f"{owner}{name}"))

    async def play(self, *requests: Awaitable[None], holder: str = "another") -> list[str]:
        holding = asyncio.create_task(self.hold(holder))
        await settle()
        tasks = [asyncio.ensure_future(request) for request in requests]
        await settle()
        self.gate.set()
        await asyncio.gather(holding, *tasks)
        return self.order


def test_turns_go_round_the_owners_and_then_round_their_requests() -> None:
    async def play() -> list[str]:
        a = Round()
        return await a.play(*(a.request("A", str(n), 2) for n in range(3)), a.request("B", "0", 3))

    order = asyncio.run(play())
    assert order[:6:2] == ["A0", "A1", "A2"]
    assert order[1:6:2] == ["B0", "B0", "B0"]
    assert order[6:] == ["A0", "A1", "A2"]


def test_ten_long_texts_of_one_owner_delay_another_by_one_sentence() -> None:
    async def play() -> list[str]:
        a = Round()
        short = a.request("B", "0", 1)
        return await a.play(*(a.request("A", str(n), 20) for n in range(10)), short)

    order = asyncio.run(play())
    assert order.index("B0") == 1
    rounds = [order[i : i + 10] for i in range(2, 192, 10)]
    assert all(len(set(names)) == 10 for names in rounds)


def test_who_comes_while_another_speaks_is_next_even_if_that_one_has_more_waiting() -> None:
    async def play() -> list[str]:
        a = Round()
        long = [a.request("A", str(n), 2) for n in range(2)]
        return await a.play(*long, a.request("B", "0", 1), holder="A")

    assert asyncio.run(play()) == ["B0", "A0", "A1", "A0", "A1"]


def test_owners_that_come_again_and_again_are_not_served_before_one_that_waits() -> None:
    async def play() -> list[str]:
        a = Round()

        async def again() -> None:
            for n in range(5):
                await a.request("B", str(n), 1)

        return await a.play(a.request("A", "0", 5), again(), again())

    order = asyncio.run(play())
    owners = "".join(name[0] for name in order)
    assert owners.startswith("ABABABABAB")


def test_who_stops_waiting_is_passed_over() -> None:
    async def play() -> list[str]:
        a = Round()
        holding = asyncio.create_task(a.hold("another"))
        await settle()
        leaving = asyncio.create_task(a.request("A", "0", 3))
        staying = asyncio.create_task(a.request("B", "0", 2))
        await settle()
        leaving.cancel()
        a.gate.set()
        await asyncio.gather(holding, staying)
        assert (await asyncio.gather(leaving, return_exceptions=True))[0].__class__ is asyncio.CancelledError
        return a.order

    assert asyncio.run(play()) == ["B0", "B0"]


def test_a_turn_lasts_until_its_work_has_ended_even_if_its_caller_has_left() -> None:
    async def play() -> list[str]:
        a = Round()
        holding = asyncio.create_task(a.hold("another"))
        await settle()
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        waiting = asyncio.create_task(a.request("B", "0", 1))
        await settle()
        assert a.order == []
        a.gate.set()
        await waiting
        return a.order

    assert asyncio.run(play()) == ["B0"]


def test_work_that_breaks_ends_its_turn() -> None:
    async def play() -> None:
        turns = Turns("test")
        with turns.place("A") as place:
            with pytest.raises(ZeroDivisionError):
                await turns.run(place, lambda: 1 / 0)
            assert await turns.run(place, lambda: 7) == 7

    asyncio.run(play())


def test_nothing_is_kept_of_those_who_have_left() -> None:
    async def play() -> Turns:
        a = Round()
        await a.play(*(a.request(f"owner {n}", "", 1) for n in range(20)))
        return a.turns

    turns = asyncio.run(play())
    assert not turns._places
    assert not turns._owners
