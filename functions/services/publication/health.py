"""The health of the market data: one document, a line for each symbol."""

from collections.abc import Sequence
from datetime import datetime

from functions.services.platform import Platform
from functions.services.publication.documents import VERSION, Document, encode, instant
from functions.store import publication
from functions.store.health import HealthRow, health_rows
from functions.store.objects import objects_in

KEY = "data/health.json"
MOST = 20
"""How many gaps of a symbol are listed; `missing` is of all."""


def publish_health(platform: Platform) -> bool:
    """Write what is known of every series; False where that is as it was."""
    with publication.snapshot(platform.connect()) as connection:
        position = publication.position(connection)
        rows = health_rows(connection)
    document = health(rows)
    newest = max((row.checked_at for row in rows), default=None)
    seq = int(newest.timestamp()) if newest else 0
    objects = objects_in(platform.s3, platform.site_bucket)
    return objects.put_newer(KEY, encode(document), seq, position)


def health(rows: Sequence[HealthRow]) -> Document:
    """Return the document; `as_of` is when a series was checked last, None before any was."""
    newest = max((row.checked_at for row in rows), default=None)
    symbols = [_symbol(row) for row in rows]
    return {
        "v": VERSION,
        "as_of": instant(newest) if newest else None,
        "counts": _counts(symbols),
        "symbols": symbols,
        "gaps": [gap for row in rows for gap in _gaps(row)],
        "refused": [
            _named(row) | {"reason": reason, "count": count}
            for row in rows
            for reason, count in row.quarantined
        ],
        "noted": [
            _named(row) | {"kind": kind, "count": count}
            for row in rows
            for kind, count in row.noted
        ],
        "failures": [
            _named(row) | {"reason": row.failure, "at": instant(row.checked_at)}
            for row in rows
            if row.failure
        ],
    }


def _named(row: HealthRow) -> Document:
    return {
        "symbol": row.symbol,
        "source": row.source,
        "bar_length": row.bar_length,
        "series": f"{row.source} {row.bar_length}",
    }


def _symbol(row: HealthRow) -> Document:
    return _named(row) | {
        "calendar": row.calendar,
        "first_bar": _start(row, row.first_bar),
        "last_bar": _start(row, row.last_bar),
        "bars": row.bars,
        "expected": row.expected,
        "coverage": row.bars / row.expected if row.expected else None,
        "missing": sum(count for _, _, count in row.gaps),
        "overdue": row.overdue,
        "refused": sum(count for _, count in row.quarantined),
        "noted": sum(count for _, count in row.noted),
        "restated": row.restated,
        "checked_at": instant(row.checked_at),
        "state": _state(row),
    }


def _state(row: HealthRow) -> str:
    """Name the worst that is known: what keeps robots waiting comes first."""
    if row.failure:
        return "failing"
    if not row.bars:
        return "empty"
    if row.overdue:
        return "late"
    return "gaps" if row.gaps else "complete"


def _gaps(row: HealthRow) -> list[Document]:
    """Return the newest gaps first."""
    return [
        _named(row) | {"first": _day(row, first), "last": _day(row, last), "missing": count}
        for first, last, count in row.gaps[::-1][:MOST]
    ]


def _start(row: HealthRow, time: datetime | None) -> str | None:
    """A daily bar has a day, any other the instant at which it starts."""
    if time is None:
        return None
    return _day(row, instant(time))


def _day(row: HealthRow, start: str) -> str:
    return start[:10] if row.bar_length == "1d" else start


def _counts(symbols: Sequence[Document]) -> Document:
    names = ("bars", "expected", "missing", "overdue", "refused", "noted", "restated")
    return {
        "symbols": len(symbols),
        "complete": sum(each["state"] == "complete" for each in symbols),
        **{name: sum(each[name] for each in symbols) for name in names},
    }
