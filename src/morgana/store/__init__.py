"""Records in SQL and files in blobs. The only room that touches SQLAlchemy; its tables are the public truth.

The public face, all plain synchronous functions that may be called from any thread or process. The database
is opened, and brought to the newest schema, by the first call that needs it.

- `store.migrate()`; `with store.transaction():` joins the calls inside into one commit.
- `store.keys`: `create(name, user, org="") -> (ApiKey, secret)`, `list()`, `revoke(id_or_prefix) -> bool`,
  `authenticate(secret) -> Owner | None`.
- `store.videos`, for the API, filtered by owner: `new_id`, `create`, `get`, `page`, `cancel`, `remove`.
- `store.work`, for workers, of every owner: `unfinished() -> [id]` (what the sweep enqueues),
  `begin(id) -> Job | None`, `wanted(id) -> bool`, `set_progress(id, percent) -> still wanted`,
  `new_output_key(id)`, then one of `complete(id, output_key)`, `fail(id, code, message)`, `cancel(id)`, True
  for the one call that finished the video; `backlog()` counts.
- `store.blobs`: `put(key, path_or_file)`, `fetch(key, path)`, `info`, `stream`, `delete(*keys)`, `presign`.
- `store.idempotency`: `claim`, `renew`, `finish`, `release`.
- `store.signing`: `signature(message)`, `valid(message, signature)`.
- `store.sweep()` deletes what crashes left behind: blobs of no record, expired idempotency keys.

Records are frozen dataclasses, all in `store.records`.
"""

from morgana.store import blobs, idempotency, keys, signing, videos, work
from morgana.store.database import check, migrate, transaction
from morgana.store.records import ApiKey, Draft, Job, Kind, Owner, Status, Video
from morgana.store.sweeping import sweep

__all__ = [
    "ApiKey",
    "Draft",
    "Job",
    "Kind",
    "Owner",
    "Status",
    "Video",
    "blobs",
    "check",
    "idempotency",
    "keys",
    "migrate",
    "signing",
    "sweep",
    "transaction",
    "videos",
    "work",
]
