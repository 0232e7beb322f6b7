"""Results and delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision: str = "0005"
down_revision: str | None = "0004"


UTC = sa.DateTime(timezone=True)
TABLES = ("performance_metrics", "outbox", "socket_connections")


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


def _performance_metrics() -> None:
    op.create_table(
        "performance_metrics",
        *_row("performance_metrics"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        *_owned(),
        sa.Column("metric_name", sa.String(100), nullable=False),
        sa.Column("metric_value", sa.Numeric),
        sa.Column("low", sa.Numeric),
        sa.Column("high", sa.Numeric),
        sa.Column("sample_size", sa.Integer),
        sa.Column("method", sa.String(100)),
        sa.Column("calculation_time", UTC, nullable=False),
        sa.Column("period_start", UTC),
        sa.Column("period_end", UTC),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=op.f("performance_metrics_execution_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("performance_metrics_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("performance_metrics_user_id_fkey")
        ),
        sa.UniqueConstraint(
            "strategy_id",
            "metric_name",
            "calculation_time",
            name=op.f("performance_metrics_strategy_id_metric_name_calculation_time_key"),
        ),
    )
    op.create_index("performance_metrics_execution_id_idx", "performance_metrics", ["execution_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        *_row("outbox"),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("delivered_at", UTC),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("last_error", sa.Text),
        sa.UniqueConstraint("kind", "key", name=op.f("outbox_kind_key_key")),
        sa.UniqueConstraint("position", name=op.f("outbox_position_key")),
    )
    op.create_index(
        "outbox_waiting_idx",
        "outbox",
        ["position"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )


def _socket_connections() -> None:
    op.create_table(
        "socket_connections",
        *_row("socket_connections"),
        sa.Column("connection_id", sa.String(128), nullable=False),
        sa.Column("strategy_id", UUID),
        sa.Column("user_id", UUID),
        sa.Column("seq", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("socket_connections_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("socket_connections_user_id_fkey")
        ),
        sa.UniqueConstraint("connection_id", name=op.f("socket_connections_connection_id_key")),
    )


def upgrade() -> None:
    for make in (_performance_metrics, _outbox, _socket_connections):
        make()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
