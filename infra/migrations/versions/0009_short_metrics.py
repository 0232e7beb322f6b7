"""Short metrics: the period of a run's latest metrics is kept once, not with each of them.

They are replaced with each slot, so that to compress them would cost more than it saves.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"

JOBS = "robotplug_jobs"
COLUMNS = ("metrics_time", "metrics_start", "metrics_end")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("executions", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute("ALTER TABLE executions ALTER COLUMN latest_metrics SET STORAGE EXTERNAL")
    op.execute(f"GRANT UPDATE ({', '.join(COLUMNS)}) ON executions TO {JOBS}")


def downgrade() -> None:
    op.execute("ALTER TABLE executions ALTER COLUMN latest_metrics SET STORAGE EXTENDED")
    # Metrics that were kept without a period have none until the next slot.
    for name in reversed(COLUMNS):
        op.drop_column("executions", name)
