"""Which request asked for a job, so that the lines of both in the log can be found together."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("request_id", sa.String(64)))


def downgrade() -> None:
    op.drop_column("jobs", "request_id")
