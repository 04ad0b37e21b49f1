"""Jobs apart from videos, so that other things than videos can be made by jobs; actors."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 500


def upgrade() -> None:
    _jobs()
    models = _move_videos_to_jobs()
    op.drop_table("videos")
    _videos(models)
    _actors()


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("sequence", _sequence, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("resource", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("org_id", sa.String(255), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text()),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("completed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("sequence", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_owner", "jobs", ["user_id", "org_id", "resource", "created_at", "sequence"])
    op.create_index("ix_jobs_status", "jobs", ["status", "created_at"])


def _move_videos_to_jobs() -> list[dict[str, object]]:
    """Copy what is common, and return the rest."""
    connection = op.get_bind()
    known = sa.MetaData()
    videos, jobs = (sa.Table(name, known, autoload_with=connection) for name in ("videos", "jobs"))
    rest: list[dict[str, object]] = []
    for rows in connection.execute(sa.select(videos)).mappings().partitions(_BATCH):
        common = [{name: row[name] for name in row if name in jobs.c} for row in rows]
        made = [{"video": row["output"]} if row["output"] else {} for row in rows]
        connection.execute(
            sa.insert(jobs),
            [
                row | {"resource": "video", "outputs": outputs}
                for row, outputs in zip(common, made, strict=True)
            ],
        )
        rest += [{"sequence": row["sequence"], "model": row["model"]} for row in rows]
    if connection.dialect.name == "postgresql":  # which does not notice numbers that were given
        op.execute(
            "SELECT setval(pg_get_serial_sequence('jobs', 'sequence'),"
            " (SELECT last_value FROM videos_sequence_seq))"
        )
    return rest


def _videos(models: list[dict[str, object]]) -> None:
    videos = op.create_table(
        "videos",
        sa.Column("sequence", _sequence, nullable=False),
        sa.Column("model", sa.String(64)),
        sa.Column("actor_id", sa.String(64)),
        sa.Column("voice_id", sa.String(64)),
        sa.PrimaryKeyConstraint("sequence", name="pk_videos"),
        sa.ForeignKeyConstraint(
            ["sequence"], ["jobs.sequence"], name="fk_videos_sequence", ondelete="CASCADE"
        ),
    )
    op.bulk_insert(videos, models)


def _actors() -> None:
    op.create_table(
        "actors",
        sa.Column("sequence", _sequence, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("voice_id", sa.String(64)),
        sa.Column("expression", sa.String(32)),
        sa.Column("expression_intensity", sa.Float()),
        sa.Column("built_in", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_actors"),
        sa.ForeignKeyConstraint(
            ["sequence"], ["jobs.sequence"], name="fk_actors_sequence", ondelete="CASCADE"
        ),
    )
