"""What a captioned video was made of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("videos", sa.Column("source_video_id", sa.String(64)))
    op.add_column("videos", sa.Column("caption_template_id", sa.String(64)))
