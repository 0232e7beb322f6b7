"""The real bars of shared/data, as a provider would tell them."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path

from functions.providers import Bar, CorporateAction

KINDS = {"cash_dividend": "dividend", "split": "split"}


def bars_in(path: Path, symbol: str) -> list[Bar]:
    """All rows of a file in its order; what is no number is NaN."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(newline="") as file:
        return [_bar(symbol, row) for row in csv.DictReader(file)]


def actions_in(folder: Path, symbol: str) -> list[CorporateAction]:
    """A symbol's splits and dividends."""
    with (folder / "us_daily" / "actions.csv").open(newline="") as file:
        return list(_actions(csv.DictReader(file), symbol))


def _bar(symbol: str, row: dict[str, str]) -> Bar:
    prices = (_number(row[name]) for name in ("open", "high", "low", "close", "volume"))
    return Bar(symbol, _starts(row), *prices)


def _starts(row: dict[str, str]) -> datetime:
    if "date" in row:
        return datetime.combine(date.fromisoformat(row["date"]), time(), UTC)
    return datetime.fromisoformat(row["start_utc"]).astimezone(UTC)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _actions(rows: "csv.DictReader[str]", symbol: str) -> Iterator[CorporateAction]:
    for row in rows:
        if row["symbol"] == symbol:
            day, value = date.fromisoformat(row["ex_date"]), Decimal(row["value"])
            yield CorporateAction(symbol, day, KINDS[row["kind"]], value)
