"""What `robotplug data status` and `gaps` print."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from functions.local.data import Gaps
from functions.services.market.grid import DAY
from functions.store.health import HealthRow

_SHOWN_GAPS = 40
_SHOWN_DAYS = 10
_FILE_WIDTH = 160


def print_status(rows: Sequence[HealthRow]) -> None:
    """Print one line for each series, then why any could not be read."""
    # A file has room for every column.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)
    if not rows:
        console.print("no data yet; `robotplug data import` or a run brings some", markup=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("symbol", "source", "bar", "calendar", "first", "last"):
        table.add_column(name, no_wrap=True)
    for name in ("bars", "coverage", "gaps", "overdue", "not used", "noted", "restated"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    for row in rows:
        if row.failure:
            console.print(f"{row.symbol} {row.bar_length}: {row.failure}", markup=False)


def print_status_json(rows: Sequence[HealthRow]) -> None:
    """Print the series as one JSON list; instants in UTC."""
    told = [{**row._asdict(), "coverage": coverage(row)} for row in rows]
    print(json.dumps(told, indent=2, default=text))  # noqa: T201


def print_gaps(found: Gaps) -> None:
    """Print the ranges that are missing, the rows that are not used, then what is odd."""
    console = Console(highlight=False)
    for row in found.series:
        console.print(
            f"{row.symbol} {row.bar_length} from {row.source}: "
            f"{len(row.gaps)} gaps, {row.expected - row.bars:,} of {row.expected:,} bars missing",
            markup=False,
        )
        for first, last, bars in row.gaps[:_SHOWN_GAPS]:
            console.print(f"  {_when(first, row)} to {_when(last, row)}: {bars:,}", markup=False)
        if len(row.gaps) > _SHOWN_GAPS:
            console.print(f"  and {len(row.gaps) - _SHOWN_GAPS} more; --json has all", markup=False)
    console.print(f"{len(found.quarantined)} rows are not used", markup=False)
    for refused in found.quarantined:
        prices = ", ".join(f"{name} {value}" for name, value in refused["row"].items())
        line = f"  {refused['time']} {refused['source']}: {refused['reason']} ({prices})"
        console.print(line, markup=False, soft_wrap=True)
    console.print(
        f"{len(found.noted):,} noted: odd; all but those outside hours are used", markup=False
    )
    for (source, kind), odd in groupby(found.noted, lambda one: (one["source"], one["kind"])):
        days = list(dict.fromkeys(f"{one['time']:%Y-%m-%d}" for one in odd))
        more = f" and {len(days) - _SHOWN_DAYS} more days; --json has all"
        line = f"  {source}: {kind}, on {', '.join(days[:_SHOWN_DAYS])}"
        console.print(line + more * (len(days) > _SHOWN_DAYS), markup=False, soft_wrap=True)


def print_gaps_json(found: Gaps) -> None:
    """Print all as one JSON object."""
    series = [
        {
            "source": row.source,
            "bar_length": row.bar_length,
            "gaps": [dict(zip(("first", "last", "bars"), gap, strict=True)) for gap in row.gaps],
        }
        for row in found.series
    ]
    told = {"series": series, "quarantined": list(found.quarantined), "noted": list(found.noted)}
    print(json.dumps(told, indent=2, default=text))  # noqa: T201


def coverage(row: HealthRow) -> float | None:
    """Return which share of the expected bars is there; None where none is expected."""
    return row.bars / row.expected if row.expected else None


def _cells(row: HealthRow) -> list[str]:
    share = coverage(row)
    first, last = (_when(at, row) if at else "-" for at in (row.first_bar, row.last_bar))
    refused, noted = (sum(count for _, count in by) for by in (row.quarantined, row.noted))
    counts = (len(row.gaps), row.overdue, refused, noted, row.restated)
    return [
        *(row.symbol, row.source, row.bar_length, row.calendar, first, last, f"{row.bars:,}"),
        "-" if share is None else f"{share:.2%}",
        *(f"{count:,}" for count in counts),
    ]


def _when(at: datetime | str, row: HealthRow) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment:%Y-%m-%d}" if row.bar_length == DAY else f"{moment:%Y-%m-%d %H:%M}"


def text(value: Any) -> str:  # noqa: ANN401
    """Return what JSON has no form for; instants in UTC."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)
