"""A run's round trips and what is still open, as the rows of its tables."""

from collections.abc import Sequence
from typing import NamedTuple

from engine import Run
from engine.money import UNIT
from engine.open_trade import RoundTrip
from functions.services.reporting.numerals import day, price, quantity, shown, trend

SHOWN = 200  # newest round trips; a page with all of ten thousand opens on no phone
EXTREMES = 5


class Row(NamedTuple):
    """One round trip, written; side: "long" or "short". mae, mfe: of what was put in."""

    symbol: str
    side: str
    entered: str
    left: str
    quantity: str
    entry: str
    exit: str
    result: str
    share: str
    mae: str
    mfe: str
    held: str
    tone: str


class Trips(NamedTuple):
    """The newest round trips, newest first, with the best and the worst of all of them."""

    total: int
    newest: Sequence[Row]
    best: Sequence[Row]
    worst: Sequence[Row]


class Holding(NamedTuple):
    """What is held when the run ends, at its last close; quantity below zero is short."""

    symbol: str
    quantity: str
    price: str
    value: str


def trips_of(run: Run) -> Trips:
    """Return the round trips that a report shows."""
    by_result = sorted(run.trades, key=lambda trip: trip.net_pnl)
    few = len(run.trades) <= 2 * EXTREMES
    worst = [] if few else [trip for trip in by_result[:EXTREMES] if trip.net_pnl < 0]
    best = [] if few else [trip for trip in by_result[: -EXTREMES - 1 : -1] if trip.net_pnl > 0]
    newest, best_rows, worst_rows = (
        [_row(run, trip) for trip in group]
        for group in (run.trades[: -SHOWN - 1 : -1], best, worst)
    )
    return Trips(len(run.trades), newest, best_rows, worst_rows)


def _row(run: Run, trip: RoundTrip) -> Row:
    return Row(
        symbol=trip.symbol,
        side=trip.side,
        entered=_when(run, trip.entry.row),
        left=_when(run, trip.exit.row),
        quantity=quantity(trip.quantity),
        entry=price(trip.entry_price),
        exit=price(trip.exit_price),
        result=shown(trip.net_pnl / UNIT, "money", signed=True),
        share=shown(trip.net_return, "fraction", signed=True),
        mae=shown(trip.mae_return, "fraction", signed=True),
        mfe=shown(trip.mfe_return, "fraction", signed=True),
        held=f"{trip.days_held:,.1f}" if trip.days_held < 10 else f"{trip.days_held:,.0f}",
        tone=trend(trip.net_pnl / UNIT, "money"),
    )


def _when(run: Run, row: int) -> str:
    return day(run.market.name_of(max(row, 0))).replace(",", "").removesuffix(" UTC")


def holdings_of(run: Run) -> list[Holding]:
    """Return what is held after the last row, by symbol."""
    held = zip(run.market.symbols, run.state.quantity.tolist(), strict=True)
    return [_holding(run, symbol, units) for symbol, units in sorted(held) if units != 0]


def _holding(run: Run, symbol: str, units: int) -> Holding:
    column = run.market.symbols.index(symbol)
    close = int(run.market.prices.close[-1, column]) / UNIT
    value = units / UNIT * close * run.options.instrument(symbol).multiplier
    return Holding(symbol, quantity(units), price(close), shown(value, "money"))
