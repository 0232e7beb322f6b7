"""Every table of the platform, described once: for Alembic, for COPY and for the tests.

The columns that contract.md fixes keep their names; what is added stands beside them.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
HASH = String(64)
UTC = DateTime(timezone=True)


def _table(name: str, *columns: SchemaItem) -> Table:
    key = Column("id", UUID, primary_key=True, server_default=func.gen_random_uuid())
    created = Column("created_at", UTC, nullable=False, server_default=func.now())
    return Table(name, metadata, key, created, *columns)


def _reference(to: str, *, nullable: bool = False) -> Column[Any]:
    names = {"strategies": "strategy_id", "market_data": "market_data_id"}
    name = names.get(to, f"{to.removesuffix('s')}_id")
    return Column(name, UUID, ForeignKey(f"{to}.id"), nullable=nullable)


def _owned() -> list[Column[Any]]:
    """The two columns that every row-level policy compares."""
    return [
        _reference("users", nullable=True),
        Column("visibility", String(10), nullable=False, server_default="private"),
    ]


users = _table(
    "users",
    Column("email", String(255), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("name", String(255)),
    Column("role", String(20), nullable=False, server_default="user"),
    Column("updated_at", UTC, nullable=False, server_default=func.now()),
    CheckConstraint("role IN ('admin', 'user', 'read-only')", name="role"),
)

strategies = _table(
    "strategies",
    *_owned(),
    Column("name", String(255), nullable=False),
    Column("slug", String(60), nullable=False, unique=True),
    Column("description", Text),
    Column("strategy_code", Text, nullable=False),
    Column("config", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("source_public", Boolean, nullable=False, server_default=false()),
    Column("status", String(50), nullable=False, server_default="active"),
    Column("registered_at", UTC),
    Column("updated_at", UTC, nullable=False, server_default=func.now()),
    CheckConstraint("visibility IN ('private', 'public')", name="visibility"),
    CheckConstraint("slug ~ '^[a-z0-9-]{3,60}$'", name="slug"),
)

strategy_versions = _table(
    "strategy_versions",
    _reference("strategies"),
    _reference("users", nullable=True),
    Column("source_public", Boolean, nullable=False, server_default=false()),
    Column("hash", HASH, nullable=False),
    Column("code", HASH, nullable=False),
    Column("source", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    UniqueConstraint("strategy_id", "hash"),
)

executions = _table(
    "executions",
    _reference("strategies"),
    *_owned(),
    Column("strategy_version_id", UUID, ForeignKey("strategy_versions.id")),
    Column("kind", String(10), nullable=False),
    Column("status", String(20), nullable=False, server_default="queued"),
    Column("identity", HASH),
    Column("identity_content", JSONB),
    Column("request", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("progress", Numeric, nullable=False, server_default="0"),
    Column("error", Text),
    Column("period_start", UTC),
    Column("period_end", UTC),
    Column("trade_count", Integer, nullable=False, server_default="0"),
    Column("decision_count", Integer, nullable=False, server_default="0"),
    Column("latest_metrics", JSONB),
    Column("started_at", UTC),
    Column("finished_at", UTC),
    Column("metrics_time", UTC),
    Column("metrics_start", UTC),
    Column("metrics_end", UTC),
    CheckConstraint("kind IN ('backtest', 'sweep', 'paper')", name="kind"),
    CheckConstraint(
        "status IN ('queued', 'running', 'finished', 'failed', 'cancelled', 'drifted')",
        name="status",
    ),
    Index(
        "executions_one_paper_key",
        "strategy_id",
        unique=True,
        postgresql_where=text("kind = 'paper'"),
    ),
    Index("executions_strategy_id_kind_created_at_idx", "strategy_id", "kind", "created_at"),
)

trades = _table(
    "trades",
    _reference("strategies"),
    _reference("executions"),
    *_owned(),
    Column("sequence", Integer, nullable=False),
    Column("order_id", String(40)),
    Column("symbol", String(50), nullable=False),
    Column("side", String(10), nullable=False),
    Column("quantity", Numeric, nullable=False),
    Column("price", Numeric, nullable=False),
    Column("commission", Numeric, nullable=False, server_default="0"),
    Column("slippage", Numeric, nullable=False, server_default="0"),
    Column("pnl", Numeric),
    Column("execution_time", UTC, nullable=False),
    Column("trade_type", String(50), nullable=False, server_default="simulated"),
    Column("market_data_snapshot", JSONB),
    UniqueConstraint("execution_id", "sequence"),
    CheckConstraint("side IN ('buy', 'sell')", name="side"),
    CheckConstraint("trade_type IN ('simulated', 'paper')", name="trade_type"),
    Index(
        "trades_keyset_idx",
        "strategy_id",
        text("execution_time DESC"),
        text("sequence DESC"),
        text("id DESC"),
    ),
    Index(
        "trades_newest_idx",
        text("execution_time DESC"),
        text("sequence DESC"),
        text("id DESC"),
    ),
)

performance_metrics = _table(
    "performance_metrics",
    _reference("strategies"),
    _reference("executions"),
    *_owned(),
    Column("metric_name", String(100), nullable=False),
    Column("metric_value", Numeric),
    Column("low", Numeric),
    Column("high", Numeric),
    Column("sample_size", Integer),
    Column("method", String(100)),
    Column("calculation_time", UTC, nullable=False),
    Column("period_start", UTC),
    Column("period_end", UTC),
    UniqueConstraint("strategy_id", "metric_name", "calculation_time"),
    Index("performance_metrics_execution_id_idx", "execution_id"),
)

market_data = _table(
    "market_data",
    Column("symbol", String(50), nullable=False),
    Column("timestamp", UTC, nullable=False),
    Column("bar_length", String(10), nullable=False, server_default="1d"),
    Column("open", Numeric, nullable=False),
    Column("high", Numeric, nullable=False),
    Column("low", Numeric, nullable=False),
    Column("close", Numeric, nullable=False),
    Column("volume", Numeric),
    Column("data_source", String(100), nullable=False),
    Column("seen_at", UTC, nullable=False),
    UniqueConstraint("symbol", "timestamp", "data_source"),
)

bar_versions = _table(
    "bar_versions",
    _reference("market_data"),
    Column("version", Integer, nullable=False),
    Column("open", Numeric, nullable=False),
    Column("high", Numeric, nullable=False),
    Column("low", Numeric, nullable=False),
    Column("close", Numeric, nullable=False),
    Column("volume", Numeric),
    Column("seen_at", UTC, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("market_data_id", "version"),
    CheckConstraint("version >= 2", name="version"),
)

corporate_actions = _table(
    "corporate_actions",
    Column("symbol", String(50), nullable=False),
    Column("ex_date", Date, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", Numeric),
    Column("detail", Text),
    Column("data_source", String(100), nullable=False),
    Column("seen_at", UTC, nullable=False),
    UniqueConstraint("symbol", "ex_date", "kind", "data_source"),
)

quarantined_bars = _table(
    "quarantined_bars",
    Column("symbol", String(50), nullable=False),
    Column("timestamp", String(40), nullable=False),
    Column("data_source", String(100), nullable=False),
    Column("row", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen_at", UTC, nullable=False),
    UniqueConstraint("symbol", "timestamp", "data_source", "reason"),
)

noted_bars = _table(
    "noted_bars",
    Column("symbol", String(50), nullable=False),
    Column("timestamp", UTC, nullable=False),
    Column("data_source", String(100), nullable=False),
    Column("kind", Text, nullable=False),
    Column("seen_at", UTC, nullable=False),
    UniqueConstraint("symbol", "timestamp", "data_source", "kind"),
)

tapes = _table(
    "tapes",
    Column("hash", HASH, nullable=False, unique=True),
    Column("prev", HASH, nullable=False),
    Column("slot", String(60), nullable=False),
    Column("closes_at", UTC, nullable=False),
    Column("sessions", JSONB, nullable=False),
    Column("bars", ARRAY(UUID), nullable=False),
    Column("versions", ARRAY(Integer), nullable=False),
    Column("actions", ARRAY(UUID), nullable=False),
    Column("marks", LargeBinary),
    Column("source", String(100)),
    Index("tapes_prev_idx", "prev"),
)

data_health = _table(
    "data_health",
    Column("symbol", String(50), nullable=False),
    Column("data_source", String(100), nullable=False),
    Column("bar_length", String(10), nullable=False),
    Column("calendar", String(20), nullable=False),
    Column("first_bar", UTC),
    Column("last_bar", UTC),
    Column("bars", Integer, nullable=False, server_default="0"),
    Column("expected", Integer, nullable=False, server_default="0"),
    Column("overdue", Integer, nullable=False, server_default="0"),
    Column("gaps", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("failure", Text),
    Column("checked_at", UTC, nullable=False),
    UniqueConstraint("symbol", "data_source", "bar_length"),
)

segments = _table(
    "segments",
    _reference("strategies"),
    _reference("executions"),
    *_owned(),
    Column("number", Integer, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("history", HASH, nullable=False),
    Column("prev", HASH, nullable=False),
    Column("code", HASH, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("rules", String(20), nullable=False),
    Column("options", JSONB, nullable=False),
    Column("opening", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_trade", Integer, nullable=False, server_default="1"),
    Column("closing", HASH),
    UniqueConstraint("execution_id", "number"),
)

decisions = _table(
    "decisions",
    _reference("strategies"),
    _reference("executions"),
    _reference("segments"),
    *_owned(),
    Column("seq", Integer, nullable=False),
    Column("slot", String(60), nullable=False),
    Column("closes_at", UTC, nullable=False),
    Column("tape", HASH, nullable=False),
    Column("leaf", Text, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("backfilled", Boolean, nullable=False, server_default=false()),
    Column("digest", HASH),
    UniqueConstraint("execution_id", "slot"),
    UniqueConstraint("execution_id", "seq"),
    Index("decisions_hash_idx", "hash"),
)

drifts = _table(
    "drifts",
    _reference("strategies"),
    _reference("executions"),
    *_owned(),
    Column("slot", String(60), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("recorded", Text, nullable=False),
    Column("replayed", Text, nullable=False),
    Index("drifts_execution_id_slot_idx", "execution_id", "slot"),
    CheckConstraint("kind IN ('engine', 'data', 'code')", name="kind"),
)

skips = _table(
    "skips",
    _reference("strategies"),
    _reference("executions"),
    *_owned(),
    Column("slot", String(60), nullable=False),
    Column("closes_at", UTC, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("updated_at", UTC, nullable=False, server_default=func.now()),
    UniqueConstraint("execution_id", "slot"),
    CheckConstraint("kind IN ('waiting', 'failed', 'drifted')", name="kind"),
)

equity_points = _table(
    "equity_points",
    _reference("strategies"),
    _reference("executions"),
    *_owned(),
    Column("sequence", Integer, nullable=False),
    Column("time", UTC, nullable=False),
    Column("equity", Numeric, nullable=False),
    Column("cash", Numeric, nullable=False),
    UniqueConstraint("execution_id", "sequence"),
    Index("equity_points_execution_id_time_idx", "execution_id", "time"),
)

outbox = _table(
    "outbox",
    Column("position", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("delivered_at", UTC),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    UniqueConstraint("kind", "key"),
    Index("outbox_waiting_idx", "position", postgresql_where=text("delivered_at IS NULL")),
)

api_keys = _table(
    "api_keys",
    _reference("users"),
    Column("name", String(255), nullable=False),
    Column("prefix", String(16), nullable=False, unique=True),
    Column("key_hash", String(255), nullable=False),
    Column("scopes", ARRAY(String(40)), nullable=False),
    Column("last_used_at", UTC),
    Column("revoked_at", UTC),
)

refresh_tokens = _table(
    "refresh_tokens",
    _reference("users"),
    Column("family", UUID, nullable=False),
    Column("token_hash", HASH, nullable=False, unique=True),
    Column("expires_at", UTC, nullable=False),
    Column("used_at", UTC),
    Column("revoked_at", UTC),
)

idempotency_keys = _table(
    "idempotency_keys",
    _reference("users"),
    Column("key", String(255), nullable=False),
    Column("request_hash", HASH, nullable=False),
    Column("status", Integer),
    Column("answer", JSONB),
    Column("expires_at", UTC, nullable=False),
    UniqueConstraint("user_id", "key"),
)

rate_limits = _table(
    "rate_limits",
    Column("key", String(255), nullable=False, unique=True),
    Column("tokens", Numeric, nullable=False),
    Column("refilled_at", UTC, nullable=False),
)

socket_connections = _table(
    "socket_connections",
    Column("connection_id", String(128), nullable=False, unique=True),
    _reference("strategies", nullable=True),
    _reference("users", nullable=True),
    Column("seq", BigInteger, nullable=False, server_default="0"),
    Column("expires_at", UTC, nullable=False),
    Index("socket_connections_strategy_id_idx", "strategy_id"),
)

socket_tickets = _table(
    "socket_tickets",
    Column("ticket_hash", HASH, nullable=False, unique=True),
    Column("expires_at", UTC, nullable=False),
    Index("socket_tickets_expires_at_idx", "expires_at"),
)

socket_pushes = _table(
    "socket_pushes",
    Column("strategy_id", UUID, ForeignKey("strategies.id"), nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
    Column("pushed_at", UTC, nullable=False),
)
