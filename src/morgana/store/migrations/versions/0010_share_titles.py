"""What a shared video is called on its page."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("videos", sa.Column("share_title", sa.String(200)))


def downgrade() -> None:
    op.drop_column("videos", "share_title")
