"""Workers claim jobs in the records themselves, and say there what they take."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_CLAIMABLE = sa.text("status = 'PROCESSING' AND worker IS NULL AND queued_at IS NOT NULL")
_CLAIMED = sa.text("status = 'PROCESSING' AND worker IS NOT NULL")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("payload", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("jobs", sa.Column("worker", sa.String(64)))
    op.add_column("jobs", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("crashes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("hindrances", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("retry_at", sa.BigInteger()))
    op.create_index(
        "ix_jobs_claimable", "jobs", ["queued_at"], sqlite_where=_CLAIMABLE, postgresql_where=_CLAIMABLE
    )
    op.create_index("ix_jobs_claimed", "jobs", ["worker"], sqlite_where=_CLAIMED, postgresql_where=_CLAIMED)
    op.create_table(
        "workers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("takes", sa.JSON(), nullable=False),
        sa.Column("sandbox", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def downgrade() -> None:
    op.drop_table("workers")
    op.drop_index("ix_jobs_claimed", "jobs")
    op.drop_index("ix_jobs_claimable", "jobs")
    for name in ("retry_at", "hindrances", "crashes", "attempts", "worker", "payload"):
        op.drop_column("jobs", name)
