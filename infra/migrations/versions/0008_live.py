"""What live pages need: tickets that open one connection each, and how far each robot was told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision: str = "0008"
down_revision: str | None = "0007"

UTC = sa.DateTime(timezone=True)
API, JOBS = "robotplug_api", "robotplug_jobs"
RIGHTS = {
    "socket_tickets": (API, "SELECT, INSERT, DELETE"),
    "socket_pushes": (JOBS, "SELECT, INSERT, UPDATE (seq, pushed_at)"),
}


def _row(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", UUID, server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("created_at", UTC, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    ]


def _tickets() -> None:
    op.create_table(
        "socket_tickets",
        *_row("socket_tickets"),
        sa.Column("ticket_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.UniqueConstraint("ticket_hash", name=op.f("socket_tickets_ticket_hash_key")),
    )
    op.create_index("socket_tickets_expires_at_idx", "socket_tickets", ["expires_at"])


def _pushes() -> None:
    op.create_table(
        "socket_pushes",
        *_row("socket_pushes"),
        sa.Column("strategy_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("pushed_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("socket_pushes_strategy_id_fkey")
        ),
        sa.UniqueConstraint("strategy_id", name=op.f("socket_pushes_strategy_id_key")),
    )


def upgrade() -> None:
    _tickets()
    _pushes()
    op.create_index("socket_connections_strategy_id_idx", "socket_connections", ["strategy_id"])
    for table, (role, rights) in RIGHTS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY functions ON {table} TO {role} USING (true)")
        op.execute(f"GRANT {rights} ON {table} TO {role}")
    op.execute(f"GRANT DELETE ON rate_limits TO {API}")


def downgrade() -> None:
    op.execute(f"REVOKE DELETE ON rate_limits FROM {API}")
    op.drop_index("socket_connections_strategy_id_idx", "socket_connections")
    for table in RIGHTS:
        op.drop_table(table)
