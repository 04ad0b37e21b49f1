"""What is uploaded: paths, bytes and open files, and the fields that go with them, as parts of a form."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

# A path, the content itself, or a file that is open for reading in binary.
File: TypeAlias = str | os.PathLike[str] | bytes | IO[bytes]

_SUFFIXES = {  # by what a file begins with, for servers that go by names
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"RIFF": ".wav",
    b"ID3": ".mp3",
    b"\xff\xfb": ".mp3",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form. filename: of a file; None for a text."""

    name: str
    content: str | bytes | Path | IO[bytes]
    filename: str | None = None


def file_part(name: str, file: File) -> Part:
    """A file to upload. It can be sent again: an open file that cannot be rewound is read here and now."""
    if isinstance(file, bytes):
        return Part(name, file, name + _suffix(file))
    if isinstance(file, str | os.PathLike):
        return Part(name, Path(file), Path(file).name)
    if not isinstance(file.read(0), bytes):
        raise TypeError(f"{name} is a file that is open for text: open it with mode 'rb'")
    filename = getattr(file, "name", None)
    shown = Path(filename).name if isinstance(filename, str) else name
    return Part(name, file if file.seekable() else file.read(), shown)


def fields(values: Mapping[str, Any]) -> list[Part]:
    """The parts of texts, numbers, truths and, as repeated fields, lists; None is left out."""
    return [Part(name, text) for name, value in values.items() for text in _texts(value)]


@contextmanager
def opened(parts: Iterable[Part]) -> Iterator[list[tuple[str, Any]]]:
    """The parts in the form of the HTTP library, with their files open."""
    with ExitStack() as files:
        form: list[tuple[str, Any]] = []
        for part in parts:
            content = part.content
            if isinstance(content, Path):
                content = files.enter_context(content.open("rb"))
            form.append((part.name, (part.filename, content)))
        yield form


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, Mapping):
        return [json.dumps(value)]
    if isinstance(value, Sequence):
        return ["" if one is None else str(one) for one in value]
    return [str(value)]


def _suffix(content: bytes) -> str:
    if content[4:8] == b"ftyp":
        return ".mov" if content[8:10] == b"qt" else ".mp4"
    return next((suffix for start, suffix in _SUFFIXES.items() if content.startswith(start)), "")
