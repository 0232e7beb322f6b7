"""The orders that wait, kept by symbol and then by asking."""

from engine.booking import new_event
from engine.state import CANCEL, State


def wait(state: State, order: int) -> None:
    """Let an order wait. There must be room."""
    waiting, symbol = state.waiting, int(state.orders.symbol[order])
    at = int(waiting.used[0])
    while at > 0 and waiting.symbol[at - 1] > symbol:
        _move(state, at - 1, at)
        at -= 1
    waiting.order[at], waiting.symbol[at] = order, symbol
    waiting.amount[at] = state.orders.amount[order]
    waiting.used[0] += 1


def cancel(state: State, row: int, symbol: int, reason: int) -> None:
    """End every order that waits for a symbol."""
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        if waiting.symbol[i] == symbol:
            at = new_event(state.events, row, CANCEL, symbol, int(waiting.order[i]))
            state.events.reason[at] = reason
            waiting.order[i] = -1
    drop_done(state)


def drop_done(state: State) -> None:
    """Forget the orders that ended."""
    kept = 0
    for i in range(int(state.waiting.used[0])):
        if state.waiting.order[i] >= 0:
            if kept != i:
                _move(state, i, kept)
            kept += 1
    state.waiting.used[0] = kept


def _move(state: State, source: int, to: int) -> None:
    waiting = state.waiting
    waiting.order[to], waiting.symbol[to] = waiting.order[source], waiting.symbol[source]
    waiting.amount[to] = waiting.amount[source]
