"""Markets made of a few numbers, for any test that needs bars."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from engine import Action, Bars, Market
from engine.bars import QuotedPrices

FIRST = date(2012, 1, 9)
NAN = float("nan")


def sessions(rows: int, first: date = FIRST) -> np.ndarray:
    """Weekdays from `first` on."""
    return np.busday_offset(np.datetime64(first, "D"), np.arange(rows), roll="forward")


def bars(
    open: np.ndarray,  # noqa: A002
    close: np.ndarray | None = None,
    volume: float = 1_000_000.0,
    first: date = FIRST,
) -> Bars:
    """Bars with these opens and closes, shape (rows, symbols); high and low just enclose them."""
    open = np.asarray(open, dtype=float)  # noqa: A001
    close = open if close is None else np.asarray(close, dtype=float)
    days = sessions(len(open), first)
    midnight = days.astype("datetime64[s]").astype(np.int64)
    return Bars(
        sessions=days,
        opens=midnight + 14 * 3600 + 1800,
        closes=midnight + 21 * 3600,
        open=open,
        high=np.maximum(open, close),
        low=np.minimum(open, close),
        close=close,
        volume=np.where(np.isnan(open), NAN, volume),
    )


def intraday(daily: Bars, rows_a_session: int) -> Bars:
    """The same rows as bars of an hour, so many to a session; the last may have fewer."""
    session, hour = np.divmod(np.arange(len(daily.sessions)), rows_a_session)
    opens = daily.opens[session] + 3600 * hour
    closes = opens + 3600
    return daily._replace(sessions=daily.sessions[session], opens=opens, closes=closes, ends=None)


def quoted(daily: Bars, spread: float) -> Bars:
    """The same bars with bid and ask, half the spread below and above each price."""
    side = [np.array(array) for array in daily[3:7]]
    ask, bid = (
        QuotedPrices(*(array + half for array in side)) for half in (spread / 2, -spread / 2)
    )
    return daily._replace(ask=ask, bid=bid)


def market(
    prices: Mapping[str, Sequence[float] | Sequence[tuple[float, float]]],
    actions: Sequence[Action] = (),
    first: date = FIRST,
    rows_a_session: int = 1,
) -> Market:
    """A market of opens, or of (open, close) pairs, by symbol; NaN where there is no bar.

    Daily bars, or with several rows a session bars of an hour.

    >>> market({"IBM": [180.0, 181.0]}).close[-1, 0]
    np.float64(181.0)
    """
    table = np.stack([np.array([_pair(p) for p in column]) for column in prices.values()], axis=1)
    made = bars(table[:, :, 0], table[:, :, 1], first=first)
    made = made if rows_a_session == 1 else intraday(made, rows_a_session)
    return Market.build(tuple(prices), made, actions)


def random_market(
    seed: int = 1,
    rows: int = 300,
    symbols: Sequence[str] = ("AAPL", "IBM", "MSFT"),
    gaps: float = 0.02,
    late: int = 0,
    actions: Sequence[Action] = (),
    first: date = FIRST,
) -> Market:
    """Random walks; `gaps` of the bars are missing, the last symbol lists `late` rows late."""
    random = np.random.default_rng(seed)
    steps = random.normal(0.0005, 0.02, (2 * rows, len(symbols)))
    path = 100 * np.exp(np.cumsum(steps, axis=0)).round(4)
    missing = random.random((rows, len(symbols))) < gaps
    missing[:late, -1] = True
    open, close = (np.where(missing, NAN, path[at::2].round(2)) for at in (0, 1))  # noqa: A001
    return Market.build(tuple(symbols), bars(open, close, first=first), actions)


def _pair(price: float | tuple[float, float]) -> tuple[float, float]:
    return price if isinstance(price, tuple) else (price, price)
