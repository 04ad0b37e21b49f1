"""How owners share the service: whose job is in the queue already, and how much of a limit is used up."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("queued_at", sa.BigInteger()))
    op.execute("UPDATE jobs SET queued_at = created_at WHERE status = 'PROCESSING'")
    unfinished = sa.text("status = 'PROCESSING'")
    op.create_index(
        "ix_jobs_unfinished",
        "jobs",
        ["user_id", "org_id", "sequence"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_table(
        "rate_limits",
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("org_id", sa.String(255), nullable=False),
        sa.Column("bucket", sa.String(32), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "org_id", "bucket", name="pk_rate_limits"),
    )
    op.create_index("ix_rate_limits_full_at", "rate_limits", ["full_at"])


def downgrade() -> None:
    op.drop_table("rate_limits")
    op.drop_index("ix_jobs_unfinished", "jobs")
    op.drop_column("jobs", "queued_at")
