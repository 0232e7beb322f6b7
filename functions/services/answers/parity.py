"""How a robot's record was checked, in the API's words."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from functions.store.parity import CHECKED, DriftedRow, ParityRows, TotalsRow, parity_rows
from functions.store.parting import parting
from functions.store.reading.rows import Reading, Row
from functions.store.reading.subjects import subject

KINDS = ("engine", "data", "code")
MOST = 100
"""How many rows of each list are told, the newest; the counts beside them are of all."""

_NOTHING = ParityRows(TotalsRow(UUID(int=0), "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None), *[()] * 6)


def parity(connection: Reading, reference: str) -> dict[str, Any]:
    """Return a robot, its record where it has one, and what all checks of it add up to.

    advances: how many there are.
    """
    found = subject(connection, reference)
    run = found.execution
    record = run if run and run["kind"] == "paper" else None
    rows = parity_rows(connection, [record["id"]]) if record else {}
    told = _told(next(iter(rows.values()), _NOTHING))
    return {"strategy": found.strategy, "execution": record, **told}


def _told(rows: ParityRows) -> dict[str, Any]:
    totals = rows.totals
    kinds = Counter(drift.kind for drift in rows.drifts)
    return {
        "status": _status(rows),
        "checked_at": totals.checked_at,
        "slots": totals.slots,
        "advances": totals.advances,
        **{name: getattr(totals, name) for name in CHECKED},
        "drifted": {kind: kinds[kind] for kind in KINDS},
        "drifts": [_drift(row) for row in rows.drifts[:MOST]],
        "backfilled": {"slots": totals.backfilled, "ranges": _newest(rows.backfilled)},
        "skipped": {"open": totals.skips - totals.late, "late": totals.late},
        "skips": _newest(rows.skips),
        "restated_count": len(rows.restated),
        "restated": [_in_our_words(row) for row in _newest(rows.restated)],
        "segments": _newest(rows.segments),
    }


def _status(rows: ParityRows) -> str:
    if rows.totals.status == "drifted":
        return "drifted"
    return "equal" if rows.totals.slots else "empty"


def _newest(rows: Sequence[Any]) -> list[Row]:
    """The first rows of a list, each a NamedTuple that names its run first."""
    dicts = (row._asdict() for row in rows[:MOST])
    return [{name: value for name, value in row.items() if name != "execution_id"} for row in dicts]


def _drift(row: DriftedRow) -> Row:
    """Say where it parts, before both tell all they have."""
    found = parting(row.kind, row.recorded, row.replayed)
    changes = [change._asdict() for change in found.changes]
    (told,) = _newest([row])
    return {**told, "row": found.row or None, "finding": found.how, "changes": changes}


def _in_our_words(restated: Row) -> Row:
    bar, time = restated.pop("bar_length"), restated.pop("starts")
    return {**restated, "bar": bar, "time": time}
