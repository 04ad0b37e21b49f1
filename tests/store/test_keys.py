import hashlib
import hmac
from pathlib import Path

import pytest

from morgana.store import Owner, keys

pytestmark = pytest.mark.usefixtures("db")


def test_a_key_stands_for_its_user_and_organisation() -> None:
    _, alone = keys.create("laptop", "ada")
    _, member = keys.create("laptop", "ada", "engines")
    assert keys.authenticate(alone) == Owner("ada")
    assert keys.authenticate(member) == Owner("ada", "engines")


def test_a_key_holds_256_random_bits_behind_its_visible_prefix() -> None:
    first, secret = keys.create("one", "ada")
    second, other = keys.create("two", "ada")
    assert secret.startswith(first.prefix + "_")
    assert len(secret.removeprefix(first.prefix + "_")) == 43  # 256 bits in base64
    assert first.prefix != second.prefix
    assert secret != other


@pytest.mark.parametrize("change", ["", "~", "xx"])
def test_what_is_not_a_key_is_nobodys(change: str) -> None:
    record, secret = keys.create("laptop", "ada")
    assert keys.authenticate(secret[:-1] + change) is None
    assert keys.authenticate(record.prefix) is None
    assert keys.authenticate("") is None
    assert keys.authenticate("morgana_unknown0_" + "A" * 43) is None


def test_a_revoked_key_is_nobodys_and_the_others_still_work() -> None:
    first, first_secret = keys.create("one", "ada")
    second, second_secret = keys.create("two", "ada")
    _, third_secret = keys.create("three", "ada")
    assert keys.revoke(first.id)
    assert keys.revoke(second.prefix)
    assert not keys.revoke(first.id)
    assert not keys.revoke("key_of_nobody")
    assert keys.authenticate(first_secret) is None
    assert keys.authenticate(second_secret) is None
    assert keys.authenticate(third_secret) == Owner("ada")
    assert [key.revoked_at is None for key in keys.list()] == [False, False, True]


def test_keys_are_listed_oldest_first() -> None:
    made = [keys.create(name, name)[0] for name in ("one", "two", "three")]
    assert list(keys.list()) == made


def test_only_a_digest_is_kept(data: Path) -> None:
    _, secret = keys.create("laptop", "ada")
    kept = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert secret.encode() not in kept
    assert secret.rpartition("_")[2].encode() not in kept
    if (data / "morgana.db").exists():
        assert hashlib.sha256(secret.encode()).hexdigest().encode() in kept


def test_known_and_unknown_keys_are_compared_alike_and_in_constant_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, secret = keys.create("laptop", "ada")
    compared: list[tuple[int, int]] = []
    constant_time = hmac.compare_digest

    def compare(ours: str, theirs: str) -> bool:
        compared.append((len(ours), len(theirs)))
        return constant_time(ours, theirs)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert keys.authenticate(secret)
    for wrong in (secret[:-1] + "~", "morgana_unknown0_" + "A" * 43):
        assert keys.authenticate(wrong) is None
    assert compared == [(64, 64)] * 3  # digests, whose likeness tells nothing of the secrets either
