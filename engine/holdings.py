"""What tells a strategy what its account holds, and what waits."""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn, cast

from engine.brackets import entry_price
from engine.errors import OrderError, unknown
from engine.market import Market
from engine.money import UNIT
from engine.now import Now
from engine.order_values import Order
from engine.standing import Standing
from engine.state import CASH, Rules, State


class Ticket(NamedTuple):
    """What stands for an order that was asked for; its id is that of the order in the run."""

    order: int
    id: str


class Over:
    """Stands where a run's state was, so that a broker kept for later costs a run nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python itself looks for
            raise AttributeError(name)
        raise OrderError("this broker's run is over; use the one given to on_bar")


class Holdings:
    """An account at a bar's close, as its strategy may read it."""

    _standing: Standing | None
    _quantities: dict[str, float]
    _weights: dict[str, float]
    _equity: float | None

    def __init__(
        self, market: Market, state: State, now: Now, rules: Rules, came: Sequence[Order] = ()
    ) -> None:
        self.symbols = market.symbols
        self.state = state
        self._market = market
        self._rules = rules
        self._close = market.prices.close
        self._columns = {symbol: at for at, symbol in enumerate(market.symbols)}
        self.now = now
        self._came = [order.id for order in came]
        self._forget()

    def go_on(self, row: int, *, moved: bool) -> None:
        """Go on to a row's close; moved: whether anything was booked since the one before."""
        self.now.row, self._equity, self._weights = row, None, {}
        if moved:
            self._forget()

    def end(self) -> None:
        """Refuse from here on whatever is asked: the run is over."""
        self.state = cast(State, Over())
        self._forget()

    def _forget(self) -> None:
        """Let go of what was told; it is worked out where it is asked for."""
        self._standing, self._equity = None, None
        self._quantities, self._weights = {}, {}

    @property
    def cash(self) -> float:
        """Money not in positions; below 0 where it is owed."""
        return int(self.state.money[CASH]) / UNIT

    @property
    def equity(self) -> float:
        """Cash and holdings at the last closes."""
        return self._mark() if self._equity is None else self._equity

    def quantity(self, symbol: str) -> float:
        """How much is held; below 0 where it is short."""
        if not self._quantities:
            self._hold()
        try:
            return self._quantities[symbol]
        except (KeyError, TypeError):
            raise self._strange(symbol, "quantity") from None

    def weight(self, symbol: str) -> float:
        """What is held as a share of equity, at the last closes; 0 where equity is."""
        if not self._weights:
            self._mark()
        try:
            return self._weights[symbol]
        except (KeyError, TypeError):
            raise self._strange(symbol, "weight") from None

    def entry_price(self, symbol: str) -> float:
        """The average price of the position's entries, on the one scale; NaN without a position."""
        column = self._column(symbol, "entry price")
        if self.state.quantity[column] == 0:
            return float("nan")
        factor = float(self._market.factors[self.now.row, column])
        return entry_price(self.state, self._rules, column) / UNIT * factor

    def waiting(self, symbol: str) -> int:
        """How many orders for a symbol wait, those asked for at this close not counted."""
        used, column = int(self.state.waiting.used[0]), self._column(symbol, "waiting")
        return int((self.state.waiting.symbol[:used] == column).sum()) if used else 0

    def orders(self, symbol: str) -> tuple[Ticket, ...]:
        """The orders that wait for a symbol, those asked for at this close not among them."""
        column, waiting = self._column(symbol, "orders"), self.state.waiting
        places = range(int(waiting.used[0]))
        return tuple(
            self._ticket(int(waiting.order[i])) for i in places if waiting.symbol[i] == column
        )

    def _ticket(self, order: int) -> Ticket:
        if order < len(self._came):
            return Ticket(order, self._came[order])
        orders = self.state.orders
        day, symbol = (
            self._market.name_of(int(orders.row[order])),
            self.symbols[orders.symbol[order]],
        )
        return Ticket(order, f"{day}-{symbol}-{orders.number[order]}")

    def _hold(self) -> Standing:
        self._standing = Standing(self.state, self._rules)
        pairs = zip(self.symbols, self._standing.units, strict=True)
        self._quantities = {symbol: units / UNIT for symbol, units in pairs}
        return self._standing

    def _mark(self) -> float:
        """Work out equity and the share of it that each symbol has."""
        total, values = (self._standing or self._hold()).worth(self._close[self.now.row])
        self._equity = equity = total / UNIT
        self._weights = {
            symbol: value / UNIT / equity if value and equity else 0.0
            for symbol, value in zip(self.symbols, values, strict=True)
        }
        return equity

    def _column(self, symbol: str, what: str) -> int:
        try:
            return self._columns[symbol]
        except (KeyError, TypeError):
            raise self._strange(symbol, what) from None

    def _strange(self, symbol: object, what: str) -> OrderError:
        day, wrong = (
            self._market.name_of(self.now.row),
            unknown("symbol", f"{symbol}", self._columns),
        )
        return OrderError(f"the {what} for {symbol} on {day}: {wrong}")
