"""What a process logs, as somebody reads it: in one form, whoever logs it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

_BEGIN = """
import logging, threading, warnings
import structlog
from morgana import logs
logs.configure()
log = structlog.get_logger()
"""


def _logged(program: str, **environment: str) -> list[str]:
    """The lines that a process writes to standard error."""
    process = subprocess.run(
        [sys.executable, "-c", _BEGIN + program],
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )
    return process.stderr.removesuffix("\n").split("\n")


def _objects(program: str, **environment: str) -> list[dict[str, Any]]:
    lines = _logged(program, MORGANA_LOG_FORMAT="json", **environment)
    return [json.loads(line) for line in lines]


_EVERYBODY = """
structlog.contextvars.bind_contextvars(request_id="abc")
log.info("ours", path="/a")
logging.getLogger("morgana.overlays").error("by %s", "a pipeline")
logging.getLogger("uvicorn.error").warning("by the server")
warnings.warn("careful")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
"""


def test_every_line_is_a_json_object_whoever_logs_it() -> None:
    lines = _objects(_EVERYBODY + "raise RuntimeError('the end')")
    assert [line["level"] for line in lines] == [
        "info",
        "error",
        "warning",
        "warning",
        "error",
        "critical",
        "critical",
    ]
    assert lines[0].items() >= {"event": "ours", "path": "/a", "request_id": "abc"}.items()
    assert lines[1]["event"] == "by a pipeline"
    assert lines[1]["logger"] == "morgana.overlays"
    assert "UserWarning: careful" in lines[3]["event"]
    assert "ZeroDivisionError" in lines[4]["exception"]
    assert "ZeroDivisionError" in lines[5]["exception"]
    assert "RuntimeError: the end" in lines[6]["exception"]
    assert {line["timestamp"][-1] for line in lines} == {"Z"}
    assert {line.get("request_id") for line in lines[:5]} == {"abc"}


def test_people_get_text() -> None:
    lines = _logged(_EVERYBODY)
    assert lines[0].endswith("[info     ] ours path=/a request_id=abc")
    assert "[error    ] by a pipeline [morgana.overlays] request_id=abc" in lines[1]
    assert "    ZeroDivisionError: division by zero" in lines


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b[2J", "\x85", "\u2028", "\x00"])
def test_what_a_stranger_sent_cannot_look_like_a_line_or_steer_a_terminal(sign: str) -> None:
    program = f"""
log.info("request", path={sign!r} + "FORGED")
log.error("job crashed", detail="It died." + {sign!r} + "FORGED")
logging.getLogger("lib").warning("of a library" + {sign!r} + "FORGED")
"""
    text = "\n".join(_logged(program))
    assert text.count("FORGED") == 3
    assert sign == "\n" or sign not in text
    for line in text.splitlines():
        assert "FORGED" not in line or line.startswith(("    ", "20")), line
    assert [line["level"] for line in _objects(program)] == ["info", "error", "warning"]


def test_libraries_say_no_more_than_warnings_at_any_level() -> None:
    program = """
log.debug("ours")
logging.getLogger("morgana.overlays").debug("of a pipeline")
for level in (logging.DEBUG, logging.INFO):
    logging.getLogger("lib").log(level, "a key")
"""
    assert [line["event"] for line in _objects(program, MORGANA_LOG_LEVEL="DEBUG")] == [
        "ours",
        "of a pipeline",
    ]
    assert _logged(program) == [""]


def test_what_is_secret_is_not_written_wherever_a_client_put_it() -> None:
    program = """
log.info("request", path="/v1/videos/morgana_abcd1234_s3same-", query="whsec_S3same+/x=")
logging.getLogger("lib").warning("of whsec_S3same")
"""
    for environment in ({}, {"MORGANA_LOG_FORMAT": "json"}):
        text = "\n".join(_logged(program, **environment))
        assert "same" not in text
        assert "/v1/videos/morgana_abcd1234_..." in text
        assert text.count("whsec_...") == 2


def test_local_variables_stay_out_of_tracebacks() -> None:
    program = "def f():\n    key = 'sesame ' * 2\n    1 / 0\nf()"
    for environment in ({}, {"MORGANA_LOG_FORMAT": "json"}):
        text = "\n".join(_logged(program, **environment))
        assert "ZeroDivisionError" in text
        assert "sesame sesame" not in text
