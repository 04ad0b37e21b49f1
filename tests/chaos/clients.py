"""Clients as the contract wants them: a create is sent, with its key, until it is answered, then polled."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2

from tests.chaos.orders import CREATED_AT, READ_AT, Field, Order, answer

_CREATORS = 4
_TIMEOUT = 20.0
_POLL_SECONDS = 0.25
_AGAIN_SECONDS = (0.1, 0.8)
_CREATE_DEADLINE = 900.0


@dataclass
class Clients:
    """All clients of one installation. problems: what none of them may ever see."""

    ports: Sequence[int]
    keys: Mapping[str, str]  # by owner
    problems: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)  # how often something else came than an answer
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, order: Order, chance: random.Random) -> None:
        """Have it accepted, however long that takes; perhaps cancel it then."""
        deadline = time.monotonic() + _CREATE_DEADLINE
        headers = {"Idempotency-Key": order.name}
        while time.monotonic() < deadline:
            order.sent += 1
            response = self._ask(order, "POST", CREATED_AT[order.kind], files=order.fields, headers=headers)
            if response is not None and response.status_code == httpx2.codes.OK:
                order.id = response.json()["id"]
                answer(order, response.json())
                with self._lock:
                    self.orders.append(order)
                break
            if response is not None and response.status_code != httpx2.codes.CONFLICT:
                self.problems.append(f"{order.name} was refused: {response.status_code} {response.text}")
                return
            time.sleep(chance.uniform(*_AGAIN_SECONDS))
        else:
            self.problems.append(f"{order.name} was not accepted within {_CREATE_DEADLINE:g} s")
        if order.id and order.cancelled:
            time.sleep(chance.uniform(0, 1))
            self._ask(order, "DELETE", f"{READ_AT[order.kind]}/{order.id}")

    def look(self, order: Order) -> None:
        """Poll it once."""
        response = self._ask(order, "GET", f"{READ_AT[order.kind]}/{order.id}")
        if response is None:
            return
        if response.status_code == httpx2.codes.NOT_FOUND:
            if not order.cancelled:
                self.problems.append(f"{order.id} is not there")
            order.status = "GONE"
            return
        before = order.status if order.ended else None
        answer(order, response.raise_for_status().json())
        if before not in (None, order.status):
            self.problems.append(f"{order.id} was {before} and is {order.status}")

    def _ask(
        self,
        order: Order,
        method: str,
        path: str,
        *,
        files: Mapping[str, Field] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response | None:
        """None if there was no answer, or one that says that it is the server's fault."""
        port = random.choice(self.ports)
        sent = {"x-api-key": self.keys[order.owner], **(headers or {})}
        try:
            response = httpx2.request(
                method, f"http://127.0.0.1:{port}{path}", headers=sent, files=files, timeout=_TIMEOUT
            )
        except httpx2.TransportError as error:
            self._count(type(error).__name__)
            return None
        if response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            self._count(str(response.status_code))
            return None
        return response

    def _count(self, what: str) -> None:
        with self._lock:
            self.answers[what] = self.answers.get(what, 0) + 1


class Crowd:
    """Creators that share a list of orders, and somebody who polls all of them."""

    def __init__(
        self, clients: Clients, orders: Iterable[Order], allowed: Callable[[], int], seed: int
    ) -> None:
        """allowed: how many orders may have been sent by now."""
        self._clients = clients
        self._waiting = list(orders)
        self._total = len(self._waiting)
        self._allowed = allowed
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._creators = [
            threading.Thread(target=self._create_all, args=(random.Random(f"{seed} {number}"),))
            for number in range(_CREATORS)
        ]
        self._watcher = threading.Thread(target=self._watch)

    def start(self) -> None:
        for thread in (*self._creators, self._watcher):
            thread.start()

    def wait_for(self, accepted: int, seconds: float) -> None:
        """Until so many orders have been accepted, or for so long."""
        deadline = time.monotonic() + seconds
        while len(self._clients.orders) < accepted and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def finish(self, seconds: float) -> list[Order]:
        """Wait until everything has been sent and has ended, or for so long after; what has not."""
        for creator in self._creators:
            creator.join()
        deadline = time.monotonic() + seconds
        while (unfinished := self._unfinished()) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        self._stopping.set()
        self._watcher.join()
        return unfinished

    def _unfinished(self) -> list[Order]:
        return [order for order in [*self._clients.orders] if not order.ended]

    def _create_all(self, chance: random.Random) -> None:
        while (order := self._next()) is not None:
            self._clients.create(order, chance)

    def _next(self) -> Order | None:
        while True:
            with self._lock:
                if not self._waiting:
                    return None
                if self._total - len(self._waiting) < self._allowed():
                    return self._waiting.pop(0)
            time.sleep(_POLL_SECONDS)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            for order in self._unfinished():
                with suppress(httpx2.HTTPStatusError):
                    self._clients.look(order)
            self._stopping.wait(_POLL_SECONDS)
