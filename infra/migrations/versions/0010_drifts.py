"""Drifts stand at the slot of the row that parts: one slot may have several, found one by one."""

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"

NAME, COLUMNS = "drifts_execution_id_slot", ["execution_id", "slot"]


def upgrade() -> None:
    op.drop_constraint(f"{NAME}_key", "drifts", type_="unique")
    op.create_index(f"{NAME}_idx", "drifts", COLUMNS)


def downgrade() -> None:
    # Of a slot's drifts the first that was found stays. No policy lets the owner see any.
    op.execute("ALTER TABLE drifts NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM drifts d USING drifts e WHERE (d.execution_id, d.slot) = (e.execution_id, "
        "e.slot) AND (d.created_at, d.id) > (e.created_at, e.id)"
    )
    op.execute("ALTER TABLE drifts FORCE ROW LEVEL SECURITY")
    op.drop_index(f"{NAME}_idx", "drifts")
    op.create_unique_constraint(f"{NAME}_key", "drifts", COLUMNS)
