"""What a simulation leaves: everything that happened, and the account after each bar."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from engine.account import Account, Position
from engine.bars import Sessions
from engine.estimates import Estimate
from engine.events import SCALE_CHANGES, Event, told_events, told_fills, told_orders
from engine.fills import Fill
from engine.history import Waited, last_changes, summed, summed_by_symbol
from engine.ledger import Asked, ledger
from engine.market import Market
from engine.metrics import measure
from engine.money import UNIT, Floats, Ints, worth, worths
from engine.options import Options
from engine.orders import Order
from engine.parameters import Value
from engine.state import State
from engine.trades import Moment, RoundTrip, SplitEvent, round_trips


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
        """Everything that happened, in order: fills, rejections, splits, dividends, delistings."""
        return told_events(self.state, self.market, self.orders)

    @cached_property
    def splits(self) -> tuple[SplitEvent, ...]:
        """Every change of a holding that is no trade: splits, and cash for what they left."""
        return tuple(
            SplitEvent(one.row, one.session, one.time, one.symbol, one.quantity, one.cash)
            for one in told_events(self.state, self.market, self.orders, SCALE_CHANGES)
        )

    def orders_at(self, row: int) -> tuple[Order, ...]:
        """Return what was decided at a row's close."""
        return self.orders[bisect_left(self._asked, row) : bisect_right(self._asked, row)]

    def account_at(self, row: int) -> Account:
        """Return the account after a row's close; the same object while nothing happens to it."""
        changed = self._last_change[row - self.start_row]
        if changed not in self._accounts:
            self._accounts[changed] = self._account(changed)
        return self._accounts[changed]

    def _account(self, row: int) -> Account:
        at = row - self.start_row
        quantities, costs = self._quantity[at].tolist(), self._cost[at].tolist()
        positions = {
            symbol: Position(quantities[column], costs[column])
            for symbol, column in self._columns
            if quantities[column] != 0
        }
        waiting = tuple(self._waiting.at(row))
        return Account(int(self.cash_units[at]), positions, waiting)

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
            equity = equity + worths(self._quantity[:, column], price)
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
        row = max(self.start_row - 1, 0)
        opened = Moment(row, self._session(row), int(self.market.closes[row]))
        return round_trips(self.fills, self.splits, self.opening.positions, opened)

    def metrics(
        self, periods_per_year: float = 252, benchmark: Floats | None = None
    ) -> dict[str, Estimate]:
        """Compute every metric of the catalogue; benchmark: an equity curve of the same rows.

        Where sessions have several rows, the curves are measured at the last row of each, so that
        `periods_per_year` counts sessions for bars of any length; round trips and fills all count.
        """
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
            Asked(int(rows[at]), self.market.name_of(max(int(rows[at]), 0)), order)
            for at, order in enumerate(self.orders)
        ]
        return ledger(self.market, asked, self.events, self.fills)

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
    def _waiting(self) -> Waited:
        return Waited.of(self.state, self.orders)

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
