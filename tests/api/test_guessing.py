"""Wrong keys: whoever sends many has to wait, and nobody else."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from morgana import store
from morgana.api.guessing import WrongKeys
from tests.api.conftest import error_code

FREE = 10  # wrong keys that may be sent before there is a wait
WRONG = "morgana_abcdefgh_" + "x" * 43


@dataclass
class Clock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(clock: Clock) -> WrongKeys:
    return WrongKeys(clock)


class Places:
    """Clients with Ada's key at several addresses."""

    def __init__(self, app: FastAPI, key: str, stack: ExitStack) -> None:
        self._app, self._key, self._stack = app, key, stack

    def ask(self, address: str, key: str | bytes | None = None) -> Any:
        client = self._stack.enter_context(TestClient(self._app, client=(address, 50000)))
        sent = self._key if key is None else key
        return client.get(
            "/v1/videos", headers=[(b"x-api-key", sent if isinstance(sent, bytes) else sent.encode())]
        )


@pytest.fixture
def places(app: FastAPI, key: str, guard: WrongKeys) -> Iterator[Places]:
    app.state.wrong_keys = guard
    with ExitStack() as stack:
        yield Places(app, key, stack)


def guess(guard: WrongKeys, times: int, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        guard.was_wrong(address, WRONG)


def test_after_a_few_wrong_keys_an_address_waits_twice_as_long_each_time(
    guard: WrongKeys, clock: Clock
) -> None:
    guess(guard, FREE)
    assert guard.wait("192.0.2.1", WRONG) == 0
    waits = []
    for _ in range(9):
        guess(guard, 1)
        waits.append(guard.wait("192.0.2.1", WRONG))
        clock.seconds += waits[-1]
        assert guard.wait("192.0.2.1", WRONG) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_an_address_is_forgiven_after_ten_minutes_without_a_wrong_key(guard: WrongKeys, clock: Clock) -> None:
    guess(guard, FREE + 5)
    clock.seconds += 599
    guess(guard, 1)
    assert guard.wait("192.0.2.1", WRONG) == 32
    clock.seconds += 601
    guess(guard, FREE)
    assert guard.wait("192.0.2.1", WRONG) == 0


def test_other_addresses_do_not_wait(guard: WrongKeys) -> None:
    guess(guard, 50)
    assert guard.wait("192.0.2.2", WRONG) == 0


def test_an_ipv6_network_is_one_guesser(guard: WrongKeys) -> None:
    for last in range(50):
        guard.was_wrong(f"2001:db8:0:1::{last:x}", WRONG)
    assert guard.wait("2001:db8:0:1:ffff::1", WRONG) > 0
    assert guard.wait("2001:db8:0:2::1", WRONG) == 0
    guess(guard, 50, "::ffff:192.0.2.9")
    assert guard.wait("192.0.2.9", WRONG) > 0
    assert guard.wait("192.0.2.8", WRONG) == 0


def test_a_key_that_was_right_is_looked_at_also_from_where_wrong_ones_come(guard: WrongKeys) -> None:
    guard.was_right("right")
    guess(guard, 50)
    assert guard.wait("192.0.2.1", "right") == 0
    assert guard.wait("192.0.2.1", "another") > 0
    guard.was_wrong("192.0.2.3", "right")  # revoked since
    assert guard.wait("192.0.2.1", "right") > 0


def test_no_more_is_remembered_than_fits(guard: WrongKeys) -> None:
    for number in range(25_000):
        guard.was_wrong(f"192.{number >> 16}.{number >> 8 & 255}.{number & 255}", WRONG)
        guard.was_right(str(number))
    assert len(guard) == 20_000
    guess(guard, 50)
    assert guard.wait("192.0.2.1", WRONG) > 0


def test_a_guesser_is_answered_429_and_told_how_long_to_wait(places: Places, clock: Clock) -> None:
    for _ in range(FREE + 1):
        assert error_code(places.ask("192.0.2.1", WRONG), 401) == "invalid_api_key"
    answer = places.ask("192.0.2.1", WRONG)
    assert error_code(answer, 429) == "too_many_wrong_keys"
    assert answer.headers["retry-after"] == "1"
    clock.seconds += 1
    assert error_code(places.ask("192.0.2.1", WRONG), 401) == "invalid_api_key"
    assert places.ask("192.0.2.1", WRONG).headers["retry-after"] == "2"


def test_while_it_waits_a_guesser_does_not_learn_which_key_is_right(places: Places, clock: Clock) -> None:
    for _ in range(FREE + 1):
        places.ask("192.0.2.1", WRONG)
    assert error_code(places.ask("192.0.2.1"), 429) == "too_many_wrong_keys"
    clock.seconds += 1
    assert places.ask("192.0.2.1").status_code == 200


def test_a_right_key_works_from_elsewhere_and_where_it_was_used_before(places: Places) -> None:
    assert places.ask("192.0.2.1").status_code == 200
    for _ in range(FREE + 5):
        places.ask("192.0.2.1", WRONG)
        places.ask("192.0.2.66", WRONG)
    assert error_code(places.ask("192.0.2.1", WRONG), 429)
    assert places.ask("192.0.2.1").status_code == 200
    assert places.ask("192.0.2.2").status_code == 200


def test_a_right_key_does_not_make_up_for_wrong_ones(places: Places) -> None:
    for _ in range(FREE + 1):
        assert places.ask("192.0.2.1").status_code == 200
        places.ask("192.0.2.1", WRONG)
    assert error_code(places.ask("192.0.2.1", WRONG), 429) == "too_many_wrong_keys"


def test_no_key_is_no_wrong_key(places: Places) -> None:
    for _ in range(FREE + 5):
        assert error_code(places.ask("192.0.2.1", ""), 401) == "missing_api_key"
    assert error_code(places.ask("192.0.2.1", WRONG), 401) == "invalid_api_key"


def test_what_is_not_ascii_is_a_wrong_key(places: Places) -> None:
    for _ in range(FREE + 1):
        assert error_code(places.ask("192.0.2.1", "schlüssel".encode()), 401)
    assert error_code(places.ask("192.0.2.1", WRONG), 429)


def test_a_revoked_key_is_refused_at_once_also_where_it_was_right_before(places: Places) -> None:
    assert places.ask("192.0.2.1").status_code == 200
    for record in store.keys.list():
        store.keys.revoke(record.id)
    assert error_code(places.ask("192.0.2.1"), 401) == "invalid_api_key"
