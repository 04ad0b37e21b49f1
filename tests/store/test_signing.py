import hmac
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from morgana.settings import settings
from morgana.store import signing


@pytest.mark.usefixtures("data")
def test_only_its_own_signature_is_valid() -> None:
    assert signing.valid("message", signing.signature("message"))
    assert not signing.valid("message", signing.signature("massage"))
    assert not signing.valid("message", "")
    assert not signing.valid("message", "é")


@pytest.mark.usefixtures("data")
def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    right = signing.signature("message")
    monkeypatch.setattr(hmac, "compare_digest", lambda ours, theirs: (ours, theirs) == (right.encode(),) * 2)
    assert signing.valid("message", right)
    monkeypatch.setattr(hmac, "compare_digest", lambda _ours, _theirs: False)
    assert not signing.valid("message", right)  # nothing else decides


def test_the_secret_is_kept_for_the_next_server_and_for_nobody_else(data: Path) -> None:
    ours = signing.signature("message")
    file = data / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) == 64
    assert [kept.name for kept in data.iterdir()] == ["secret"]
    program = "from morgana.store import signing; print(signing.signature('message'))"
    theirs = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert theirs.stdout.strip() == ours


def test_every_data_folder_has_another_secret(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = signing.signature("message")
    monkeypatch.setenv("MORGANA_DATA", str(data.parent / "other"))
    settings.cache_clear()
    assert signing.signature("message") != ours


def test_a_configured_secret_is_used_and_nothing_is_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_SECRET", "s" * 32)
    settings.cache_clear()
    # HMAC-SHA256 of "message" under 32 times the letter s.
    assert signing.signature("message") == _openssl("message", "s" * 32)
    assert not data.exists()


def _openssl(message: str, key: str) -> str:
    import hmac

    return hmac.digest(key.encode(), message.encode(), "sha256").hex()
