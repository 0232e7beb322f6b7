"""Whether a record comes out again: how often it was asked, and every time that it did not."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from functions.services.publication.documents import Document, Standing, headed, instant
from functions.store.parity import CHECKED, DriftedRow, ParityRows, RestatedRow, TotalsRow
from functions.store.parting import Change, parting

MOST = 50
"""How many of a kind are listed, the newest; the counts beside the lists are of all."""
MOST_CHANGES = 12
TELLINGS = ("recorded", "replayed")


def parity_of(standing: Standing, rows: ParityRows | None) -> Document:
    """Return what the advances of a record found; rows: None for a robot without a paper run."""
    head = standing.head
    told = headed(standing) | {
        "name": standing.robot.name,
        "as_of": instant(head.closes_at) if head else None,
    }
    return told | (checks_of(rows) if rows else NOTHING)


def checks_of(rows: ParityRows) -> Document:
    """Return what the rows say, under the document's names."""
    totals = rows.totals
    return {
        "status": _status(totals),
        "slots": totals.slots,
        "advances": totals.advances,
        **{name: getattr(totals, name) for name in CHECKED},
        "checked_at": _time(totals.checked_at),
        "newest": [_plain(each) for each in rows.advances],
        "backfilled": _listed(totals.backfilled, [_plain(each) for each in rows.backfilled]),
        "drifts": _listed(totals.drifts, [_drift(each) for each in rows.drifts]),
        "skips": _listed(totals.skips, [_plain(each) for each in rows.skips])
        | {"late": totals.late},
        "restated": _listed(len(rows.restated), [_restated(each) for each in rows.restated]),
        "segments": _listed(len(rows.segments), [_plain(each) for each in rows.segments]),
    }


def _status(totals: TotalsRow) -> str:
    if totals.status == "drifted":
        return "drifted"
    return "equal" if totals.slots else "empty"


def _listed(count: int, items: Sequence[Document]) -> Document:
    return {"count": count, "items": items[:MOST]}


def _plain(row: tuple[object, ...]) -> Document:
    """Return a row under its own names, without the execution it is of."""
    named: Document = row._asdict()  # type: ignore[attr-defined]  # every row is named
    del named["execution_id"]
    return {
        name: _time(value) if isinstance(value, datetime) else value
        for name, value in named.items()
    }


def _drift(row: DriftedRow) -> Document:
    """Name the row and the fields in which both tellings part: leaves are long, and alike."""
    found = parting(row.kind, row.recorded, row.replayed)
    told = {name: value for name, value in _plain(row).items() if name not in TELLINGS}
    changes = [_change(each) for each in found.changes[:MOST_CHANGES]]
    more = len(found.changes) - len(changes)
    return told | {"row": found.row, "finding": found.how, "changes": changes, "more": more}


def _change(change: Change) -> Document:
    """Tell a change with how many characters are alike at the beginning and at the end."""
    recorded, replayed = change.recorded or "", change.replayed or ""
    before = _alike(recorded, replayed)
    after = _alike(recorded[before:][::-1], replayed[before:][::-1])
    return {**change._asdict(), "alike": [before, after]}


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _restated(row: RestatedRow) -> Document:
    starts = instant(row.starts)
    return _plain(row) | {"starts": starts[:10] if row.bar_length == "1d" else starts}


def _time(time: datetime | None) -> str | None:
    return None if time is None else instant(time)


NOTHING: Document = {
    "status": "empty",
    "slots": 0,
    "advances": 0,
    **dict.fromkeys(CHECKED, 0),
    "checked_at": None,
    "newest": [],
    **{name: _listed(0, []) for name in ("backfilled", "drifts", "restated", "segments")},
    "skips": _listed(0, []) | {"late": 0},
}
