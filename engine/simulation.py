"""A run: a strategy over a market, in either form, through the one loop."""

from datetime import date, datetime

from engine.account import Account, opened
from engine.broker import Broker, Now
from engine.decisions import orders_of
from engine.errors import OrderError
from engine.loop import accept, advance, asked_at, next_busy, room_for
from engine.market import Market
from engine.options import Options
from engine.orders import empty_orders
from engine.run import Run
from engine.state import Rules, State, with_room
from engine.strategy import Strategy

RULES_VERSION = "2"
DEFAULT_CASH = "100000"


def simulate(
    strategy: Strategy | type[Strategy],
    market: Market,
    *,
    start: date | datetime | None = None,
    opening: Account | None = None,
    options: Options | None = None,
) -> Run:
    """Simulate a strategy from the first session on or after `start`.

    With an instant, from the first row that closes at it or later. Bars before that are history:
    seen, not decided on. Opens with 100,000 in cash unless told otherwise. The strategy itself is
    left as it was: a fresh one with its parameters decides.
    """
    options = options or Options()
    opening = opening or Account.of_cash(DEFAULT_CASH)
    given = strategy() if isinstance(strategy, type) else strategy
    fresh = type(given)(**given.parameters_dict())
    row = market.row_of(start)
    play = _play_by_bar if fresh.event_driven() else _play_targets
    state = play(fresh, market, opening, row, options.rules())
    name, values = type(fresh).__name__, fresh.parameters_dict()
    return Run(market, name, values, options, opening, row, state)


def _play_targets(
    strategy: Strategy, market: Market, opening: Account, start: int, rules: Rules
) -> State:
    orders = orders_of(strategy.targets(market), market, start, strategy.rebalance)
    state = _accept(opened(opening, market.symbols, start, orders), market, start - 1)
    return _advance(state, market, rules, start, len(market.sessions))


def _play_by_bar(
    strategy: Strategy, market: Market, opening: Account, start: int, rules: Rules
) -> State:
    strategy.prepare(market)
    state = _accept(opened(opening, market.symbols, start, empty_orders(64)), market, start - 1)
    now = Now(market)
    broker = Broker(market, state, now)
    for row in range(start, len(market.sessions)):
        if next_busy(broker.state, market.prices, row, row + 1) == row:
            broker.state = _advance(broker.state, market, rules, row, row + 1)
        now.row = row
        asked = int(broker.state.orders.used[0])
        strategy.on_bar(now, broker)
        if broker.state.orders.used[0] > asked:
            broker.state = _accept(broker.state, market, row)
    return broker.state


def _advance(state: State, market: Market, rules: Rules, start: int, stop: int) -> State:
    """Play the rows, giving the tables room where they run short of it."""
    try:
        while (row := advance(state, market.prices, rules, start, stop)) < stop:
            state = with_room(state, *room_for(state, market.prices, row))
            start = row
    except OverflowError as error:
        raise OrderError(
            "the account or an order grew beyond ninety billion, which is all that exact money "
            "can count; start with less cash, ask for less or end earlier"
        ) from error
    return state


def _accept(state: State, market: Market, row: int) -> State:
    if asked_at(state, row) > 0:
        state = with_room(state, *room_for(state, market.prices, row))
        accept(state, row)
    return state
