"""Whether a record comes out again: how often it was asked, and every time that it did not."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from functions.services.publication.documents import Document, Standing, headed, instant
from functions.store.parity import DriftedRow, ParityRows, RestatedRow, TotalsRow

MOST = 50
"""How many of a kind are listed, the newest; the counts beside the lists are of all."""
BEFORE, SHOWN = 60, 300


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
        "replayed": totals.replayed,
        "equal": totals.equal,
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
    """Cut both texts to where they part: leaves are long, and alike but for a few letters."""
    pairs = zip(row.recorded, row.replayed, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    first = max(0, shared - BEFORE)
    texts = {name: _cut(getattr(row, name), first) for name in ("recorded", "replayed")}
    return _plain(row) | texts


def _restated(row: RestatedRow) -> Document:
    starts = instant(row.starts)
    return _plain(row) | {"starts": starts[:10] if row.bar_length == "1d" else starts}


def _cut(text: str, first: int) -> str:
    shown = text[first : first + SHOWN]
    return f"{'…' * (first > 0)}{shown}{'…' * (first + SHOWN < len(text))}"


def _time(time: datetime | None) -> str | None:
    return None if time is None else instant(time)


NOTHING: Document = {
    "status": "empty",
    "slots": 0,
    "advances": 0,
    "replayed": 0,
    "equal": 0,
    "checked_at": None,
    "newest": [],
    **{name: _listed(0, []) for name in ("backfilled", "drifts", "restated", "segments")},
    "skips": _listed(0, []) | {"late": 0},
}
