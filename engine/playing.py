"""Rows played one after another, with or without a strategy asked at each close."""

from engine.broker import Broker
from engine.errors import OrderError
from engine.loop import TOO_LARGE, room_for
from engine.market import Market
from engine.prices import Prices
from engine.speed import Loop
from engine.state import OVERFLOWN, Rules, State, with_room
from engine.strategy import Strategy


def prices_for(market: Market, rules: Rules) -> Prices:
    """Return what the loop reads under these rules."""
    moved = rules.slippage.volatility_impact > 0 or rules.slippage.own is not None
    return market.prices_with_volatility if moved else market.prices


def played(state: State, prices: Prices, rules: Rules, rows: tuple[int, int]) -> State:
    """Play the rows from the first to before the second, giving the tables room where they lack it.

    OrderError where an amount grows beyond what can be counted.
    """
    return _played(Loop(prices, rules), state, prices, rows)


def _played(loop: Loop, state: State, prices: Prices, rows: tuple[int, int]) -> State:
    start, stop = rows
    try:
        while (row := loop.advance(state, start, stop)) < stop:
            if row == TOO_LARGE:
                raise OrderError(GREW)
            state = with_room(state, *room_for(state, prices, row))
            start = row
    except OverflowError as error:
        raise OrderError(GREW) from error
    return state


def played_by_bar(
    strategy: Strategy, broker: Broker, prices: Prices, rules: Rules, rows: tuple[int, int]
) -> State:
    """Play the rows from the first to before the second, asking the strategy at each close."""
    loop, (busy, stop) = Loop(prices, rules), rows
    asked = int(broker.state.orders.used[0])
    for row in range(*rows):
        played = row >= busy  # before that nothing can happen
        if played:
            broker.state = _played(loop, broker.state, prices, (row, row + 1))
        broker.go_on(row, moved=played)
        strategy.on_bar(broker.now, broker)
        if broker.state.orders.used[0] > asked:
            asked, busy = int(broker.state.orders.used[0]), row + 1
            broker.state = _decided(loop, broker.state, prices, row)
        elif played:
            busy = loop.next_busy(broker.state, row + 1, stop)
    return broker.state


def _decided(loop: Loop, state: State, prices: Prices, row: int) -> State:
    state = with_room(state, *room_for(state, prices, row))
    try:
        loop.decide(state, row)
    except OverflowError as error:
        raise OrderError(GREW) from error
    if state.flags[OVERFLOWN]:
        raise OrderError(GREW)
    return state


GREW = (
    "the account or an order grew beyond ninety billion, which is all that exact money can count; "
    "start with less cash, ask for less or end earlier"
)
