"""What a simulation leaves: everything that happened, and the account after each bar."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from engine.account import Account, Position
from engine.bars import Sessions
from engine.estimates import Estimate
from engine.events import Event, told_events, told_fills, told_orders
from engine.fills import Fill
from engine.history import Waited, summed, summed_by_symbol, waited
from engine.ledger import Asked, ledger
from engine.market import Market
from engine.metrics import measure
from engine.money import UNIT, Floats, Ints, worth
from engine.options import Options
from engine.orders import Order
from engine.parameters import Value
from engine.state import State
from engine.trades import Moment, RoundTrip, SplitEvent, round_trips

SCALE_CHANGES = ("split", "cash in lieu")


@dataclass(frozen=True, eq=False)
class Run:
    """A strategy's simulated life over a market, from `start_row` on.

    Arrays have shape (rows from start_row on,); rows are counted on the market's timeline.
    """

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
        return told_fills(self.state, self.market, self.orders)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Everything that happened, in order: fills, rejections, splits, dividends."""
        return told_events(self.state, self.market, self.orders)

    def orders_at(self, row: int) -> tuple[Order, ...]:
        """Return what was decided at a row's close."""
        rows = self.state.orders.row[: int(self.state.orders.used[0])]
        first, last = np.searchsorted(rows, [row, row + 1])
        return self.orders[first:last]

    def account_at(self, row: int) -> Account:
        """Return the account after a row's close."""
        at = row - self.start_row
        positions = {
            symbol: Position(int(self._quantity[at, column]), int(self._cost[at, column]))
            for symbol, column in self._columns
            if self._quantity[at, column] != 0
        }
        return Account(int(self.cash_units[at]), positions, self._waited.get(row, ()))

    @cached_property
    def cash_units(self) -> Ints:
        """Cash after each close, in units."""
        rows = len(self.sessions)
        return self.opening.cash + summed(self.state, self.state.events.cash, self.start_row, rows)

    @cached_property
    def equity_units(self) -> Ints:
        """Cash and holdings at the closes, in units; without a bar a symbol counts at its last."""
        equity = self.cash_units
        for column in range(len(self.market.symbols)):
            price = self.market.prices.close[self.start_row :, column]
            equity = equity + worth(self._quantity[:, column], price)
        return equity

    @cached_property
    def equity(self) -> Floats:
        """Equity at the closes, in money."""
        return self.equity_units / UNIT

    @property
    def start_equity(self) -> int:
        """What the account was worth when it opened, in units: its positions at the last close."""
        row, value = max(self.start_row - 1, 0), self.opening.cash
        for symbol, held in self.opening.positions.items():
            price = self.market.prices.close[row, self.market.symbols.index(symbol)]
            value += worth(held.quantity, int(price))
        return value

    @property
    def sessions(self) -> Sessions:
        """The session of each row, datetime64[D]."""
        return self.market.sessions[self.start_row :]

    @cached_property
    def trades(self) -> tuple[RoundTrip, ...]:
        """The round trips, flat to flat for each symbol; what is still open is none."""
        splits = [
            SplitEvent(one.row, one.session, one.time, one.symbol, one.quantity, one.cash)
            for one in self.events
            if one.kind in SCALE_CHANGES
        ]
        row = max(self.start_row - 1, 0)
        opened = Moment(row, self._session(row), int(self.market.closes[row]))
        return round_trips(self.fills, splits, self.opening.positions, opened)

    def metrics(
        self, periods_per_year: float = 252, benchmark: Floats | None = None
    ) -> dict[str, Estimate]:
        """Compute every metric of the catalogue; benchmark: an equity curve of the same rows."""
        return measure(
            equity=self.equity,
            start_equity=self.start_equity / UNIT,
            sessions=self.sessions,
            periods_per_year=periods_per_year,
            benchmark=benchmark,
            cash=self.cash_units / UNIT,
            round_trips=self.trades,
            fills=self.fills,
        )

    def ledger(self) -> str:
        """Return the run as readable lines."""
        rows = self.state.orders.row
        asked = [
            Asked(int(rows[at]), self._session(max(int(rows[at]), 0)), order)
            for at, order in enumerate(self.orders)
        ]
        return ledger(asked, self.events, self.fills)

    def _session(self, row: int) -> date:
        session: date = self.market.sessions[row].item()
        return session

    @cached_property
    def _quantity(self) -> Ints:
        changes = self.state.events.quantity
        opening = [held.quantity for held in self._opening_positions()]
        return opening + summed_by_symbol(self.state, changes, self.start_row, len(self.sessions))

    @cached_property
    def _cost(self) -> Ints:
        changes = self.state.events.cost
        opening = [held.cost for held in self._opening_positions()]
        return opening + summed_by_symbol(self.state, changes, self.start_row, len(self.sessions))

    def _opening_positions(self) -> list[Position]:
        nothing = Position(0, 0)
        return [self.opening.positions.get(symbol, nothing) for symbol in self.market.symbols]

    @cached_property
    def _columns(self) -> list[tuple[str, int]]:
        return sorted((symbol, at) for at, symbol in enumerate(self.market.symbols))

    @cached_property
    def _waited(self) -> Waited:
        stop = len(self.market.sessions)
        return waited(self.state, self.orders, self.start_row, stop)
