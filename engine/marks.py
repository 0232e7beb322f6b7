"""What an account is worth at given prices, and how much more it may take on."""

import math

from engine.money import LARGEST, UNIT, Ints, value_of
from engine.state import BUDGET, CASH, IS_RUINED, OVERFLOWN, Rules, State


def marked(state: State, rules: Rules, prices: Ints) -> tuple[int, int]:
    """Return equity, and the gross value of all positions; prices: shape (symbols,), in units.

    Where either is more than can be counted the state says so, and both are 0.
    """
    equity, gross, size = int(state.money[CASH]), 0, abs(float(state.money[CASH]))
    for symbol in range(len(state.quantity)):
        if state.quantity[symbol] != 0:
            units, price = int(state.quantity[symbol]), int(prices[symbol])
            size += abs(float(units)) / UNIT * price * rules.multiplier[symbol]
            if size > LARGEST:
                state.flags[OVERFLOWN] = 1
                return 0, 0
            value = value_of(units, price, rules.multiplier[symbol])
            equity += value
            gross += abs(value)
    return equity, gross


def set_budget(state: State, rules: Rules, prices: Ints, kept: int) -> None:
    """Work out what increases may take: what leverage allows beyond what is held, less `kept`."""
    equity, gross = marked(state, rules, prices)
    most = min(max(equity * rules.leverage, -float(LARGEST)), float(LARGEST))
    allowed = equity if rules.leverage == 1.0 else math.floor(most)
    lacks = most - float(gross) - float(kept) < -LARGEST
    state.money[BUDGET] = -LARGEST if lacks else allowed - gross - kept


def is_watched(state: State) -> bool:
    """Whether margin or interest is at stake: cash is owed, or something is short."""
    if state.flags[IS_RUINED]:
        return False
    watched = bool(state.money[CASH] < 0)
    for symbol in range(len(state.quantity)):
        watched = watched or bool(state.quantity[symbol] < 0)
    return watched
