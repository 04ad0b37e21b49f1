"""The tables. Times are microseconds since the epoch: exact, sortable and the same in every database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from morgana import logs
from morgana.store.records import PAYLOADS, Kind, Resource

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_UNFINISHED = text("status = 'PROCESSING'")
_CLAIMABLE = text("status = 'PROCESSING' AND worker IS NULL AND queued_at IS NOT NULL")
_CLAIMED = text("status = 'PROCESSING' AND worker IS NOT NULL")
_PENDING = text("status = 'PENDING'")

# SQLite counts upwards for us only in a column of the very type INTEGER.
Sequence = BigInteger().with_variant(Integer, "sqlite")


def now() -> int:
    """This moment in microseconds since the epoch."""
    return to_micros(datetime.now(UTC))


def to_micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


def _newest_payload(context: Any) -> int:
    return PAYLOADS[Kind(context.get_current_parameters()["kind"])]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy declares it as a class variable)
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }


class ApiKeyRow(Base):
    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(255))
    org_id: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class JobRow(Base):
    """What all that is made by a job has in common; a table of its own holds the rest of each resource."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("id"),
        Index("ix_jobs_owner", "user_id", "org_id", "resource", "created_at", "sequence"),
        Index("ix_jobs_status", "status", "created_at"),
        Index(
            "ix_jobs_unfinished",
            "user_id",
            "org_id",
            "sequence",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_jobs_claimable", "queued_at", sqlite_where=_CLAIMABLE, postgresql_where=_CLAIMABLE),
        Index("ix_jobs_claimed", "worker", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
        {"sqlite_autoincrement": True},
    )
    __mapper_args__ = {"polymorphic_on": "resource"}  # noqa: RUF012 (SQLAlchemy declares it so)

    # Breaks ties between equal creation times, in the order of insertion, and is never used again.
    sequence: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64))
    resource: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[str] = mapped_column(String(255))
    org_id: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16))
    progress: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str | None] = mapped_column(String(16))  # what was last said to be done
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    options: Mapped[dict[str, Any]]
    inputs: Mapped[dict[str, Any]]
    outputs: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any] | None]  # what was measured of the result
    request_id: Mapped[str | None] = mapped_column(String(64), default=logs.request_id)
    created_at: Mapped[int] = mapped_column(BigInteger)
    queued_at: Mapped[int | None] = mapped_column(BigInteger)  # null while others of its owner go before it
    started_at: Mapped[int | None] = mapped_column(BigInteger)
    completed_at: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[int] = mapped_column(Integer, default=_newest_payload, server_default="1")
    worker: Mapped[str | None] = mapped_column(String(64))  # who has it in hand
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    hindrances: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    retry_at: Mapped[int | None] = mapped_column(BigInteger)


class VideoRow(JobRow):
    __tablename__ = "videos"
    __mapper_args__ = {"polymorphic_identity": Resource.VIDEO.value}  # noqa: RUF012

    sequence: Mapped[int] = mapped_column(ForeignKey("jobs.sequence", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str | None] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(String(64))  # which may be deleted before the video
    voice_id: Mapped[str | None] = mapped_column(String(64))
    source_video_id: Mapped[str | None] = mapped_column(String(64))  # which may be deleted as well
    caption_template_id: Mapped[str | None] = mapped_column(String(64))
    share_nonce: Mapped[str | None] = mapped_column(String(32))  # null while it is not shared
    share_digest: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)  # of the token
    share_title: Mapped[str | None] = mapped_column(String(200))


class ActorRow(JobRow):
    __tablename__ = "actors"
    __mapper_args__ = {"polymorphic_identity": Resource.ACTOR.value}  # noqa: RUF012

    sequence: Mapped[int] = mapped_column(ForeignKey("jobs.sequence", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    voice_id: Mapped[str | None] = mapped_column(String(64))
    expression: Mapped[str | None] = mapped_column(String(32))
    expression_intensity: Mapped[float | None] = mapped_column(Float)
    built_in: Mapped[bool] = mapped_column(Boolean)


class TextOverlayRow(JobRow):
    __tablename__ = "text_overlays"
    __mapper_args__ = {"polymorphic_identity": Resource.TEXT_OVERLAY.value}  # noqa: RUF012

    sequence: Mapped[int] = mapped_column(ForeignKey("jobs.sequence", ondelete="CASCADE"), primary_key=True)
    failures: Mapped[dict[str, Any]]  # {index of the item: {"code", "message"}}


class WebhookRow(Base):
    """Where an owner is told of what became of their jobs."""

    __tablename__ = "webhooks"
    __table_args__ = (
        UniqueConstraint("id"),
        Index("ix_webhooks_owner", "user_id", "org_id", "created_at", "sequence"),
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(255))
    org_id: Mapped[str] = mapped_column(String(255))
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]]  # empty: all
    base: Mapped[str] = mapped_column(Text)  # under which its owner reaches the server
    secret: Mapped[str] = mapped_column(String(128))
    previous_secret: Mapped[str | None] = mapped_column(String(128))
    previous_until: Mapped[int | None] = mapped_column(BigInteger)
    enabled: Mapped[bool] = mapped_column(Boolean)
    disabled_reason: Mapped[str | None] = mapped_column(Text)  # null also if its owner did it
    failing_since: Mapped[int | None] = mapped_column(BigInteger)  # the first failure since the last success
    created_at: Mapped[int] = mapped_column(BigInteger)


class DeliveryRow(Base):
    """One event for one webhook: first what is to be sent, then what became of it."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("id"),
        Index("ix_webhook_deliveries_webhook", "webhook", "created_at", "sequence"),
        Index(
            "ix_webhook_deliveries_pending",
            "next_attempt_at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64))
    webhook: Mapped[int] = mapped_column(ForeignKey("webhooks.sequence", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(64))
    event_type: Mapped[str] = mapped_column(String(64))
    resource_id: Mapped[str | None] = mapped_column(String(64))  # null of a test
    snapshot: Mapped[dict[str, Any]]  # the record as it was, which may be deleted before this is sent
    status: Mapped[str] = mapped_column(String(16))
    retries: Mapped[int] = mapped_column(Integer)  # since it was created, or last replayed
    attempts: Mapped[list[dict[str, Any]]]
    next_attempt_at: Mapped[int | None] = mapped_column(BigInteger)  # null once it is ended
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)  # while it is sent: taken for dead after
    claim: Mapped[str | None] = mapped_column(String(64))  # names who sends it
    created_at: Mapped[int] = mapped_column(BigInteger)
    completed_at: Mapped[int | None] = mapped_column(BigInteger, index=True)


class UsageRow(Base):
    """What one finished job, or one speech, consumed. It outlives what was made."""

    __tablename__ = "usage"
    __table_args__ = (
        UniqueConstraint("job_id"),
        Index("ix_usage_owner", "user_id", "org_id", "completed_at"),
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    job_id: Mapped[str | None] = mapped_column(String(64))  # null of a speech
    user_id: Mapped[str] = mapped_column(String(255))
    org_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(32))
    completed_at: Mapped[int] = mapped_column(BigInteger, index=True)
    milliseconds: Mapped[int] = mapped_column(BigInteger)
    characters: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[int] = mapped_column(BigInteger)


class IdempotencyRow(Base):
    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    token: Mapped[str] = mapped_column(String(64))  # names the request that holds the key
    lease_until: Mapped[int] = mapped_column(BigInteger)  # while in flight: taken for dead after this
    fingerprint: Mapped[str | None] = mapped_column(String(64))  # null while in flight, like the answer
    answer: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class RateLimitRow(Base):
    """How far one owner has used up one limit. A row whose time has passed says nothing."""

    __tablename__ = "rate_limits"

    user_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(32), primary_key=True)
    full_at: Mapped[int] = mapped_column(BigInteger, index=True)  # when everything may be asked for again


class WorkerRow(Base):
    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    takes: Mapped[dict[str, Any]]  # {kind: newest payload}
    sandbox: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[int] = mapped_column(BigInteger)
