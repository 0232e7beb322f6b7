"""A run: a strategy over a market, in either form, through the one loop."""

from datetime import date

from engine.account import Account, opened
from engine.broker import Broker, Now
from engine.decisions import orders_of
from engine.errors import OrderError
from engine.loop import accept, advance, asked_at
from engine.market import Market
from engine.options import Options
from engine.orders import empty_orders
from engine.run import Run
from engine.state import Rules, State, with_room
from engine.strategy import Strategy

RULES_VERSION = "1"
DEFAULT_CASH = "100000"


def simulate(
    strategy: Strategy | type[Strategy],
    market: Market,
    *,
    start: date | None = None,
    opening: Account | None = None,
    options: Options | None = None,
) -> Run:
    """Simulate a strategy from the first session on or after `start`.

    Bars before `start` are history: seen, not decided on. Opens with 100,000 in cash unless told
    otherwise. The strategy itself is left as it was: a fresh one with its parameters decides.
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
    state = _accept(opened(opening, market.symbols, start, orders), start - 1)
    return _advance(state, market, rules, start, len(market.sessions))


def _play_by_bar(
    strategy: Strategy, market: Market, opening: Account, start: int, rules: Rules
) -> State:
    strategy.prepare(market)
    state = _accept(opened(opening, market.symbols, start, empty_orders(64)), start - 1)
    now = Now(market)
    broker = Broker(market, state, now)
    for row in range(start, len(market.sessions)):
        state = broker.state
        if state.waiting.used[0] > 0 or market.prices.has_action[row]:
            broker.state = _advance(state, market, rules, row, row + 1)
        now.row = row
        strategy.on_bar(now, broker)
        broker.state = _accept(broker.state, row)
    return broker.state


def _advance(state: State, market: Market, rules: Rules, start: int, stop: int) -> State:
    """Play the rows, giving the tables room where they run short of it."""
    try:
        while (row := advance(state, market.prices, rules, start, stop)) < stop:
            state = _with_room_for(state, row)
            start = row
    except OverflowError as error:
        raise OrderError(
            "the account or an order grew beyond ninety billion, which is all that exact money "
            "can count; start with less cash, ask for less or end earlier"
        ) from error
    return state


def _accept(state: State, row: int) -> State:
    if asked_at(state, row) > 0:
        state = _with_room_for(state, row)
        accept(state, row)
    return state


def _with_room_for(state: State, row: int) -> State:
    more = int(state.waiting.used[0]) + asked_at(state, row)
    return with_room(state, 3 * len(state.quantity) + 2 * more, more)
