"""What this process logs: to standard error, in one form, whoever logs it.

Our own lines go through structlog, those of libraries through `logging`; both end in one handler. Libraries
say no more than warnings, at any level: below that some write out what they are given, such as keys.
"""

import logging
import re
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from morgana.settings import settings

_ROOT = "morgana"
_SECRET = re.compile(r"(morgana_[a-z0-9]{8}_)[\w-]+|(whsec_)[\w+/=-]+", re.ASCII)
_INDENT = "    "
_BLOCKS = ("detail", "exception")  # what is written below its line, where it may have lines of its own


def configure() -> None:
    """Set up logging; called once, first thing, by each long-running process."""
    terminal = sys.stderr.isatty()
    known: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("%H:%M:%S", utc=False) if terminal else _timestamp(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*known, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_written(terminal)],
        )
    )
    _adopt(handler)
    structlog.configure(
        processors=[*known, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings().log_level)),
        logger_factory=lambda *_: logging.getLogger(_ROOT),
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _uncaught
    threading.excepthook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


def request_id() -> str | None:
    """The id of the request that is being answered, or whose job is being done, if any."""
    known: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return known


def _adopt(handler: logging.Handler) -> None:
    """Have every line of `logging` go to this handler alone."""
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_ROOT).setLevel(settings().log_level)
    logging.captureWarnings(capture=True)


def _timestamp() -> Processor:
    return structlog.processors.TimeStamper("iso", utc=True)


def _written(terminal: bool) -> list[Processor]:  # noqa: FBT001
    if settings().log_format == "json":
        return [structlog.processors.JSONRenderer(default=str), _without_keys]
    console = structlog.dev.ConsoleRenderer(colors=terminal, pad_event_to=0, sort_keys=False)
    return [_legible, console, _without_keys]


def _without_keys(_logger: WrappedLogger, _method: str, line: Any) -> str:
    """API keys and secrets of webhooks, without what is secret, wherever a client put them."""
    return _SECRET.sub(r"\1\2...", line)


def _legible(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Texts that cannot pass for other lines, or steer a terminal: what they hold may be a stranger's."""
    blocks = []
    for key, value in [*line.items()]:
        if not isinstance(value, str):
            continue
        if key in _BLOCKS:
            blocks.append(line.pop(key))
            continue
        if key == "event":
            value, _, rest = value.partition("\n")
            blocks += [rest] if rest else []
        line[key] = "".join(map(_shown, value))
    if blocks:
        line["exception"] = "\n".join(map(_indented, blocks))
    return line


def _indented(block: str) -> str:
    lines = block.rstrip().split("\n")
    return "\n".join(_INDENT + "".join(map(_shown, line)) for line in lines)


def _shown(character: str) -> str:
    return character if character.isprintable() or character == "\t" else repr(character)[1:-1]


def _uncaught(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    """What would end up as a bare traceback is a line as well."""
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        structlog.get_logger().critical("uncaught", exc_info=(kind, error, traceback))
