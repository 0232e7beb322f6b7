"""Real daily bars of five companies, 2000 to 2013, from the bokeh-sampledata wheel.

Source: Quandl's WIKI prices, public domain: raw prices, and a close adjusted for splits and
dividends, from which both follow exactly.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from engine.errors import unknown
from functions.providers import Bar, CorporateAction, Coverage, Facts, Fetched, Request
from functions.providers._ranges import asked_for, check_length, known_by, midnight

SMALLEST_SPLIT = Decimal("1.2")
"""A ratio from here on is a split when it is a round one; the largest dividend paid 11 %."""
NOISE = Decimal("0.00005")
"""The adjusted close has twelve digits: a smaller dividend is a rounding error."""
_PLACES = Decimal("0.0001")


class _Row(NamedTuple):
    bar: Bar
    adjusted: Decimal


class Sample:
    """The whole file, read on first use (0.1 s)."""

    facts = Facts("XNYS", ("1d",))

    def symbols(self) -> Sequence[str]:
        """Return the five symbols."""
        return tuple(self._rows)

    def coverage(self) -> Coverage:
        """Return the file's first and last session."""
        days = [
            row.bar.starts.date() for rows in self._rows.values() for row in (rows[0], rows[-1])
        ]
        return Coverage(min(days), max(days))

    def fetch(self, request: Request) -> Fetched:
        """Return raw bars and the actions that the adjusted close tells of."""
        check_length("sample", self.facts, request.length)
        if request.symbol not in self._rows:
            raise unknown("symbol of the sample provider", request.symbol, self._rows)
        bars = (row.bar for row in self._rows[request.symbol])
        actions = self._actions[request.symbol]
        return Fetched(asked_for(request, bars), known_by(request, actions))

    @cached_property
    def _rows(self) -> Mapping[str, list[_Row]]:
        rows: dict[str, list[_Row]] = {}
        for row in _read():
            rows.setdefault(row.bar.symbol, []).append(row)
        return {symbol: sorted(rows[symbol], key=_starts) for symbol in sorted(rows)}

    @cached_property
    def _actions(self) -> Mapping[str, list[CorporateAction]]:
        return {symbol: list(_actions_of(rows)) for symbol, rows in self._rows.items()}


def _read() -> Iterator[_Row]:
    # Not by bokeh_sampledata.stocks: it needs pandas and makes floats of the prices.
    file = files("bokeh_sampledata") / "_data" / "stocks.csv.gz"
    with file.open("rb") as packed, gzip.open(packed, "rt", newline="") as text:
        for row in csv.DictReader(text):
            prices = (Decimal(row[name]) for name in ("Open", "High", "Low", "Close", "Volume"))
            bar = Bar(row["Ticker"], midnight(date.fromisoformat(row["Date"])), *prices)
            yield _Row(bar, Decimal(row["Adj Close"]))


def _actions_of(rows: Sequence[_Row]) -> Iterator[CorporateAction]:
    for before, row in pairwise(rows):
        kind, value = action_of(row.adjusted / before.adjusted, before.bar.close, row.bar.close)
        if value:
            yield CorporateAction(row.bar.symbol, row.bar.starts.date(), kind, value)


def action_of(adjusted_change: Decimal, before: Decimal, close: Decimal) -> tuple[str, Decimal]:
    """Return what makes the adjusted close change otherwise than the close; value 0 is nothing.

    The file adjusts by k = (close + dividend) / close on the ex-date, or by the split's ratio.

    >>> action_of(Decimal("1.0166666667"), Decimal("30"), Decimal("27.42"))
    ('dividend', Decimal('3.0800'))
    >>> action_of(Decimal("1.0989730"), Decimal("101.25"), Decimal("55.635"))
    ('split', Decimal('2.0000'))
    """
    ratio = adjusted_change * before / close
    if ratio >= SMALLEST_SPLIT or ratio <= 1 / SMALLEST_SPLIT:
        return "split", ratio.quantize(_PLACES)
    dividend = (ratio - 1) * close
    return "dividend", dividend.quantize(_PLACES) if dividend > NOISE else Decimal(0)


def _starts(row: _Row) -> datetime:
    return row.bar.starts


provider = Sample()
