"""What a close brings besides fills: interest, the margin test, and the end of a ruined account."""

import numpy as np

from engine.booking import book_cash, is_listed, new_event
from engine.filling import fill_exit, forget_exits
from engine.marks import marked
from engine.money import Ints, value_of, whole
from engine.orders import NO_ORDER
from engine.prices import Prices
from engine.state import (
    BORROW,
    INTEREST,
    IS_RUINED,
    LIQUIDATED,
    LIQUIDATING,
    MARGIN_CALL,
    RUIN,
    RUINED,
    Rules,
    State,
)
from engine.triggers import side_of
from engine.waiting import cancel


def accrued(state: State, prices: Prices, rules: Rules, row: int, carried: int) -> Ints:
    """Return what is owed for what was carried into a bar: of each symbol, then on cash.

    Shorts count at the bar's opens, for the time since the close before. carried: cash before the
    bar's corporate actions.
    """
    symbols, years = len(state.quantity), float(prices.years[row])
    owed = np.zeros(symbols + 1, np.int64)
    for symbol in range(symbols):
        if state.quantity[symbol] < 0:
            units, price = -int(state.quantity[symbol]), int(prices.open[row, symbol])
            value = value_of(units, price, rules.multiplier[symbol])
            owed[symbol] = whole(value * rules.borrow_rate * years)
    if carried < 0 and not state.flags[IS_RUINED]:
        owed[symbols] = whole(-carried * rules.debit_rate * years)
    return owed


def book_accrued(state: State, row: int, owed: Ints) -> None:
    """Book borrow fees and interest."""
    symbols = len(state.quantity)
    for at in range(symbols + 1):
        if owed[at] > 0:
            on_cash = at == symbols
            kind, symbol = (INTEREST, -1) if on_cash else (BORROW, at)
            book_cash(state, new_event(state, row, kind, symbol, NO_ORDER), 0, -int(owed[at]))


def check_margin(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Have all closed at the next open where equity is below the maintenance margin.

    That is half of what leverage asks for positions of their worth. With nothing left the account
    is ruined: all is closed at this close, and it takes no more orders.
    """
    if state.flags[IS_RUINED]:
        return
    equity, gross = marked(state, rules, prices.close[row])
    if equity <= 0:
        _ruin(state, prices, rules, row)
    elif float(equity) < 0.5 * gross / rules.leverage:
        cancel(state, row, -1, LIQUIDATED)
        new_event(state, row, MARGIN_CALL, -1, NO_ORDER)
        state.flags[LIQUIDATING] = 1


def liquidate(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Close at the open all that has a bar, whatever its volume allows."""
    left = False
    for symbol in range(len(state.quantity)):
        if state.quantity[symbol] != 0 and is_listed(prices, row, symbol):
            close_position(state, prices, rules, row, (symbol, LIQUIDATED, 0))
        left = left or bool(state.quantity[symbol] != 0)
    state.flags[LIQUIDATING] = 1 if left else 0


def close_position(
    state: State, prices: Prices, rules: Rules, row: int, close: tuple[int, int, int]
) -> None:
    """Close a whole position; close: symbol, reason, 1 at the close of the bar or 0 at its open."""
    symbol, reason, at_close = close
    units = -int(state.quantity[symbol])
    forget_exits(state, symbol)
    side = side_of(prices, 1 if units > 0 else -1)
    price = int(side.close[row, symbol] if at_close else side.open[row, symbol])
    fill_exit(state, prices, rules, (row, symbol), (units, price, reason))


def _ruin(state: State, prices: Prices, rules: Rules, row: int) -> None:
    cancel(state, row, -1, RUINED)
    new_event(state, row, RUIN, -1, NO_ORDER)
    for symbol in range(len(state.quantity)):
        if state.quantity[symbol] != 0:
            close_position(state, prices, rules, row, (symbol, RUINED, 1))
    state.flags[IS_RUINED], state.flags[LIQUIDATING] = 1, 0
