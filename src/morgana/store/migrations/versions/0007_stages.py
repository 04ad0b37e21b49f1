"""What is being done for a job, for those who watch it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("stage", sa.String(16)))


def downgrade() -> None:
    op.drop_column("jobs", "stage")
