"""API keys: 256 random bits behind a visible prefix. Only a digest of a key is kept.

A key reads `morgana_PREFIX_SECRET`. The prefix finds the record, the digest of the whole key proves it.
SHA-256 without salt or stretching is right here, because the secret is random and not a password.
"""

import hashlib
import hmac
import secrets
import string
from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from morgana.store.database import reading, transaction
from morgana.store.records import ApiKey, Owner
from morgana.store.tables import ApiKeyRow, now, to_datetime

_ALPHABET = string.ascii_lowercase + string.digits
_PREFIX_LENGTH = 8
_NO_DIGEST = "0" * 64


def create(name: str, user: str, org: str = "") -> tuple[ApiKey, str]:
    """A new key for `user`, and `org` if given: its record and the key itself, which is shown only now."""
    prefix = "morgana_" + _random(_PREFIX_LENGTH)
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKeyRow(
        id="key_" + _random(16),
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        user_id=user,
        org_id=org,
        created_at=now(),
        revoked_at=None,
    )
    with transaction() as session:
        session.add(row)
    return _record(row), secret


def list() -> Sequence[ApiKey]:  # noqa: A001 (read as `keys.list()`)
    """Every key of every owner, oldest first."""
    with reading() as session:
        rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at, ApiKeyRow.id))
        return [_record(row) for row in rows]


def revoke(key: str) -> bool:
    """Make the key with this id or prefix useless from now on; False if there is none or it already was."""
    with transaction() as session:
        result = session.execute(
            update(ApiKeyRow)
            .where((ApiKeyRow.id == key) | (ApiKeyRow.prefix == key), ApiKeyRow.revoked_at.is_(None))
            .values(revoked_at=now())
            .returning(ApiKeyRow.id)
        )
        return result.first() is not None


def authenticate(secret: str) -> Owner | None:
    """Whose key this is; None if it is nobody's or revoked."""
    with reading() as session:
        row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix_of(secret)))
    # An unknown prefix is compared too, so that the time taken tells nothing of which prefixes exist.
    genuine = hmac.compare_digest(_digest(secret), row.digest if row else _NO_DIGEST)
    if row is None or not genuine or row.revoked_at is not None:
        return None
    return Owner(row.user_id, row.org_id)


def prefix_of(secret: str) -> str:
    """What of a key may be shown."""
    return "_".join(secret.split("_", 2)[:2])


def revoked(prefixes: Collection[str]) -> set[str]:
    """Those of these prefixes whose keys were revoked."""
    with reading() as session:
        query = select(ApiKeyRow.prefix).where(
            ApiKeyRow.prefix.in_(prefixes), ApiKeyRow.revoked_at.is_not(None)
        )
        return set(session.scalars(query))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        owner=Owner(row.user_id, row.org_id),
        created_at=to_datetime(row.created_at),
        revoked_at=None if row.revoked_at is None else to_datetime(row.revoked_at),
    )
