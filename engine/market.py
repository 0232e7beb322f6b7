"""The market a strategy sees: validated once, on one price scale, with the raw bars beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np

from engine.actions_check import checked_actions
from engine.bars import Action, Bars, QuotedPrices, Sessions, instant_text, listed
from engine.booked import Booked, factors, located, splits_of
from engine.errors import DataError, ParameterError
from engine.money import Bools, Floats, Ints, frozen
from engine.moves import volatility_before
from engine.prices import Prices, loop_prices
from engine.resampling import Resampled, resampled
from engine.shown import shown
from engine.validation import checked


@dataclass(frozen=True, eq=False, repr=False)
class Market:
    """Bars of several symbols on one price scale; arrays have shape (rows, symbols).

    The scale is the raw price times the factors of all actions up to that bar, starting at 1: a
    later action never changes an earlier number. Volume is divided by splits. NaN: no bar.
    """

    symbols: tuple[str, ...]
    raw: Bars
    actions: tuple[Action, ...]

    @classmethod
    def build(cls, symbols: Sequence[str], bars: Bars, actions: Sequence[Action] = ()) -> "Market":
        """Validate once; DataError names symbol, session and the way out."""
        validated = checked(symbols, bars)
        return cls(tuple(symbols), validated, tuple(checked_actions(symbols, actions)))

    def __repr__(self) -> str:
        """Name the symbols and the stretch of time; arrays by the thousand help nobody."""
        rows, last = len(self.sessions), len(self.sessions) - 1
        stretch = f"{self.name_of(0)} to {self.name_of(last)}"
        return f"Market({', '.join(self.symbols)}; {stretch}, {rows} rows)"

    def head(self, rows: int) -> "Market":
        """Return the market as it was known after its first rows."""
        bars = self.raw.head(rows)
        last = bars.sessions[-1].item()
        known = (each for each in self.actions if max(each.ex_date, each.seen or last) <= last)
        return Market(self.symbols, bars, tuple(known))

    def row_of(self, start: date | datetime | None) -> int:
        """Find the first row of a day's session or a later one; DataError when there is none.

        start: an instant, with its timezone, means the first row that closes at it or after.
        """
        row = 0 if start is None else self._row_from(start)
        if row == len(self.sessions):
            names, last = ", ".join(self.symbols), self.name_of(row - 1)
            raise DataError(f"no bars of {names} from {start}; the last session is {last}")
        return row

    def _row_from(self, start: date | datetime) -> int:
        if not isinstance(start, datetime):
            return int(np.searchsorted(self.sessions, np.datetime64(start, "D")))
        if start.tzinfo is None:
            raise ParameterError(f"the start {start} has no timezone; give it one, or a date")
        return int(np.searchsorted(self.closes, start.timestamp()))

    def name_of(self, row: int) -> str:
        """Name a row: by its session, or by its closing instant once a session had several rows."""
        return self._names[row]

    def opening_name_of(self, row: int) -> str:
        """Name a row as `name_of` does, but by the instant it opens."""
        return instant_text(self.opens[row]) if self._several[row] else self._names[row]

    @cached_property
    def _several(self) -> Bools:
        return self.raw.several()

    @cached_property
    def _names(self) -> list[str]:
        days, closes = self.sessions.astype(str), self.closes.astype("datetime64[s]").astype(str)
        return list(np.where(self._several, np.char.add(closes, "Z"), days).tolist())

    @property
    def sessions(self) -> Sessions:
        """The session of each row, datetime64[D]."""
        return self.raw.sessions

    @property
    def opens(self) -> Ints:
        """The instant each row opens, seconds since 1970 UTC."""
        return self.raw.opens

    @property
    def closes(self) -> Ints:
        """The instant each row closes, seconds since 1970 UTC."""
        return self.raw.closes

    @cached_property
    def open(self) -> Floats:
        """Opens on the one price scale."""
        return frozen(self.raw.open * self.factors)

    @cached_property
    def high(self) -> Floats:
        """Highs on the one price scale."""
        return frozen(self.raw.high * self.factors)

    @cached_property
    def low(self) -> Floats:
        """Lows on the one price scale."""
        return frozen(self.raw.low * self.factors)

    @cached_property
    def close(self) -> Floats:
        """Closes on the one price scale."""
        return frozen(self.raw.close * self.factors)

    @cached_property
    def volume(self) -> Floats:
        """Shares traded, divided by the splits so far."""
        splits = splits_of(self.raw, self._booked, late=True)
        return frozen(self.raw.volume / np.cumprod(splits, axis=0))

    def resample(self, length: str) -> Resampled:
        """Return longer bars, each seen from the row on at whose close it was complete.

        length: like "30m" or "4h" by the clock of UTC, "1d" by session, "1w" or "1M" by weeks from
        Monday and by months. ParameterError for another, or one shorter than the bars.
        """
        _check_length(length)
        return resampled(
            self.raw, (self.open, self.high, self.low, self.close, self.volume), length
        )

    @property
    def ask(self) -> QuotedPrices | None:
        """What was asked, on the one price scale; None where no bar carries quotes."""
        return self._quotes[0]

    @property
    def bid(self) -> QuotedPrices | None:
        """What was bid, on the one price scale; None where no bar carries quotes."""
        return self._quotes[1]

    @cached_property
    def prices(self) -> Prices:
        """The raw bars as the loop reads them, without volatility."""
        return loop_prices(self.raw, self._booked)

    @cached_property
    def prices_with_volatility(self) -> Prices:
        """The same with each bar's volatility, for runs whose slippage depends on it."""
        known = volatility_before(self.close, listed(self.raw))
        return self.prices._replace(volatility=frozen(known))

    @cached_property
    def _quotes(self) -> list[QuotedPrices | None]:
        return [side and side.scaled(self.factors) for side in (self.raw.ask, self.raw.bid)]

    @cached_property
    def _booked(self) -> list[Booked]:
        return located(self.symbols, self.sessions, self.actions)

    @cached_property
    def factors(self) -> Floats:
        """By what raw prices are multiplied to stand on the one price scale."""
        return frozen(factors(self.symbols, self.raw, self._booked))


def _check_length(length: object) -> None:
    if not isinstance(length, str):
        raise ParameterError(
            f"bars can be put together to '1d', '1w', '1M', '30m' or '4h', not {shown(length)}"
        )
