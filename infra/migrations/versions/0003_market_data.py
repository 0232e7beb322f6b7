"""Market data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision: str = "0003"
down_revision: str | None = "0002"

HASH = sa.String(64)
UTC = sa.DateTime(timezone=True)
TABLES = ("market_data", "bar_versions", "corporate_actions", "quarantined_bars", "tapes")


def _row(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", UUID, server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("created_at", UTC, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    ]


def _market_data() -> None:
    op.create_table(
        "market_data",
        *_row("market_data"),
        sa.Column("symbol", sa.String(50), nullable=False),
        sa.Column("timestamp", UTC, nullable=False),
        sa.Column("bar_length", sa.String(10), server_default="1d", nullable=False),
        sa.Column("open", sa.Numeric, nullable=False),
        sa.Column("high", sa.Numeric, nullable=False),
        sa.Column("low", sa.Numeric, nullable=False),
        sa.Column("close", sa.Numeric, nullable=False),
        sa.Column("volume", sa.Numeric),
        sa.Column("data_source", sa.String(100), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.UniqueConstraint(
            "symbol",
            "timestamp",
            "data_source",
            name=op.f("market_data_symbol_timestamp_data_source_key"),
        ),
    )


def _bar_versions() -> None:
    op.create_table(
        "bar_versions",
        *_row("bar_versions"),
        sa.Column("market_data_id", UUID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("open", sa.Numeric, nullable=False),
        sa.Column("high", sa.Numeric, nullable=False),
        sa.Column("low", sa.Numeric, nullable=False),
        sa.Column("close", sa.Numeric, nullable=False),
        sa.Column("volume", sa.Numeric),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.CheckConstraint("version >= 2", name=op.f("bar_versions_version_check")),
        sa.ForeignKeyConstraint(
            ["market_data_id"], ["market_data.id"], name=op.f("bar_versions_market_data_id_fkey")
        ),
        sa.UniqueConstraint(
            "market_data_id", "version", name=op.f("bar_versions_market_data_id_version_key")
        ),
    )


def _corporate_actions() -> None:
    op.create_table(
        "corporate_actions",
        *_row("corporate_actions"),
        sa.Column("symbol", sa.String(50), nullable=False),
        sa.Column("ex_date", sa.Date, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Numeric, nullable=False),
        sa.Column("data_source", sa.String(100), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.UniqueConstraint(
            "symbol",
            "ex_date",
            "kind",
            "data_source",
            name=op.f("corporate_actions_symbol_ex_date_kind_data_source_key"),
        ),
    )


def _quarantined_bars() -> None:
    op.create_table(
        "quarantined_bars",
        *_row("quarantined_bars"),
        sa.Column("symbol", sa.String(50), nullable=False),
        sa.Column("timestamp", sa.String(40), nullable=False),
        sa.Column("data_source", sa.String(100), nullable=False),
        sa.Column("row", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.UniqueConstraint(
            "symbol",
            "timestamp",
            "data_source",
            "reason",
            name=op.f("quarantined_bars_symbol_timestamp_data_source_reason_key"),
        ),
    )


def _tapes() -> None:
    op.create_table(
        "tapes",
        *_row("tapes"),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("prev", HASH, nullable=False),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("closes_at", UTC, nullable=False),
        sa.Column("sessions", JSONB, nullable=False),
        sa.Column("bars", ARRAY(UUID), nullable=False),
        sa.Column("versions", ARRAY(sa.Integer), nullable=False),
        sa.Column("actions", ARRAY(UUID), nullable=False),
        sa.UniqueConstraint("hash", name=op.f("tapes_hash_key")),
    )
    op.create_index("tapes_prev_idx", "tapes", ["prev"])


def upgrade() -> None:
    for make in (_market_data, _bar_versions, _corporate_actions, _quarantined_bars, _tapes):
        make()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
