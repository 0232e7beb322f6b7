"""What trusted data needs: the state of each series, slots left out, marks on the tape, and what
a backtest's identity is the hash of.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision: str = "0007"
down_revision: str | None = "0006"

UTC = sa.DateTime(timezone=True)
API, JOBS = "robotplug_api", "robotplug_jobs"
READER = "NULLIF(current_setting('app.user_id', true), '')::uuid"
SEEN = {"skips": f"visibility = 'public' OR user_id = {READER}", "data_health": "true"}
CHANGED = {
    "skips": "kind, reason, attempts, updated_at",
    "data_health": "calendar, first_bar, last_bar, bars, expected, stale, gaps, failure, "
    "checked_at",
}


def _row(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", UUID, server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("created_at", UTC, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    ]


def _skips() -> None:
    references = {"strategy_id": "strategies", "execution_id": "executions", "user_id": "users"}
    op.create_table(
        "skips",
        *_row("skips"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        sa.Column("user_id", UUID),
        sa.Column("visibility", sa.String(10), server_default="private", nullable=False),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("closes_at", UTC, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, server_default="1", nullable=False),
        sa.Column("updated_at", UTC, server_default=sa.func.now(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"skips_{name}_fkey"))
            for name, table in references.items()
        ),
        sa.UniqueConstraint("execution_id", "slot", name=op.f("skips_execution_id_slot_key")),
        sa.CheckConstraint(
            "kind IN ('waiting', 'failed', 'drifted')", name=op.f("skips_kind_check")
        ),
    )


def _data_health() -> None:
    op.create_table(
        "data_health",
        *_row("data_health"),
        sa.Column("symbol", sa.String(50), nullable=False),
        sa.Column("data_source", sa.String(100), nullable=False),
        sa.Column("bar_length", sa.String(10), nullable=False),
        sa.Column("calendar", sa.String(20), nullable=False),
        sa.Column("first_bar", UTC),
        sa.Column("last_bar", UTC),
        *(
            sa.Column(name, sa.Integer, server_default="0", nullable=False)
            for name in ("bars", "expected", "stale")
        ),
        sa.Column("gaps", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("checked_at", UTC, nullable=False),
        sa.UniqueConstraint(
            "symbol",
            "data_source",
            "bar_length",
            name=op.f("data_health_symbol_data_source_bar_length_key"),
        ),
    )


def upgrade() -> None:
    op.add_column("tapes", sa.Column("marks", sa.LargeBinary))
    op.execute("ALTER TABLE tapes ADD COLUMN IF NOT EXISTS source varchar(100)")
    op.add_column("executions", sa.Column("identity_content", JSONB))
    op.execute(f"GRANT UPDATE (identity_content) ON executions TO {JOBS}")
    op.execute("ALTER TABLE corporate_actions ADD COLUMN IF NOT EXISTS detail text")
    op.alter_column("corporate_actions", "value", nullable=True)
    _skips()
    _data_health()
    for table, rows in SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY api ON {table} TO {API} USING ({rows})")
        op.execute(f"CREATE POLICY jobs ON {table} TO {JOBS} USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO {API}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGED[table]}) ON {table} TO {JOBS}")


def downgrade() -> None:
    for table in SEEN:
        op.drop_table(table)
    # Delistings and renames stay as they are, with a detail and no value: tapes name them.
    # So does what is under a tape's hash, its source.
    op.drop_column("executions", "identity_content")
    op.drop_column("tapes", "marks")
