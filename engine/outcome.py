"""What a simulation leaves: everything that happened, and the account after each bar."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.account import Account
from engine.bars import Sessions, listed
from engine.events import SCALE_CHANGES, Event, events_of, told_events, told_fills
from engine.fills import Fill
from engine.history import History
from engine.market import Market
from engine.money import UNIT, Bools, Floats, Ints, value_of, worths
from engine.options import Options
from engine.order_values import Order
from engine.parameters import Value
from engine.positions import Position
from engine.state import AMBIGUOUS, IS_RUINED, State
from engine.sums import last_changes, summed, summed_by_symbol
from engine.told_orders import told_orders
from engine.trades import SplitEvent


@dataclass(frozen=True, eq=False, repr=False)
class Outcome:
    """What happened in a simulation, and what was held and owned after each row."""

    market: Market
    strategy: str
    parameters: dict[str, Value]
    options: Options
    opening: Account
    start_row: int
    state: State

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """Every order asked for, those that came with the opening account first."""
        return told_orders(self.state, self.market, self.opening)

    @cached_property
    def fills(self) -> tuple[Fill, ...]:
        """Every simulated trade, in order."""
        return told_fills(self.state, self.market, self.orders, self.opening)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, in order: fills and rejections, splits, dividends and more."""
        return told_events(self.state, self.market, self.orders, self.opening)

    @cached_property
    def splits(self) -> tuple[SplitEvent, ...]:
        """Every change of a holding that is no trade: splits, and cash for what they left."""
        return tuple(
            SplitEvent(one.row, one.session, one.time, one.symbol, one.quantity, one.cash)
            for one in told_events(
                self.state, self.market, self.orders, self.opening, SCALE_CHANGES
            )
        )

    def orders_at(self, row: int) -> tuple[Order, ...]:
        """Return what was decided at a row's close."""
        return self.orders[bisect_left(self._asked, row) : bisect_right(self._asked, row)]

    def account_at(self, row: int) -> Account:
        """Return the account after a row's close; the same object while nothing happens to it."""
        changed = self._last_change[row - self.start_row]
        if changed not in self._accounts:
            self._accounts[changed] = self._history.at(changed)
        return self._accounts[changed]

    @cached_property
    def cash_units(self) -> Ints:
        """Cash after each close, in units."""
        rows = len(self.sessions)
        return self.opening.cash + summed(self.state, self.state.events.cash, self.start_row, rows)

    @cached_property
    def quantity_units(self) -> Ints:
        """What is held after each row, in units and signed; shape (rows, symbols)."""
        changes = self.state.events.quantity
        held, nothing = self.opening.positions, Position(0, 0)
        opening = [held.get(symbol, nothing).quantity for symbol in self.market.symbols]
        return opening + summed_by_symbol(self.state, changes, self.start_row, len(self.sessions))

    @cached_property
    def equity_units(self) -> Ints:
        """Cash and holdings at the closes, in units; without a bar a symbol counts at its last."""
        held: Ints = self._worth(self.quantity_units).sum(axis=1)
        return self.cash_units + held

    @cached_property
    def short_units(self) -> Ints:
        """What is held short is worth at the closes, in units, at or above zero."""
        shorts = np.maximum(-self.quantity_units, 0)
        return self._worth(shorts).sum(axis=1) if shorts.any() else np.zeros(len(shorts), np.int64)

    @cached_property
    def equity(self) -> Floats:
        """Equity at the closes, in money."""
        return self.equity_units / UNIT

    @property
    def start_equity(self) -> int:
        """What the account was worth when it opened, in units: its positions at the last close."""
        row, value = max(self.start_row - 1, 0), self.opening.cash
        for symbol, held in self.opening.positions.items():
            at = self.market.symbols.index(symbol)
            price, multiplier = int(self.market.prices.close[row, at]), self._multiplier[at]
            value += value_of(held.quantity, price, float(multiplier))
        return value

    @property
    def sessions(self) -> Sessions:
        """The session of each row, datetime64[D]."""
        return self.market.sessions[self.start_row :]

    @cached_property
    def stale(self) -> Bools:
        """Where a position was held without a bar, marked at its last close; (rows, symbols)."""
        stale: Bools = (self.quantity_units != 0) & ~listed(self.market.raw)[self.start_row :]
        return stale

    @property
    def ruined(self) -> bool:
        """Whether equity fell to 0 or below, which ended all trading."""
        return bool(self.state.flags[IS_RUINED])

    @cached_property
    def ambiguous_bars(self) -> int:
        """How many bars reached exits whose order inside the bar is not known."""
        events, at = self.state.events, events_of(self.state, AMBIGUOUS)
        return len(set(zip(events.row[at].tolist(), events.symbol[at].tolist(), strict=True)))

    def _worth(self, quantity: Ints) -> Ints:
        """What so much of each symbol is worth at the closes, in units; shape (rows, symbols)."""
        values = worths(quantity, self.market.prices.close[self.start_row :])
        plain = self._multiplier == 1
        return (
            values if plain.all() else np.where(plain, values, _rounded(values * self._multiplier))
        )

    @cached_property
    def _multiplier(self) -> Floats:
        return self.options.rules(self.market.symbols).multiplier

    @property
    def _multipliers(self) -> dict[str, float]:
        return dict(zip(self.market.symbols, self._multiplier.tolist(), strict=True))

    @cached_property
    def _history(self) -> History:
        about = self.state, self.market, self.opening, self.orders
        return History(*about, self._multiplier)

    @cached_property
    def _asked(self) -> list[int]:
        return list(self.state.orders.row[: len(self.orders)].tolist())

    @cached_property
    def _last_change(self) -> list[int]:
        stop = len(self.market.sessions)
        return list(last_changes(self.state, self.start_row, stop).tolist())

    @cached_property
    def _accounts(self) -> dict[int, Account]:
        return {}


def _rounded(values: Floats) -> Ints:
    return np.rint(values).astype(np.int64)
