"""What an event-driven strategy holds in its hands at a bar's close."""

import math
from datetime import date

from engine.errors import OrderError, unknown
from engine.market import Market
from engine.money import LARGEST, UNIT, Floats, worth
from engine.orders import (
    BUY,
    QUANTITY,
    SELL,
    SIDES,
    TARGET,
    VALUE,
    WEIGHT,
    WEIGHT_UNIT,
    add_order,
)
from engine.sizes import holdings_value
from engine.state import CASH, State, widened


class Now:
    """The bar that just closed, and all before it.

    open, high, low, close, volume: shape (bars so far, symbols), on the market's one price scale;
    the last row is this bar, NaN where a symbol has none.
    """

    __slots__ = ("_market", "row")

    def __init__(self, market: Market) -> None:
        self._market = market
        self.row = 0

    @property
    def session(self) -> date:
        """The session that just closed."""
        day: date = self._market.sessions[self.row].item()
        return day

    @property
    def open(self) -> Floats:
        """Opens so far."""
        return self.window(self._market.open)

    @property
    def high(self) -> Floats:
        """Highs so far."""
        return self.window(self._market.high)

    @property
    def low(self) -> Floats:
        """Lows so far."""
        return self.window(self._market.low)

    @property
    def close(self) -> Floats:
        """Closes so far."""
        return self.window(self._market.close)

    @property
    def volume(self) -> Floats:
        """Volumes so far, divided by splits."""
        return self.window(self._market.volume)

    def window(self, prepared: Floats) -> Floats:
        """Cut an array over the whole timeline off after this bar."""
        return prepared[: self.row + 1]


class Broker:
    """Takes orders at a bar's close, for the next open; tells what the account holds."""

    def __init__(self, market: Market, state: State, now: Now) -> None:
        self.symbols = market.symbols
        self.state = state
        self._market = market
        self._close = market.prices.close
        self._columns = {symbol: at for at, symbol in enumerate(market.symbols)}
        self._now = now
        self._marked = -1, 0.0

    @property
    def cash(self) -> float:
        """Money not in shares."""
        return int(self.state.money[CASH]) / UNIT

    @property
    def equity(self) -> float:
        """Cash and holdings at the last closes."""
        row, equity = self._marked
        if row != self._now.row:  # within one close nothing is filled
            held = holdings_value(self.state.quantity, self._close[self._now.row])
            equity = (int(self.state.money[CASH]) + held) / UNIT
            self._marked = self._now.row, equity
        return equity

    def quantity(self, symbol: str) -> float:
        """How many shares are held."""
        return int(self.state.quantity[self._column(symbol)]) / UNIT

    def weight(self, symbol: str) -> float:
        """What is held as a share of equity, at the last closes; 0 where equity is."""
        column = self._column(symbol)
        held = int(self.state.quantity[column])
        value = worth(held, int(self._close[self._now.row, column])) / UNIT if held else 0.0
        return value / self.equity if value else 0.0

    def waiting(self, symbol: str) -> int:
        """How many orders for a symbol wait, those asked for at this close not counted."""
        used, column = int(self.state.waiting.used[0]), self._column(symbol)
        return int((self.state.waiting.symbol[:used] == column).sum()) if used else 0

    def buy(
        self, symbol: str, *, quantity: float | None = None, value: float | None = None
    ) -> None:
        """Buy so many shares, or for so much money, at the next open."""
        self._ask(symbol, BUY, {QUANTITY: quantity, VALUE: value})

    def sell(
        self, symbol: str, *, quantity: float | None = None, value: float | None = None
    ) -> None:
        """Sell so many shares, or for so much money, at the next open."""
        self._ask(symbol, SELL, {QUANTITY: quantity, VALUE: value})

    def target(
        self,
        symbol: str,
        *,
        weight: float | None = None,
        value: float | None = None,
        quantity: float | None = None,
    ) -> None:
        """Hold so much from the next open on: a share of equity, money, or shares."""
        self._ask(symbol, TARGET, {WEIGHT: weight, VALUE: value, QUANTITY: quantity})

    def _ask(self, symbol: str, side: int, sizes: dict[int, float | None]) -> None:
        given = [(sizing, size) for sizing, size in sizes.items() if size is not None]
        if len(given) != 1:
            raise OrderError(f"{self._order(symbol, side)} must have one size, had {len(given)}")
        sizing, size = given[0]
        amount = self._amount(symbol, side, sizing, size)
        orders = widened(self.state.orders, 1)
        self.state = self.state._replace(orders=orders)
        add_order(orders, self._now.row, self._column(symbol), (side, sizing, amount))

    def _amount(self, symbol: str, side: int, sizing: int, size: float) -> int:
        order = self._order(symbol, side)
        if not math.isfinite(size):
            raise OrderError(f"{order} must have a finite size, was {size}")
        amount = round(size * (WEIGHT_UNIT if sizing == WEIGHT else UNIT))
        if amount < 0 or (amount == 0 and side != TARGET):
            raise OrderError(f"{order} has size {size}; {CASH_ONLY}, sizes must be above 0")
        if sizing == WEIGHT and amount > WEIGHT_UNIT:
            raise OrderError(f"{order} has weight {size}; {CASH_ONLY}, a weight is at most 1")
        if amount > LARGEST:
            raise OrderError(f"{order} has size {size}; it must be below ninety billion")
        return amount

    def _order(self, symbol: str, side: int) -> str:
        return f"the {SIDES[side]} order for {symbol} on {self._market.name_of(self._now.row)}"

    def _column(self, symbol: str) -> int:
        try:
            return self._columns[symbol]
        except KeyError:
            raise OrderError(str(unknown("symbol", symbol, self._columns))) from None


CASH_ONLY = "accounts are cash only"
