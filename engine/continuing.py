"""A run played on over a longer market, with the same outcome as one that knew it from the start.

What was decided and booked stays, and the new rows alone are played. Only where that could differ
is everything played again: with a strategy that prepares indicators and also changes itself from
bar to bar, and where a row turns out not to be its session's last while an order's time hung on it.
"""

import pickle
from typing import NamedTuple

import numpy as np

from engine.account import Account, opened
from engine.broker import Broker
from engine.decisions import orders_of
from engine.errors import OrderError
from engine.market import Market
from engine.money import Bools
from engine.now import Now
from engine.options import Options
from engine.order_values import Order
from engine.orders import GTC, Orders
from engine.playing import played, played_by_bar, prices_for
from engine.state import Rules, State
from engine.strategy import Strategy
from engine.tables import empty_table
from engine.told_orders import told_orders


class Terms(NamedTuple):
    """What stays the same however long the market gets; row: the first that is decided on."""

    given: Strategy
    opening: Account
    options: Options
    row: int


class Played(NamedTuple):
    """How far a run has come.

    strategy: the one that decided, and whether it has changed itself from bar to bar.
    last_rows: which rows were taken to close their session. orders: all that were asked for.
    """

    rows: int
    state: State
    strategy: Strategy
    changed: bool
    last_rows: Bools
    orders: tuple[Order, ...]


def play_on(terms: Terms, market: Market, before: Played | None) -> Played:
    """Play the rows that are new since before; with None all of them. Its state changes in place.

    OrderError where earlier decisions are no longer what they were.
    """
    if before is not None and _must_play_again(market, before):
        before = None
    fresh = type(terms.given)(**terms.given.parameters_dict())
    rules = terms.options.rules(market.symbols)
    if fresh.event_driven():
        strategy, changed, state = _play_bars(fresh, market, rules, terms, before)
    else:
        strategy, changed = fresh, False
        state = _play_targets(fresh, market, rules, terms, before)
    known = () if before is None else before.orders
    orders = told_orders(state, market, terms.opening, known)
    closes = market.prices.closes_session
    return Played(len(market.sessions), state, strategy, changed, closes, orders)


def _must_play_again(market: Market, before: Played) -> bool:
    if before.changed and _prepares(before.strategy):
        return True
    orders, closes = before.state.orders, market.prices.closes_session[: before.rows]
    timed = (orders.tif[: int(orders.used[0])] != GTC).any()
    return bool(timed and (closes != before.last_rows).any())


def _play_targets(
    fresh: Strategy, market: Market, rules: Rules, terms: Terms, before: Played | None
) -> State:
    orders = orders_of(fresh.targets(market), market, terms.row, fresh.rebalance)
    if before is None:
        state, first = opened(terms.opening, market, terms.row, orders), terms.row
    else:
        came = len(terms.opening.waiting)
        state, first = _extended(before, orders, came, market), before.rows
    return played(state, prices_for(market, rules), rules, (first, len(market.sessions)))


def _play_bars(
    fresh: Strategy, market: Market, rules: Rules, terms: Terms, before: Played | None
) -> tuple[Strategy, bool, State]:
    """Returns the strategy that decided, whether it changed itself, and the state."""
    strategy = fresh if before is None or _prepares(fresh) else before.strategy
    if strategy is fresh:
        strategy.prepare(market)
    if before is None:
        state, first = opened(terms.opening, market, terms.row, empty_table(Orders, 64)), terms.row
    else:
        state, first = before.state, before.rows
    image = _image(strategy)
    broker = Broker(market, state, Now(market), rules, terms.opening.waiting)
    rows = first, len(market.sessions)
    state = played_by_bar(strategy, broker, prices_for(market, rules), rules, rows)
    return strategy, image is None or image != _image(strategy), state


def _extended(before: Played, orders: Orders, came: int, market: Market) -> State:
    """Give a state the decisions of the new rows; those of the others must be what they were."""
    own, old = before.state.orders, int(before.state.orders.used[0])
    used = int(orders.used[0])
    count = int(np.searchsorted(orders.row[:used], before.rows))
    pairs = list(zip(own[1:], orders[1:], strict=True))
    both = min(count, old - came)
    same = np.ones(both, np.bool_)
    for mine, new in pairs:
        same &= mine[came : came + both] == new[:both]
    if count != old - came or not same.all():
        at = int(np.argmin(np.append(same, False)))
        rows = (*own.row[came + at : old][:1].tolist(), *orders.row[at:count][:1].tolist())
        raise OrderError(
            f"{type(before.strategy).__name__} decides otherwise on {market.name_of(min(rows))} "
            "now that later bars are there; it looks ahead, robotplug check says where"
        )
    columns = (np.concatenate([mine[:old], new[count:used]]) for mine, new in pairs)
    return before.state._replace(orders=Orders(np.array([old + used - count]), *columns))


def _prepares(strategy: Strategy) -> bool:
    return type(strategy).prepare is not Strategy.prepare


def _image(strategy: Strategy) -> bytes | None:
    """All that a strategy is made of, where that matters; None where it cannot be written down."""
    try:
        return pickle.dumps(vars(strategy)) if _prepares(strategy) else b""
    except Exception:  # whatever an author's own object raises when it is written down
        return None
