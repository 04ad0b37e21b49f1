"""Records in SQL and files in blobs. The only room that touches SQLAlchemy; its tables are the public truth.

The public face, all plain synchronous functions that may be called from any thread or process. The database
is opened, and brought to the newest schema, by the first call that needs it.

- `store.migrate()` opens it now, and raises SchemaError where that is not for it to do; `store.upgrade()`,
  `store.schema()`; `with store.transaction():` joins the calls inside into one commit.
- `store.keys`: `create(name, user, org="") -> (ApiKey, secret)`, `list()`, `revoke(id_or_prefix) -> bool`,
  `authenticate(secret) -> Owner | None`.
- `store.videos`, for the API, filtered by owner: `new_id`, `create`, `get`, `page`, `cancel`, `remove`.
- `store.text_overlays`, the same of text overlays.
- `store.shares`: `open_to_public(owner, id) -> Video | None`, `close(owner, id) -> bool`, and for everybody
  `shared(token) -> Video | None`.
- `store.actors`, likewise, with the built-in ones for everybody: `new_id`, `create`, `get`, `page`, `remove`,
  `call_up(id) -> bool`; `store.demo.provide()` and `provide_persons()` have those that come with the
  program, `store.persons.persons()` tells of the generated ones.
- `store.turns`: `admit(owner, queue, most) -> id | None` lets the owner's next job into a queue,
  `admit_oldest(owner, most)` into whichever, `admit_all(most)` that of every owner; `place_of(id)`.
- `store.claims`, the queue: `claim(worker, takes) -> id | None`, then the end of the job or one of
  `put_back(id, worker, tried, seconds)`, `abandon(worker, keep)`; `tried(id, worker)`, `workers()` have jobs.
- `store.workers`: `announce`, `retire`, `remove`, `every() -> [Worker]`.
- `store.work`, for workers, of every owner and resource:
  `begin(id) -> Job | None`, `wanted(id) -> bool`, `set_progress(id, percent, stage) -> still wanted`,
  `new_output_key(job, name, suffix)`, then one of `complete(id, outputs, failures)`,
  `fail(id, code, message)`, `cancel(id)`, True for the one call that finished the job;
  `statuses()` and `depths()` count.
- `store.blobs`: `put(key, path_or_file)`, `fetch(key, path)`, `read(key)`, `copy(key, key)`, `info`,
  `stream`, `delete(*keys)`, `presign`.
- `store.idempotency`: `claim`, `renew`, `finish`, `release`.
- `store.watching.Lookout()`: `look(owners)` finds what has changed about their jobs.
- `store.buckets`: `take(owner, bucket, quota) -> Standing` counts a request against a rate limit.
- `store.signing`: `signature(message)`, `valid(message, signature)`.
- `store.usage`, the ledger: `of(owner, first, last, prices)`, `of_all(first, last, prices)`, and for those
  who write it `charge(job_id, facts, failed)`, `charge_speech(owner, characters, seconds)`.
- `store.webhooks`, for the API, filtered by owner: `create`, `get`, `page`, `change`, `rotate`, `remove`;
  `store.deliveries`: `page`, `get`, `test`, `replay`. Whatever ends a job calls `store.outbox.note(job_id)`.
- `store.dispatch`, for whoever sends: `claim(most) -> [Sending]`, then `settle` or `release`;
  `expire_deliveries()`.
- `store.is_hindrance(error)`: whether a store is away or a disk full, so that trying again later helps.
- `store.sweep()` deletes what crashes left behind: blobs of no record, expired idempotency keys.
- `store.retention`: `expire()` deletes what is kept long enough, `expires_at(video_or_text_overlay)`.
- `store.storage.by_owner()` counts what each owner keeps.

Records are frozen dataclasses, all in `store.records`.
"""

from morgana.store import (
    actors,
    blobs,
    buckets,
    claims,
    deliveries,
    demo,
    dispatch,
    idempotency,
    keys,
    outbox,
    persons,
    retention,
    shares,
    signing,
    storage,
    text_overlays,
    turns,
    usage,
    videos,
    watching,
    webhooks,
    work,
    workers,
)
from morgana.store.database import Schema, SchemaError, check, migrate, schema, transaction, upgrade
from morgana.store.hindrances import is_hindrance
from morgana.store.owned import UnknownCursorError
from morgana.store.records import (
    Actor,
    ActorDraft,
    ApiKey,
    Delivery,
    DeliveryAttempt,
    Event,
    EventType,
    Facts,
    Failure,
    Job,
    Kind,
    Owner,
    Resource,
    Sending,
    Status,
    TextOverlay,
    TextOverlayDraft,
    Video,
    VideoDraft,
    Webhook,
    WebhookDraft,
)
from morgana.store.sweeping import sweep

__all__ = [
    "Actor",
    "ActorDraft",
    "ApiKey",
    "Delivery",
    "DeliveryAttempt",
    "Event",
    "EventType",
    "Facts",
    "Failure",
    "Job",
    "Kind",
    "Owner",
    "Resource",
    "Schema",
    "SchemaError",
    "Sending",
    "Status",
    "TextOverlay",
    "TextOverlayDraft",
    "UnknownCursorError",
    "Video",
    "VideoDraft",
    "Webhook",
    "WebhookDraft",
    "actors",
    "blobs",
    "buckets",
    "check",
    "claims",
    "deliveries",
    "demo",
    "dispatch",
    "idempotency",
    "is_hindrance",
    "keys",
    "migrate",
    "outbox",
    "persons",
    "retention",
    "schema",
    "shares",
    "signing",
    "storage",
    "sweep",
    "text_overlays",
    "transaction",
    "turns",
    "upgrade",
    "usage",
    "videos",
    "watching",
    "webhooks",
    "work",
    "workers",
]
