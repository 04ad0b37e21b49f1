"""docs/webhooks.md says what is so."""

import re
import time
from pathlib import Path
from typing import Any

from morgana.store import EventType
from morgana.webhooks.backoff import DELAYS
from morgana.webhooks.signing import new_secret, signed_headers

TEXT = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
_SECONDS = {"s": 1, "min": 60, "h": 3600}


def _part(heading: str) -> list[str]:
    return TEXT.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()


def test_every_event_is_documented() -> None:
    rows = [line for line in _part("Events") if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert sorted(named) == sorted(event.value for event in EventType)


def test_every_delay_is_documented() -> None:
    row = next(line for line in _part("Attempts") if line.startswith("| 5 s"))
    cells = [cell.split() for cell in row.strip("|").split("|")]
    assert [int(number) * _SECONDS[unit] for number, unit in cells] == list(DELAYS)


def test_the_verification_in_the_docs_verifies() -> None:
    written = TEXT.split("```python\n")[1].split("```")[0]
    namespace: dict[str, Any] = {}
    exec(compile(written, "docs/webhooks.md", "exec"), namespace)  # noqa: S102
    secret, body = new_secret(), b'{"id": "event_1"}'
    headers = signed_headers("event_1", int(time.time()), body, [secret])
    assert namespace["event_of"](secret, body, headers) == {"id": "event_1"}
    assert namespace["event_of"](new_secret(), body, headers) is None
    assert namespace["event_of"](secret, body + b" ", headers) is None
    old = signed_headers("event_1", int(time.time()) - 600, body, [secret])
    assert namespace["event_of"](secret, body, old) is None
