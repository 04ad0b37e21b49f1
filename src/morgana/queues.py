"""The queues that jobs wait in, and which of them a worker takes, as settings and command lines name them."""

from enum import StrEnum


class Queue(StrEnum):
    """Jobs that need alike machines. Speech is not among them: servers speak while the client waits."""

    PORTRAIT = "portrait"
    CAPTIONS = "captions"
    OVERLAYS = "overlays"


ALL = "all"


def parse(text: str) -> frozenset[Queue]:
    """The queues of `portrait,captions`; `all` is every one. Raises ValueError."""
    return frozenset(Queue) if text.strip() == ALL else frozenset(map(_queue, _parts(text)))


def parse_labels(text: str | None) -> frozenset[str]:
    """The labels of `gpu,large`, if any. Raises ValueError."""
    return frozenset(map(_label, _parts(text))) if text else frozenset()


def parse_needed(text: str | None) -> dict[Queue, str]:
    """Which queues are for workers with a label, of `portrait=gpu`, if any. Raises ValueError."""
    pairs = [part.partition("=") for part in _parts(text)] if text else []
    return {_queue(queue.strip()): _label(label.strip()) for queue, _, label in pairs}


def takes(queues: frozenset[Queue], labels: frozenset[str], needed: dict[Queue, str]) -> frozenset[Queue]:
    """What a worker takes that is told to take `queues` and has `labels`."""
    return frozenset(queue for queue in queues if queue not in needed or needed[queue] in labels)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _queue(name: str) -> Queue:
    if name not in list(Queue):
        raise ValueError(f"'{name}' is no queue; there are {', '.join(Queue)}")
    return Queue(name)


def _label(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"'{name}' is no label: letters, digits, hyphens and underscores are")
    return name
