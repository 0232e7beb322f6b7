"""Robots."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision: str = "0002"
down_revision: str | None = "0001"

HASH = sa.String(64)
UTC = sa.DateTime(timezone=True)
TABLES = ("strategies", "strategy_versions", "executions")


def _row(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", UUID, server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("created_at", UTC, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    ]


def _owned() -> list[sa.Column]:
    return [
        sa.Column("user_id", UUID),
        sa.Column("visibility", sa.String(10), server_default="private", nullable=False),
    ]


def _strategies() -> None:
    op.create_table(
        "strategies",
        *_row("strategies"),
        *_owned(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("strategy_code", sa.Text, nullable=False),
        sa.Column("config", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("source_public", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("status", sa.String(50), server_default="active", nullable=False),
        sa.Column("registered_at", UTC),
        sa.Column("updated_at", UTC, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{3,60}$'", name=op.f("strategies_slug_check")),
        sa.CheckConstraint(
            "visibility IN ('private', 'public')", name=op.f("strategies_visibility_check")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("strategies_user_id_fkey")),
        sa.UniqueConstraint("slug", name=op.f("strategies_slug_key")),
    )


def _strategy_versions() -> None:
    op.create_table(
        "strategy_versions",
        *_row("strategy_versions"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("user_id", UUID),
        sa.Column("source_public", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("code", HASH, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("strategy_versions_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("strategy_versions_user_id_fkey")
        ),
        sa.UniqueConstraint(
            "strategy_id", "hash", name=op.f("strategy_versions_strategy_id_hash_key")
        ),
    )


def _executions() -> None:
    op.create_table(
        "executions",
        *_row("executions"),
        sa.Column("strategy_id", UUID, nullable=False),
        *_owned(),
        sa.Column("strategy_version_id", UUID),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("status", sa.String(20), server_default="queued", nullable=False),
        sa.Column("identity", HASH),
        sa.Column("request", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("progress", sa.Numeric, server_default="0", nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("period_start", UTC),
        sa.Column("period_end", UTC),
        sa.Column("trade_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("decision_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("latest_metrics", JSONB),
        sa.Column("started_at", UTC),
        sa.Column("finished_at", UTC),
        sa.CheckConstraint(
            "kind IN ('backtest', 'sweep', 'paper')", name=op.f("executions_kind_check")
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'finished', 'failed', 'cancelled', 'drifted')",
            name=op.f("executions_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("executions_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_version_id"],
            ["strategy_versions.id"],
            name=op.f("executions_strategy_version_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("executions_user_id_fkey")),
    )
    op.create_index(
        "executions_one_paper_key",
        "executions",
        ["strategy_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'paper'"),
    )
    op.create_index(
        "executions_strategy_id_kind_created_at_idx",
        "executions",
        ["strategy_id", "kind", "created_at"],
    )


def upgrade() -> None:
    for make in (_strategies, _strategy_versions, _executions):
        make()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
