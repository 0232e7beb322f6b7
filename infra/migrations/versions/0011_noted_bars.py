"""What was odd in bars that were kept, each with its bar; and overdue, as every page calls it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision: str = "0011"
down_revision: str | None = "0010"

UTC = sa.DateTime(timezone=True)
API, JOBS = "robotplug_api", "robotplug_jobs"
TABLE = "noted_bars"
KEY = ("symbol", "timestamp", "data_source", "kind")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", UUID, server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("created_at", UTC, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{TABLE}_pkey")),
        sa.Column("symbol", sa.String(50), nullable=False),
        sa.Column("timestamp", UTC, nullable=False),
        sa.Column("data_source", sa.String(100), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.UniqueConstraint(*KEY, name=op.f(f"{TABLE}_{'_'.join(KEY)}_key")),
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for role, rights in ((API, "SELECT"), (JOBS, "SELECT, INSERT")):
        op.execute(
            f"CREATE POLICY {role.removeprefix('robotplug_')} ON {TABLE} TO {role} USING (true)"
        )
        op.execute(f"GRANT {rights} ON {TABLE} TO {role}")
    op.alter_column("data_health", "stale", new_column_name="overdue")


def downgrade() -> None:
    op.alter_column("data_health", "overdue", new_column_name="stale")
    op.drop_table(TABLE)
