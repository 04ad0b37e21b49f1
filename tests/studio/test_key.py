"""The studio's key: given only to the person who runs the server, and asked for anywhere else."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from playwright.sync_api import expect
from starlette.testclient import TestClient

from morgana import store
from morgana.api import neighbours
from morgana.settings import settings
from tests.api.conftest import app, captioner, engine, overlayer, room, speaker  # noqa: F401 (fixtures)
from tests.studio.conftest import Visit

HERE = "127.0.0.1:8000"
OWN = {"Host": HERE, "Origin": f"http://{HERE}", "Sec-Fetch-Site": "same-origin"}


def asked(app: FastAPI, headers: dict[str, str], peer: str = "127.0.0.1") -> tuple[int, str]:  # noqa: F811
    with TestClient(app, client=(peer, 50_000)) as client:
        answer = client.post("/studio/key", headers=headers)
    error = answer.json().get("error", {})
    assert error.get("code") in (None, "studio_key_refused")
    return answer.status_code, error.get("message", "")


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's client has no socket that the system could tell the user of."""
    monkeypatch.setattr(neighbours, "_same_user", lambda _request: True)


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "studio.localhost"])
def test_the_own_page_on_this_machine_gets_one(app: FastAPI, host: str) -> None:  # noqa: F811
    assert asked(app, OWN | {"Host": host, "Origin": f"http://{host}"})[0] == 200
    assert asked(app, OWN, "::ffff:127.0.0.1")[0] == 200


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("headers", "peer", "reason"),
    [
        ({}, "192.168.1.20", "not open on the machine"),
        ({}, "::ffff:10.0.0.1", "not open on the machine"),
        ({"Host": "rebound.example", "Origin": "http://rebound.example"}, "127.0.0.1", "another page"),
        (
            {"Host": "127.0.0.1.example:8000", "Origin": "http://127.0.0.1.example:8000"},
            "127.0.0.1",
            "another page",
        ),
        ({"Host": ""}, "127.0.0.1", "another page"),
        ({"Origin": "https://evil.example"}, "127.0.0.1", "another page"),
        ({"Origin": "http://127.0.0.1:3000"}, "127.0.0.1", "another page"),
        ({"Origin": "null"}, "127.0.0.1", "another page"),
        ({"Origin": ""}, "127.0.0.1", "another page"),
        ({"Sec-Fetch-Site": "cross-site"}, "127.0.0.1", "another page"),
        ({"Sec-Fetch-Site": "same-site"}, "127.0.0.1", "another page"),
        ({"Sec-Fetch-Site": ""}, "127.0.0.1", "another page"),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", "proxy"),
        ({"X-Forwarded-Host": HERE}, "127.0.0.1", "proxy"),
        ({"Forwarded": "for=127.0.0.1"}, "127.0.0.1", "proxy"),
        ({"Via": "1.1 somewhere"}, "127.0.0.1", "proxy"),
        ({"X-Real-IP": "127.0.0.1"}, "127.0.0.1", "proxy"),
    ],
)
def test_nobody_else_gets_one(
    app: FastAPI,  # noqa: F811
    headers: dict[str, str],
    peer: str,
    reason: str,
) -> None:
    status, message = asked(app, OWN | headers, peer)
    assert (status, reason in message) == (403, True), message
    assert list(store.keys.list()) == []


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("name", "value"), [("MORGANA_STUDIO_KEY", "off"), ("MORGANA_PUBLIC_URL", "https://video.example.org")]
)
def test_it_can_be_turned_off_and_is_so_behind_a_public_address(
    app: FastAPI,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert asked(app, OWN)[0] == 403


def test_the_user_of_a_connection_is_read_from_the_systems_tables() -> None:
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
    rows = [
        "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
        "   1: 0100007F:C350 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1000        0 2 1",
        "   2: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1",
        "   3: 0100007F:C351 0100007F:1F40 06 00000000:00000000 00:00000000 00000000    33        0 0 1",
    ]
    table = "\n".join([head, *rows]) + "\n"
    assert neighbours.owners([table], 50_000, 8000) == {1000}
    assert neighbours.owners([table, f"{head}\n"], 50_001, 8000) == set()
    assert neighbours.owners([], 50_000, 8000) == set()


ASK = """
import http.client, sys
host, port = sys.argv[1].split(":")
connection = http.client.HTTPConnection(host, int(port))
if len(sys.argv) > 2:
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
headers = {"Origin": f"http://{sys.argv[1]}", "Sec-Fetch-Site": "same-origin"}
connection.request("POST", "/studio/key", headers=headers)
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"""


def test_another_user_of_the_machine_and_an_old_proxy_get_none(address: str) -> None:
    place = address.removeprefix("http://")
    own = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    assert httpx2.post(f"{address}/studio/key", headers=own).status_code == 200
    command = [sys.executable, "-c", ASK, place]
    old = subprocess.run([*command, "1.0"], check=True, capture_output=True, text=True).stdout
    assert old.startswith("403") and "proxy" in old, old  # noqa: PT018
    if os.getuid() == 0:  # who alone can be another
        nobody = ["/usr/bin/python3", "-c", ASK, place] if Path("/usr/bin/python3").exists() else command
        found = subprocess.run(nobody, check=True, capture_output=True, text=True, user=65534, group=65534)
        assert found.stdout.startswith("403") and "another user" in found.stdout, found.stdout  # noqa: PT018


def test_where_none_is_given_the_page_asks_and_keeps_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_STUDIO_KEY", "off")
    settings.cache_clear()
    page = visit()
    field = page.get_by_label("API key")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_visible()
    page.get_by_role("button", name="Open the studio").click()
    expect(page.get_by_role("alert")).to_contain_text("Paste a key first")
    field.fill("morgana_wrong_key")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not know this key")
    key, secret = store.keys.create("mine", "ada")
    field.fill(f" {secret} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Portrait of Demo")).to_be_visible()
    page.reload()
    expect(page.get_by_role("img", name="Portrait of Demo")).to_be_visible()
    store.keys.revoke(key.id)
    page.reload()
    expect(field).to_be_visible()
