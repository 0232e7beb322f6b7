"""A run: a strategy over a market, in either form, through the one loop."""

from datetime import date, datetime
from functools import partial

from engine.account import Account, opened
from engine.arguments import check_arguments
from engine.booking import is_listed
from engine.broker import Broker, Now
from engine.decisions import orders_of
from engine.loop import room_for
from engine.margin import close_position
from engine.market import Market
from engine.options import Options
from engine.orders import Orders
from engine.playing import played, played_by_bar, prices_for
from engine.prices import Prices
from engine.run import Run
from engine.state import AT_END, CLOSING, PHASE, Rules, State, with_room
from engine.strategy import Strategy
from engine.tables import empty_table
from engine.waiting import drop_done

RULES_VERSION = "3"
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
    options = Options() if options is None else options
    opening = Account.of_cash(DEFAULT_CASH) if opening is None else opening
    check_arguments(strategy, market, start, opening, options)
    given = strategy() if isinstance(strategy, type) else strategy
    fresh = type(given)(**given.parameters_dict())
    row = market.row_of(start)
    play = _play_by_bar if fresh.event_driven() else _play_targets
    rules = options.rules(market.symbols)
    state = play(fresh, market, opening, row, rules)
    if options.close_at_end:
        state = _close_all(state, prices_for(market, rules), rules)
    name, values = type(fresh).__name__, fresh.parameters_dict()
    again = partial(simulate, given, market, start=start, opening=opening)
    return Run(market, name, values, options, opening, row, state, again)


def _play_targets(
    strategy: Strategy, market: Market, opening: Account, start: int, rules: Rules
) -> State:
    orders = orders_of(strategy.targets(market), market, start, strategy.rebalance)
    state = opened(opening, market, start, orders)
    return played(state, prices_for(market, rules), rules, (start, len(market.sessions)))


def _play_by_bar(
    strategy: Strategy, market: Market, opening: Account, start: int, rules: Rules
) -> State:
    strategy.prepare(market)
    state, now = opened(opening, market, start, empty_table(Orders, 64)), Now(market)
    broker = Broker(market, state, now, rules, opening.waiting)
    rows = start, len(market.sessions)
    try:
        return played_by_bar(strategy, broker, prices_for(market, rules), rules, rows)
    finally:
        broker.end()


def _close_all(state: State, prices: Prices, rules: Rules) -> State:
    """Close at the last closes what has a bar there."""
    row = len(prices.listed) - 1
    state = with_room(state, *room_for(state, prices, row))
    state.flags[PHASE] = CLOSING
    for symbol in range(len(state.quantity)):
        if state.quantity[symbol] != 0 and is_listed(prices, row, symbol):
            close_position(state, prices, rules, row, (symbol, AT_END, 1))
    drop_done(state)
    return state
