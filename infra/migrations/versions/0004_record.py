"""Record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision: str = "0004"
down_revision: str | None = "0003"

HASH = sa.String(64)
UTC = sa.DateTime(timezone=True)
TABLES = ("segments", "decisions", "drifts", "equity_points", "trades")


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


def _segments() -> None:
    op.create_table(
        "segments",
        *_row("segments"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        *_owned(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("first_seq", sa.Integer, nullable=False),
        sa.Column("history", HASH, nullable=False),
        sa.Column("prev", HASH, nullable=False),
        sa.Column("code", HASH, nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("rules", sa.String(20), nullable=False),
        sa.Column("options", JSONB, nullable=False),
        sa.Column("opening", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("first_trade", sa.Integer, server_default="1", nullable=False),
        sa.Column("closing", HASH),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=op.f("segments_execution_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("segments_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("segments_user_id_fkey")),
        sa.UniqueConstraint(
            "execution_id", "number", name=op.f("segments_execution_id_number_key")
        ),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        *_row("decisions"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        sa.Column("segment_id", UUID, nullable=False),
        *_owned(),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("closes_at", UTC, nullable=False),
        sa.Column("tape", HASH, nullable=False),
        sa.Column("leaf", sa.Text, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("backfilled", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("digest", HASH),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=op.f("decisions_execution_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("decisions_segment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("decisions_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("decisions_user_id_fkey")),
        sa.UniqueConstraint("execution_id", "seq", name=op.f("decisions_execution_id_seq_key")),
        sa.UniqueConstraint("execution_id", "slot", name=op.f("decisions_execution_id_slot_key")),
    )
    op.create_index("decisions_hash_idx", "decisions", ["hash"])


def _drifts() -> None:
    op.create_table(
        "drifts",
        *_row("drifts"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        *_owned(),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("recorded", sa.Text, nullable=False),
        sa.Column("replayed", sa.Text, nullable=False),
        sa.CheckConstraint("kind IN ('engine', 'data', 'code')", name=op.f("drifts_kind_check")),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=op.f("drifts_execution_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("drifts_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("drifts_user_id_fkey")),
        sa.UniqueConstraint("execution_id", "slot", name=op.f("drifts_execution_id_slot_key")),
    )


def _equity_points() -> None:
    op.create_table(
        "equity_points",
        *_row("equity_points"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        *_owned(),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("time", UTC, nullable=False),
        sa.Column("equity", sa.Numeric, nullable=False),
        sa.Column("cash", sa.Numeric, nullable=False),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=op.f("equity_points_execution_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("equity_points_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("equity_points_user_id_fkey")),
        sa.UniqueConstraint(
            "execution_id", "sequence", name=op.f("equity_points_execution_id_sequence_key")
        ),
    )
    op.create_index(
        "equity_points_execution_id_time_idx", "equity_points", ["execution_id", "time"]
    )


def _trades() -> None:
    op.create_table(
        "trades",
        *_row("trades"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("execution_id", UUID, nullable=False),
        *_owned(),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("order_id", sa.String(40)),
        sa.Column("symbol", sa.String(50), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("quantity", sa.Numeric, nullable=False),
        sa.Column("price", sa.Numeric, nullable=False),
        sa.Column("commission", sa.Numeric, server_default="0", nullable=False),
        sa.Column("slippage", sa.Numeric, server_default="0", nullable=False),
        sa.Column("pnl", sa.Numeric),
        sa.Column("execution_time", UTC, nullable=False),
        sa.Column("trade_type", sa.String(50), server_default="simulated", nullable=False),
        sa.Column("market_data_snapshot", JSONB),
        sa.CheckConstraint("side IN ('buy', 'sell')", name=op.f("trades_side_check")),
        sa.CheckConstraint(
            "trade_type IN ('simulated', 'paper')", name=op.f("trades_trade_type_check")
        ),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=op.f("trades_execution_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("trades_strategy_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("trades_user_id_fkey")),
        sa.UniqueConstraint(
            "execution_id", "sequence", name=op.f("trades_execution_id_sequence_key")
        ),
    )
    op.create_index(
        "trades_keyset_idx",
        "trades",
        [
            "strategy_id",
            sa.text("execution_time DESC"),
            sa.text("sequence DESC"),
            sa.text("id DESC"),
        ],
    )
    op.create_index(
        "trades_newest_idx",
        "trades",
        [sa.text("execution_time DESC"), sa.text("sequence DESC"), sa.text("id DESC")],
    )


def upgrade() -> None:
    for make in (_segments, _decisions, _drifts, _equity_points, _trades):
        make()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
