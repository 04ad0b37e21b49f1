"""Links that show a video to whoever has them, and a ledger of what was consumed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("facts", sa.JSON()))
    op.add_column("videos", sa.Column("share_nonce", sa.String(32)))
    op.add_column("videos", sa.Column("share_digest", sa.String(64)))
    op.create_index("ix_videos_share_digest", "videos", ["share_digest"], unique=True)
    op.create_table(
        "usage",
        sa.Column("sequence", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(64)),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("org_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("characters", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_usage"),
        sa.UniqueConstraint("job_id", name="uq_usage_job_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_usage_owner", "usage", ["user_id", "org_id", "completed_at"])
    op.create_index("ix_usage_completed_at", "usage", ["completed_at"])


def downgrade() -> None:
    """Forget the ledger as well: an earlier release cannot continue it."""
    op.drop_table("usage")
    op.drop_index("ix_videos_share_digest", "videos")
    op.drop_column("videos", "share_digest")
    op.drop_column("videos", "share_nonce")
    op.drop_column("jobs", "facts")
