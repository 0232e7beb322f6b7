"""Rights: what the two roles of the functions may do, row by row.

The owner's tables force row-level security on the owner too. What is not granted here is
refused: nobody may change or delete a trade, decision, tape, bar, segment, equity point,
drift or metric.
"""

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"

API, JOBS = "robotplug_api", "robotplug_jobs"
READER = "NULLIF(current_setting('app.user_id', true), '')::uuid"
OWN = f"user_id = {READER}"
SHOWN = f"visibility = 'public' OR {OWN}"

# What the API may see of each table; a table that is not here it may not read.
SEEN = {
    "strategies": SHOWN,
    "executions": SHOWN,
    "trades": SHOWN,
    "performance_metrics": SHOWN,
    "segments": SHOWN,
    "decisions": SHOWN,
    "drifts": SHOWN,
    "equity_points": SHOWN,
    "strategy_versions": f"source_public OR {OWN}",
    "users": f"id = {READER}",
    "api_keys": OWN,
    "refresh_tokens": OWN,
    "idempotency_keys": OWN,
    "rate_limits": "true",
    "socket_connections": "true",
    "market_data": "true",
    "bar_versions": "true",
    "corporate_actions": "true",
    "quarantined_bars": "true",
    "tapes": "true",
}
API_WRITES = {
    "users": "UPDATE (name, password_hash, updated_at)",
    "api_keys": "INSERT, UPDATE (last_used_at, revoked_at)",
    "refresh_tokens": "INSERT, UPDATE (used_at, revoked_at)",
    "idempotency_keys": "INSERT, UPDATE (status, answer)",
    "rate_limits": "INSERT, UPDATE (tokens, refilled_at)",
    "socket_connections": "INSERT, UPDATE (seq, expires_at), DELETE",
}
JOBS_APPEND = (
    *("strategies", "strategy_versions", "executions", "trades", "performance_metrics"),
    *("market_data", "bar_versions", "corporate_actions", "quarantined_bars", "tapes"),
    *("segments", "decisions", "drifts", "equity_points", "outbox"),
)
JOBS_CHANGE = {
    "strategies": "UPDATE (status, updated_at)",
    "executions": "UPDATE (status, identity, progress, error, period_start, period_end, "
    "trade_count, decision_count, latest_metrics, started_at, finished_at)",
    "outbox": "UPDATE (delivered_at, attempts, last_error)",
    "socket_connections": "SELECT, UPDATE (seq, expires_at), DELETE",
}
TABLES = sorted({*SEEN, *JOBS_APPEND})


def upgrade() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {API}, {JOBS}")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for table, rows in SEEN.items():
        op.execute(f"CREATE POLICY api ON {table} TO {API} USING ({rows})")
        op.execute(f"GRANT SELECT ON {table} TO {API}")
    for table in sorted({*JOBS_APPEND, *JOBS_CHANGE}):
        op.execute(f"CREATE POLICY jobs ON {table} TO {JOBS} USING (true)")
    for table in JOBS_APPEND:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {JOBS}")
    for role, grants in ((API, API_WRITES), (JOBS, JOBS_CHANGE)):
        for table, rights in grants.items():
            op.execute(f"GRANT {rights} ON {table} TO {role}")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP POLICY IF EXISTS api ON {table}")
        op.execute(f"DROP POLICY IF EXISTS jobs ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM {API}, {JOBS}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {API}, {JOBS}")
