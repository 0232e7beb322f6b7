"""People."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision: str = "0001"
down_revision: str | None = None

HASH = sa.String(64)
UTC = sa.DateTime(timezone=True)
TABLES = ("users", "api_keys", "refresh_tokens", "idempotency_keys", "rate_limits")


def _row(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", UUID, server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("created_at", UTC, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    ]


def _users() -> None:
    op.create_table(
        "users",
        *_row("users"),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255)),
        sa.Column("role", sa.String(20), server_default="user", nullable=False),
        sa.Column("updated_at", UTC, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'user', 'read-only')", name=op.f("users_role_check")),
        sa.UniqueConstraint("email", name=op.f("users_email_key")),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        *_row("api_keys"),
        sa.Column("user_id", UUID, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("key_hash", sa.String(255), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(40)), nullable=False),
        sa.Column("last_used_at", UTC),
        sa.Column("revoked_at", UTC),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("api_keys_user_id_fkey")),
        sa.UniqueConstraint("prefix", name=op.f("api_keys_prefix_key")),
    )


def _refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        *_row("refresh_tokens"),
        sa.Column("user_id", UUID, nullable=False),
        sa.Column("family", UUID, nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("used_at", UTC),
        sa.Column("revoked_at", UTC),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("refresh_tokens_user_id_fkey")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("refresh_tokens_token_hash_key")),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        *_row("idempotency_keys"),
        sa.Column("user_id", UUID, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_hash", HASH, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", JSONB),
        sa.Column("expires_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("idempotency_keys_user_id_fkey")
        ),
        sa.UniqueConstraint("user_id", "key", name=op.f("idempotency_keys_user_id_key_key")),
    )


def _rate_limits() -> None:
    op.create_table(
        "rate_limits",
        *_row("rate_limits"),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("tokens", sa.Numeric, nullable=False),
        sa.Column("refilled_at", UTC, nullable=False),
        sa.UniqueConstraint("key", name=op.f("rate_limits_key_key")),
    )


def upgrade() -> None:
    for make in (_users, _api_keys, _refresh_tokens, _idempotency_keys, _rate_limits):
        make()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
