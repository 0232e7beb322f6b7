"""What a run left, as frames; columns are called as backtesting.py calls them.

index: what the market's rows are called, shape (market rows,), as `Labelled.index` has it; without
it they are called as `labels_of` does. Money and shares are floats, shares of a whole fractions.
Every frame is new, and nothing done to it changes the run.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.estimates import Estimate
from engine.fills import Fill
from engine.frames.labels import labels_of
from engine.metrics import get
from engine.money import UNIT, Floats
from engine.run import Run
from engine.trades import RoundTrip


def equity_frame(
    run: Run, index: pd.DatetimeIndex | None = None, benchmark: Floats | None = None
) -> pd.DataFrame:
    """Return the account after each close: Equity, DrawdownPct, DrawdownDuration, Cash.

    DrawdownPct: how far below its highest so far, at or above 0; what it opened with counts.
    DrawdownDuration: where a drawdown ends how long it took from its peak, else NaT. Benchmark:
    its equity, where it is given.
    """
    labels = _labels(run, index)[run.start_row :]
    peaks = np.maximum(np.maximum.accumulate(run.equity), run.start_equity / UNIT)
    drawdown = 1.0 - run.equity / peaks
    columns = {
        "Equity": run.equity,
        "DrawdownPct": drawdown,
        "DrawdownDuration": _durations(drawdown, labels),
        "Cash": run.cash_units / UNIT,
    }
    more = {} if benchmark is None else {"Benchmark": benchmark}
    return pd.DataFrame({**columns, **more}, index=labels)


def _durations(drawdown: Floats, labels: pd.DatetimeIndex) -> pd.Series:
    """At the end of each drawdown of several rows, the time since its peak."""
    last = len(drawdown) - 1
    ends = np.unique([0, *np.flatnonzero(drawdown == 0.0).tolist(), last])
    long = np.flatnonzero(np.diff(ends) > 1)
    durations = pd.Series(pd.NaT, index=labels, dtype=(labels[:1] - labels[:1]).dtype)
    durations.iloc[ends[long + 1]] = labels[ends[long + 1]] - labels[ends[long]]
    return durations


def returns_series(run: Run, index: pd.DatetimeIndex | None = None) -> pd.Series:
    """Return the change of equity from row to row as fractions, the first from what it opened."""
    before = np.append(run.start_equity / UNIT, run.equity[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = run.equity / before - 1.0
    return pd.Series(changes, index=_labels(run, index)[run.start_row :], name="Return")


def trades_frame(run: Run, index: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """Return the round trips, flat to flat, in the order of their exits; what is open is none.

    Size: negative when short. EntryBar, ExitBar: rows of the market. Prices: averages before
    commissions. PnL, ReturnPct: after them. MAE, MFE: the worst and the best it stood at, as
    fractions of what was put in; NaN where the bars are not known.
    """
    trips, labels = run.trades, _labels(run, index)
    entries, exits = (labels[_rows(trips, name)] for name in ("entry", "exit"))
    return pd.DataFrame(
        {
            "Symbol": _texts(trips, "symbol"),
            "Size": _floats([_signed(trip) / UNIT for trip in trips]),
            "EntryBar": _rows(trips, "entry"),
            "ExitBar": _rows(trips, "exit"),
            "EntryPrice": _floats([trip.entry_price for trip in trips]),
            "ExitPrice": _floats([trip.exit_price for trip in trips]),
            "PnL": _floats([trip.net_pnl / UNIT for trip in trips]),
            "Commission": _floats([trip.commissions / UNIT for trip in trips]),
            "ReturnPct": _floats([trip.net_return for trip in trips]),
            "EntryTime": entries,
            "ExitTime": exits,
            "Duration": exits - entries,
            "MAE": _floats([trip.mae_return for trip in trips]),
            "MFE": _floats([trip.mfe_return for trip in trips]),
        }
    )


def fills_frame(run: Run, index: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """Return every simulated fill in order, by the bar it belongs to; a bar may have several.

    Side: "buy" or "sell". Price: slippage included. Commission, Slippage: what each cost in money.
    PnL: what a fill that reduces brought after its costs, else NaN. Reason: why it happened where
    no plain order says so.
    """
    fills = run.fills
    return pd.DataFrame(
        {
            "Symbol": _texts(fills, "symbol"),
            "Side": _texts(fills, "side"),
            "Size": _floats([fill.quantity / UNIT for fill in fills]),
            "Price": _floats([fill.price for fill in fills]),
            "Commission": _floats([fill.commission / UNIT for fill in fills]),
            "Slippage": _floats([fill.slippage / UNIT for fill in fills]),
            "PnL": _floats([None if fill.pnl is None else fill.pnl / UNIT for fill in fills]),
            "Reason": _texts(fills, "reason"),
            "OrderId": _texts(fills, "order_id"),
        },
        index=_labels(run, index)[np.array([fill.row for fill in fills], np.int64)],
    )


def positions_frame(run: Run, index: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """Return how many shares of each symbol are held after each close; negative when short."""
    labels = _labels(run, index)[run.start_row :]
    return pd.DataFrame(run.quantity_units / UNIT, index=labels, columns=list(run.market.symbols))


def metrics_frame(metrics: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return each metric by its name: Value, and from Low to High its interval, NaN where unknown.

    Unit: as the catalogue has it; fractions are not percent. SampleSize: of the interval.
    """
    told = metrics.values()
    return pd.DataFrame(
        {
            "Value": _floats([one.value for one in told]),
            "Low": _floats([one.low for one in told]),
            "High": _floats([one.high for one in told]),
            "Unit": [get(name).unit.value for name in metrics],
            "SampleSize": pd.array([one.sample_size for one in told], dtype="Int64"),
        },
        index=pd.Index(list(metrics), dtype="str"),
    )


def _labels(run: Run, index: pd.DatetimeIndex | None) -> pd.DatetimeIndex:
    return labels_of(run.market) if index is None else index


def _rows(trips: Sequence[RoundTrip], end: str) -> np.ndarray:
    return np.array([getattr(trip, end).row for trip in trips], np.int64)


def _signed(trip: RoundTrip) -> int:
    return -trip.quantity if trip.side == "short" else trip.quantity


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array(values, np.float64)


def _texts(items: Sequence[Fill] | Sequence[RoundTrip], name: str) -> pd.arrays.ArrowStringArray:
    return pd.array([getattr(item, name) for item in items], dtype="str")
