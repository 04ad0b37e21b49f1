"""The parts of a multipart body: a file goes to disk, a text is kept, anything else is read past."""

import hashlib
import tempfile
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, Protocol

from morgana.api.errors import ApiError, problem
from morgana.api.formats import HEAD_BYTES, Format

_MAX_TEXT_BYTES = 64 * 1024
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileField:
    """A field that takes a file of one of `formats`; `expected` names them in an error message.

    max_bytes: None where there is no limit. or_text: whether it may be sent as a text, too.
    """

    max_bytes: int | None
    formats: tuple[Format, ...]
    expected: str
    or_text: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file, readable from its start."""

    file: IO[bytes]
    format: Format
    sha256: str


@dataclass(slots=True)
class Form:
    """A received body: text fields, files, and what is wrong with it so far, as entries of a 422 answer."""

    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)  # fields that may be sent several times
    files: dict[str, Upload] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)  # fields that hold anything, usable or not
    blank: set[str] = field(default_factory=set)  # fields that are there but empty: taken for not sent
    complete: bool = False  # whether there is no more to come that could be missed
    hint: str = ""  # why fields may be missing

    def reject(self, name: str, kind: str, message: str) -> None:
        self.problems.append(problem(("body", name), kind, message))

    def miss(self, name: str, message: str = "Field required") -> None:
        if self.complete:
            self.reject(name, "missing", message + self.hint)


class Part(Protocol):
    def write(self, data: bytes) -> None: ...
    def finish(self, form: Form) -> None: ...
    def close(self) -> None: ...


class IgnoredPart:
    """A part that is no use, for a reason that is reported already."""

    def write(self, data: bytes) -> None:
        pass

    def finish(self, form: Form) -> None:
        pass

    def close(self) -> None:
        pass


class RefusedPart(IgnoredPart):
    """A part that cannot be used, unless it is blank, as a browser sends a field that was left out."""

    def __init__(self, name: str, kind: str, message: str) -> None:
        self._problem = (name, kind, message)
        self._blank = True

    def write(self, data: bytes) -> None:
        self._blank = self._blank and not data

    def finish(self, form: Form) -> None:
        name = self._problem[0]
        if self._blank:
            form.blank.add(name)
            return
        form.sent.add(name)
        form.reject(*self._problem)


class TextPart(IgnoredPart):
    def __init__(self, name: str) -> None:
        self._name = name
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        self._data += data[: _MAX_TEXT_BYTES + 1 - len(self._data)]

    def finish(self, form: Form) -> None:
        if not self._data:
            form.blank.add(self._name)
            return
        form.sent.add(self._name)
        if len(self._data) > _MAX_TEXT_BYTES:
            form.reject(self._name, "string_too_long", f"A text has at most {_MAX_TEXT_BYTES} bytes")
            return
        try:
            form.fields[self._name] = self._data.decode()
        except UnicodeDecodeError:
            form.reject(self._name, "string_unicode", "A text must be UTF-8")


class ListPart(TextPart):
    """One of several texts of a field, in their order; an empty one counts."""

    def finish(self, form: Form) -> None:
        texts = form.lists.setdefault(self._name, [])
        super().finish(form)
        texts.append(form.fields.pop(self._name, ""))


class FilePart:
    """A file on its way to disk. It has no name there: it is gone when it is closed or the server dies."""

    def __init__(self, name: str, field: FileField, folder: Path, *, chosen: bool) -> None:
        """chosen: whether the file has a file name; a browser sends none for a field that was left out."""
        self._name = name
        self._field = field
        self._chosen = chosen
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `close`)
        self._digest = hashlib.sha256()
        self._size = 0
        self._head = b""

    def write(self, data: bytes) -> None:
        self._size += len(data)
        limit = self._field.max_bytes
        if limit is not None and self._size > limit:
            raise too_large(f"The file in {self._name}", limit)
        if len(self._head) < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
        self._digest.update(data)
        self._file.write(data)

    def finish(self, form: Form) -> None:
        if self._size == 0 and not self._chosen:
            form.blank.add(self._name)
            return
        form.sent.add(self._name)
        found = next((known for known in self._field.formats if known.matches(self._head)), None)
        if self._size == 0:
            form.reject(self._name, "file_empty", f"The file is empty; send {self._field.expected}")
        elif found is None:
            form.reject(self._name, "file_type", f"The file is of another kind; send {self._field.expected}")
        else:
            self._file.seek(0)
            form.files[self._name] = Upload(self._file, found, self._digest.hexdigest())

    def close(self) -> None:
        self._file.close()


def too_large(what: str, max_bytes: int) -> ApiError:
    size = f"{max_bytes // _MIB} MiB" if max_bytes >= _MIB else f"{max_bytes} bytes"
    message = f"{what} is larger than the {size} that are allowed. Send a smaller one."
    return ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", message)
