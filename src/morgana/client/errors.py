"""What can go wrong between a client and its server, each with what to do about it."""

import builtins
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any


class MorganaError(Exception):
    """Everything that a client raises of itself."""

    message: str

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConnectionError(MorganaError, builtins.ConnectionError):  # noqa: A001 (it is one)
    """The server could not be reached, or the connection broke, more often than was to be retried."""


class Timeout(MorganaError, TimeoutError):  # noqa: N818 (what the field calls it)
    """The server, or a job that was waited for, took longer than it was given. The job goes on."""


class ResponseError(MorganaError):
    """The server answered something that is not of this API, as a proxy's page of its own."""


class SignatureError(MorganaError):
    """What came to a webhook's URL is not from the server, or is too old to be believed."""


class JobFailed(MorganaError):  # noqa: N818 (what the field calls it)
    """A job that was waited for ended without a result.

    code: why, for programs; message: for people; job: as it is now.
    """

    def __init__(self, code: str, message: str, job: Any) -> None:
        super().__init__(message)
        self.code = code
        self.job = job

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class JobCancelled(JobFailed):
    """A job that was waited for was cancelled."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request. loc: where, such as ("body", "fonts", 1)."""

    loc: tuple[str | int, ...]
    message: str
    type: str

    @property
    def field(self) -> str:
        """Without where the field was sent: `fonts.1`."""
        return ".".join(map(str, self.loc[1:] or self.loc))


class APIError(MorganaError):
    """The server refused a request.

    status: of HTTP; code: why, for programs; request_id: finds it in the server's log;
    retry_after: seconds after which it may be sent again, where the server said so.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        request_id: str | None = None,
        retry_after: float | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.problems = problems

    def __str__(self) -> str:
        return f"{self.message} ({self.code}, HTTP {self.status})"


class AuthenticationError(APIError):
    """No API key, or one that the server does not know."""


class PermissionDeniedError(APIError):
    """The key is good, but not for this."""


class NotFoundError(APIError):
    """There is no such thing, or it is another owner's."""


class ConflictError(APIError):
    """It cannot be done in the state that the thing is in, as the download of an unfinished video."""


class InvalidRequestError(APIError):
    """Something is wrong with what was sent. problems: all that is."""

    @property
    def field(self) -> str | None:
        """The first field with which something is wrong, such as `script` or `fonts.1`."""
        return self.problems[0].field if self.problems else None


class RateLimitError(APIError):
    """Too many requests, more often than was to be retried, or for longer."""


class ServerError(APIError):
    """Something went wrong on the server, more often than was to be retried."""


_PHRASES: Mapping[int, str] = {status.value: status.phrase for status in HTTPStatus}
_KINDS: Mapping[int, type[APIError]] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: PermissionDeniedError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.GONE: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimitError,
}


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> APIError:
    """The exception that an answer with an error status stands for."""
    kind = ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else InvalidRequestError
    problems = _problems(body)
    code, message = _told(status, body, problems)
    return _KINDS.get(status, kind)(
        status,
        code,
        message,
        request_id=headers.get("x-request-id"),
        retry_after=_seconds(headers.get("retry-after")),
        problems=problems,
    )


def _told(status: int, body: bytes, problems: tuple[Problem, ...]) -> tuple[str, str]:
    """The code and the message of an error answer of this API, or the best that there is in any other."""
    if problems:
        return problems[0].type, "; ".join(f"{one.field}: {one.message}" for one in problems)
    error = _parsed(body).get("error")
    told = error if isinstance(error, dict) else {"message": error} if isinstance(error, str) else {}
    phrase = _PHRASES.get(status, "unknown status")
    code = told.get("code") or told.get("type") or phrase.lower().replace(" ", "_")
    return str(code), str(told.get("message") or f"The server answered {status} {phrase}.")


def _problems(body: bytes) -> tuple[Problem, ...]:
    entries = _parsed(body).get("detail")
    if isinstance(entries, str):
        return (Problem((), entries, "refused"),)
    return tuple(
        Problem(tuple(entry.get("loc", ())), str(entry.get("msg", "")), str(entry.get("type", "")))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    )


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _seconds(retry_after: str | None) -> float | None:
    """Of a Retry-After header: RFC 9110, section 10.2.3, has seconds or a date."""
    if retry_after is None:
        return None
    try:
        if retry_after.isdecimal():
            return float(retry_after)
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
