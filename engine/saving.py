"""Bars and actions as plain values that JSON can hold, and back; floats come back bit for bit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from engine.bars import Action, Bars, QuotedPrices
from engine.money import Floats

INSTANTS = ("opens", "closes", "ends")
VALUES = ("open", "high", "low", "close", "volume")
QUOTES = ("ask", "bid")


def bars_to_dict(bars: Bars) -> dict[str, Any]:
    """Return bars by column; NaN is null, and what they do not carry is left out."""
    told: dict[str, Any] = {"sessions": bars.sessions.astype("datetime64[D]").astype(str).tolist()}
    for name in INSTANTS:
        column = getattr(bars, name)
        told |= {} if column is None else {name: np.asarray(column).tolist()}
    told |= {name: _values(getattr(bars, name)) for name in VALUES}
    for name in QUOTES:
        quoted = getattr(bars, name)
        told |= {} if quoted is None else {name: [_values(side) for side in quoted]}
    return told


def bars_from_dict(told: Mapping[str, Any]) -> Bars:
    """Take what `bars_to_dict` gave."""
    columns: dict[str, Any] = {"sessions": np.array(told["sessions"], "datetime64[D]")}
    columns |= {name: np.array(told[name], np.int64) for name in INSTANTS if name in told}
    columns |= {name: np.array(told[name], np.float64) for name in VALUES}
    for name in QUOTES:
        if name in told:
            columns[name] = QuotedPrices(*(np.array(side, np.float64) for side in told[name]))
    return Bars(**columns)


def actions_to_list(actions: Iterable[Action]) -> list[dict[str, Any]]:
    """Return actions by field; the value of a delisting at the last close is null."""
    return [
        {
            "symbol": one.symbol,
            "ex_date": one.ex_date.isoformat(),
            "kind": one.kind,
            "value": None if one.value != one.value else float(one.value),
            "seen": None if one.seen is None else one.seen.isoformat(),
        }
        for one in actions
    ]


def actions_from_list(told: Iterable[Mapping[str, Any]]) -> tuple[Action, ...]:
    """Take what `actions_to_list` gave."""
    return tuple(
        Action(
            one["symbol"],
            date.fromisoformat(one["ex_date"]),
            one["kind"],
            float("nan") if one["value"] is None else one["value"],
            None if one["seen"] is None else date.fromisoformat(one["seen"]),
        )
        for one in told
    )


def start_from_text(text: str | None) -> date | datetime | None:
    """Read a day, or an instant with its timezone, as `isoformat` wrote it.

    >>> start_from_text("2012-01-09")
    datetime.date(2012, 1, 9)
    """
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _values(column: Floats) -> list[list[float | None]]:
    rows: Sequence[Sequence[float]] = np.asarray(column, np.float64).tolist()
    return [[None if value != value else value for value in row] for row in rows]
