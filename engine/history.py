"""The account after each row, folded from the events of a whole run."""

from collections.abc import Sequence
from dataclasses import replace

from engine.account import Account
from engine.market import Market
from engine.money import Floats, split_price, split_units, value_of
from engine.order_values import Order
from engine.orders import BUY, SELL, TARGET
from engine.positions import Bracket, Position
from engine.progress import Progress
from engine.reasons import BRACKET_FILLS, REASONS
from engine.state import (
    ADJUST,
    AT_LIMIT,
    CANCEL,
    FILL,
    MARGIN_CALL,
    PROTECTED,
    REJECT,
    RUIN,
    SIZED,
    SKIP,
    SPLIT,
    TAKE_PROFIT,
    TRAIL,
    TRIGGER,
    State,
)

NOTHING = Position(0, 0)


class History:
    """The account as it goes from row to row; what each event changes, and nothing else.

    multiplier: money for a price of one, shape (symbols,).
    """

    def __init__(
        self,
        state: State,
        market: Market,
        opening: Account,
        orders: Sequence[Order],
        multiplier: Floats,
    ) -> None:
        self._state, self._market, self._opening = state, market, opening
        self._orders, self._multiplier = orders, multiplier.tolist()
        used, asked = int(state.events.used[0]), int(state.orders.used[0])
        columns = zip(state.events._fields[1:], state.events[1:], strict=True)
        self._events = {name: column[:used].tolist() for name, column in columns}
        self._asked, self._symbol, self._side = (
            getattr(state.orders, name)[:asked].tolist() for name in ("row", "symbol", "side")
        )
        self._begin()

    def _begin(self) -> None:
        came, column = self._opening.waiting, self._market.symbols.index
        self._row, self._event, self._order = self._state.first_row - 1, 0, len(came)
        self._cash = self._opening.cash
        self._held = {column(name): held for name, held in self._opening.positions.items()}
        self._waits = dict(enumerate(came))
        self._liquidating, self._ruined = self._opening.liquidating, self._opening.ruined

    def at(self, row: int) -> Account:
        """Return the account after a row's close; fastest when rows are asked for in order."""
        if row < self._row:
            self._begin()
        self._row = row
        while (now := min(self._next(self._asked, self._order), self._next_event())) <= row:
            self._take_in(now)
            while self._next_event() == now:
                self._book(self._event)
                self._event += 1
        return self._account()

    def _account(self) -> Account:
        symbols = self._market.symbols
        held = {symbols[at]: position for at, position in self._held.items()}
        place = sorted(self._waits, key=lambda order: (self._symbol[order], order))
        waiting = tuple(self._waits[order] for order in place)
        positions = dict(sorted(held.items()))
        return Account(self._cash, positions, waiting, self._liquidating, self._ruined)

    def _next_event(self) -> int:
        return self._next(self._events["row"], self._event)

    def _next(self, rows: list[int], at: int) -> int:
        return rows[at] if at < len(rows) else len(self._market.sessions)

    def _take_in(self, row: int) -> None:
        """Let the orders wait that were asked for at a row's close."""
        while self._next(self._asked, self._order) == row:
            order = self._order
            if self._side[order] in (BUY, SELL, TARGET):
                self._waits[order] = self._timed(self._orders[order], row)
            self._order += 1

    def _timed(self, order: Order, row: int) -> Order:
        if order.tif == "gtc":
            return order
        session = self._market.sessions[row].item()
        over = order.tif != "open" and bool(self._market.prices.closes_session[row])
        return replace(order, progress=Progress(session=session, next_session=over))

    def _book(self, at: int) -> None:
        events, order = self._events, self._events["order"][at]
        kind, symbol = events["kind"][at], events["symbol"][at]
        self._cash += events["cash"][at]
        if symbol >= 0:
            self._change(at, symbol)
        if kind in (REJECT, SKIP, CANCEL):
            self._waits.pop(order, None)
        elif kind == FILL and events["reason"][at] in BRACKET_FILLS:
            self._leave(symbol, events["reason"][at])
        elif order in self._waits:
            self._go_on(at, kind, order)
        elif kind == TRIGGER:
            self._leave(symbol, events["reason"][at])
        elif kind in (TRAIL, PROTECTED):
            self._protect(at, kind, symbol)
        if kind in (MARGIN_CALL, RUIN):
            self._liquidating, self._ruined = kind == MARGIN_CALL, kind == RUIN

    def _change(self, at: int, symbol: int) -> None:
        events, held = self._events, self._held.get(symbol, NOTHING)
        units, cost, basis = events["quantity"][at], events["cost"][at], events["basis"][at]
        if (units, cost, basis) != (0, 0, 0):
            after = held.quantity + units, held.cost + cost, held.basis + basis
            self._held[symbol] = held = Position(*after, held.bracket)
        if held.quantity == 0:
            self._held.pop(symbol, None)
            self._liquidating = self._liquidating and bool(self._held)
        elif events["kind"][at] == SPLIT and held.bracket is not None:
            best = split_price(held.bracket.best, events["ratio"][at])
            self._held[symbol] = replace(held, bracket=replace(held.bracket, best=best))

    def _go_on(self, at: int, kind: int, order: int) -> None:
        """Note how far an order that waits has come."""
        events, one = self._events, self._waits[order]
        done, asked = one.progress, events["asked"][at]
        if kind == FILL:
            done = self._filled(at, done)
        elif kind == ADJUST:
            one, done = _split(one, asked, events["ratio"][at])
        elif kind == TRAIL:
            done = replace(done, best=asked)
        elif kind == TRIGGER:
            done = replace(done, triggered=True)
        elif kind == SIZED:
            done = replace(done, left=asked)
        elif kind == PROTECTED:
            self._protect(at, kind, events["symbol"][at])
        self._waits[order] = replace(one, progress=done)
        if kind == FILL and done.left == 0:
            del self._waits[order]

    def _filled(self, at: int, done: Progress) -> Progress:
        events, units = self._events, abs(self._events["quantity"][at])
        multiplier = self._multiplier[events["symbol"][at]]
        value = value_of(units, events["price"][at], multiplier)
        return replace(
            done,
            left=events["asked"][at],
            filled=done.filled + units,
            value=done.value + value,
            maker=done.maker + (value if events["reason"][at] == AT_LIMIT else 0),
            fee=done.fee + events["commission"][at],
        )

    def _leave(self, symbol: int, reason: int) -> None:
        """Go on closing at the next opens what a stop could only close in part."""
        held = self._held.get(symbol)
        if held is not None and held.bracket is not None and reason != TAKE_PROFIT:
            bracket = replace(held.bracket, exiting=REASONS[reason])
            self._held[symbol] = replace(held, bracket=bracket)

    def _protect(self, at: int, kind: int, symbol: int) -> None:
        held, best = self._held.get(symbol), self._events["asked"][at]
        if held is None:
            return
        if kind == TRAIL:
            bracket = held.bracket and replace(held.bracket, best=best)
        else:
            bracket = _bracket(self._orders[self._events["order"][at]], best)
        self._held[symbol] = replace(held, bracket=bracket)


def _bracket(order: Order, best: int) -> Bracket | None:
    exits = order.stop_loss, order.take_profit, order.trailing
    return Bracket(order.id, *exits, best) if any(exits) else None


def _split(order: Order, amount: int, ratio: float) -> tuple[Order, Progress]:
    """What a split makes of an order."""
    done, prices = order.progress, (order.limit, order.stop, order.trail)
    limit, stop, trail = (split_price(price, ratio) for price in prices)
    progress = replace(
        done,
        left=None if done.left is None else split_units(done.left, ratio),
        filled=split_units(done.filled, ratio),
        best=split_price(done.best, ratio),
    )
    return replace(order, amount=amount, limit=limit, stop=stop, trail=trail), progress
