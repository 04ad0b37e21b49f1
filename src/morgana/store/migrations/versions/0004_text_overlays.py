"""Videos that are written over with several texts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "text_overlays",
        sa.Column("sequence", _sequence, nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_text_overlays"),
        sa.ForeignKeyConstraint(
            ["sequence"], ["jobs.sequence"], name="fk_text_overlays_sequence", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Forget them: an earlier release knows neither these records nor how to do their jobs."""
    op.drop_table("text_overlays")
    op.execute("DELETE FROM jobs WHERE resource = 'text_overlay'")
