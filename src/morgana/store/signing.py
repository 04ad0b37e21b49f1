"""Signatures on links that we serve ourselves: HMAC-SHA256 under a secret that outlives the server."""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from morgana.settings import data_folder, settings


def signature(message: str) -> str:
    """The signature of `message`, in hexadecimal."""
    return _digest(message).hex()


def token(message: str) -> str:
    """The signature of `message` in 43 letters that a URL may hold."""
    return base64.urlsafe_b64encode(_digest(message)).decode().rstrip("=")


def valid(message: str, given: str) -> bool:
    """Whether `given` is the signature of `message`, in constant time."""
    return hmac.compare_digest(signature(message).encode(), given.encode())


def _digest(message: str) -> bytes:
    return hmac.new(_secret(), message.encode(), hashlib.sha256).digest()


def _secret() -> bytes:
    configured = settings().secret
    if configured is not None:
        return configured.get_secret_value().encode()
    return _kept(settings().data / "secret")


@cache
def _kept(file: Path) -> bytes:
    """The secret in `file`, made on first use. Only the user that runs the server can read it."""
    if not file.exists():
        data_folder()
        draft = file.with_name(f"secret.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_hex(32))
        try:
            os.link(draft, file)  # whole or not at all, and the first of several servers wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()
