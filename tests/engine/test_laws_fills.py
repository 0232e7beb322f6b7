"""What holds for every fill, whatever was asked for: its price, its amount, its time, its money.

Each law is a function of a run; every random run must keep all of them.
"""

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Account, Costs, Options, simulate
from engine.money import UNIT, value_of
from engine.orders import NO_ORDER
from tests.builders.worlds import SYMBOLS, any_options, markets, random_script

pytestmark = pytest.mark.engine

SEEDS = st.integers(0, 10**6)
BUSY = st.sampled_from([0.1, 0.3, 0.7])
EXITS = {"stop loss", "take profit", "trailing stop"}
FORCED = {"liquidation", "ruin", "end", "delisting"}
SLIPPAGE = 0.005


def multiplier(run, symbol):
    instrument = run.options.instruments.get(symbol)
    return instrument.multiplier if instrument else 1.0


def bar_of(fill):
    return fill.row, SYMBOLS.index(fill.symbol)


def told(run):
    """Each fill with its event, and what was held before it."""
    fills, held = iter(run.fills), defaultdict(int)
    for event in run.events:
        if event.kind in ("fill", "delisting"):
            yield next(fills), event, held[event.symbol]
        held[event.symbol] += event.quantity


def cash_is_the_start_and_the_sum_of_all_legs(run):
    assert run.cash_units[-1] == run.opening.cash + sum(event.cash for event in run.events)


def equity_at_the_booked_price_falls_by_the_commission_alone(run):
    for fill, leg, _ in told(run):
        signed = fill.quantity if fill.side == "buy" else -fill.quantity
        at, lot = round(fill.price * UNIT), multiplier(run, fill.symbol)
        # A tie of half a unit may be rounded as what is bought or as what is sold.
        values = {value_of(signed, at, lot), -value_of(-signed, at, lot)}
        assert leg.quantity == signed
        assert -leg.cash - fill.commission in values
        assert min(fill.commission, fill.slippage) >= 0


def the_account_told_is_the_account_moved(run):
    last, state = run.account_at(run.start_row + len(run.equity) - 1), run.state
    assert last.cash == state.money[0]
    positions = [last.positions.get(symbol) for symbol in SYMBOLS]
    assert [one.quantity if one else 0 for one in positions] == state.quantity.tolist()
    assert [one.cost if one else 0 for one in positions] == state.cost.tolist()
    assert len(last.waiting) == state.waiting.used[0]
    closes = run.market.prices.close[-1].tolist()
    worth = [
        value_of(held, price, multiplier(run, symbol))
        for symbol, held, price in zip(SYMBOLS, state.quantity.tolist(), closes, strict=True)
    ]
    assert run.equity_units[-1] == last.cash + sum(worth)


def nothing_fills_outside_its_bar_before_slippage(run):
    low, high = run.market.raw.low, run.market.raw.high
    for fill in run.fills:
        at, sign = bar_of(fill), 1 if fill.side == "buy" else -1
        if fill.order_id == "delisting":
            continue
        if fill.order_id == "ruin" and not run.market.prices.listed[at]:
            assert round(fill.price * UNIT) == run.market.prices.close[at]
            continue
        before = fill.price - sign * fill.slippage / (fill.quantity * multiplier(run, fill.symbol))
        assert low[at] - 1e-6 <= before <= high[at] + 1e-6


def slippage_is_against_you(run):
    low, high = run.market.raw.low, run.market.raw.high
    for fill in run.fills:
        at = bar_of(fill)
        if fill.order_id == "delisting" or not run.market.prices.listed[at]:
            continue
        assert fill.price >= low[at] if fill.side == "buy" else fill.price <= high[at]


def nothing_fills_without_volume_nor_beyond_its_share(run):
    traded, volume = defaultdict(int), run.market.raw.volume
    for fill in run.fills:
        at = bar_of(fill)
        if fill.order_id not in ("delisting", "ruin"):
            assert run.market.prices.listed[at]
            assert volume[at] != 0
        if fill.order_id not in FORCED:
            traded[at] += fill.quantity
    share = run.options.participation or math.inf
    for at, units in traded.items():
        assert np.isnan(volume[at]) or units / UNIT <= share * volume[at] + 1e-8


def nothing_fills_before_it_was_decided(run):
    asked = {order.id: int(run.state.orders.row[at]) for at, order in enumerate(run.orders)}
    same = run.options.fill == "same_close"
    for fill in run.fills:
        if fill.order_id not in FORCED:
            assert asked[fill.order_id] < fill.row + same


def an_exit_only_reduces(run):
    reducing = {order.id for order in run.orders if order.reduce_only}
    for fill, event, before in told(run):
        if fill.order_id in reducing | FORCED or fill.reason in EXITS:
            assert abs(before + event.quantity) < abs(before)


def a_fill_stays_on_one_side_of_zero(run):
    for _, event, before in told(run):
        assert before * (before + event.quantity) >= 0


def an_order_ends_once(run):
    ids = [order.id for order in run.orders]
    assert len(set(ids)) == len(ids)
    ended = [
        event.order_id
        for event in run.events
        if event.kind in ("reject", "skip", "cancel")
        or (event.kind == "fill" and event.asked == 0 and event.reason not in EXITS)
    ]
    ended = [one for one in ended if one in ids]
    assert len(set(ended)) == len(ended)
    last = run.account_at(run.start_row + len(run.equity) - 1)
    assert not {order.id for order in last.waiting} & set(ended)


def of_a_group_one_alone_fills(run):
    """One order, with those that took its place later."""
    table, first, group = run.state.orders, {}, {}
    for at, order in enumerate(run.orders):
        first[order.id] = first.get(order.replaces, order.id)
        group[order.id] = int(table.group[at])
    filled = defaultdict(set)
    for fill in run.fills:
        if group.get(fill.order_id, NO_ORDER) != NO_ORDER and fill.reason not in EXITS:
            filled[group[fill.order_id]].add(first[fill.order_id])
    assert all(len(orders) == 1 for orders in filled.values())


def lots_are_whole(run):
    lots = {name: one.lot_size for name, one in run.options.instruments.items()}
    ratios = any(action.kind == "split" for action in run.market.actions)
    for fill in () if ratios else run.fills:
        assert fill.quantity % round((lots.get(fill.symbol) or run.options.lot_size) * UNIT) == 0


def events_come_in_the_order_of_a_bars_life(run):
    events, used = run.state.events, int(run.state.events.used[0])
    rows, phases = events.row[:used], events.phase[:used]
    assert (np.diff(rows) >= 0).all()
    assert (np.diff(phases)[np.diff(rows) == 0] >= 0).all()


def interest_is_booked_after_what_the_bar_filled(run):
    accrued = set()
    for event in run.events:
        if event.kind in ("borrow", "interest"):
            accrued.add(event.row)
        if event.kind == "fill" and event.order_id != "ruin":
            assert event.row not in accrued or run.options.fill == "same_close"


def at_an_open_reductions_come_first(run):
    at_open = {
        order.id for order in run.orders if order.type == "market" and order.tif in ("gtc", "day")
    }
    increases = defaultdict(list)
    for fill in run.fills:
        if fill.order_id in at_open and fill.reason not in EXITS:
            increases[fill.row].append(fill.pnl is None)
    turned = {
        fill.row
        for fill in run.fills
        for other in run.fills
        if (fill.row, fill.symbol) == (other.row, other.symbol) and fill.side != other.side
    }
    for row, of_row in increases.items():
        assert of_row == sorted(of_row) or row in turned or run.options.fill != "next_open"


LAWS = (
    cash_is_the_start_and_the_sum_of_all_legs,
    equity_at_the_booked_price_falls_by_the_commission_alone,
    the_account_told_is_the_account_moved,
    nothing_fills_outside_its_bar_before_slippage,
    slippage_is_against_you,
    nothing_fills_without_volume_nor_beyond_its_share,
    nothing_fills_before_it_was_decided,
    an_exit_only_reduces,
    a_fill_stays_on_one_side_of_zero,
    an_order_ends_once,
    of_a_group_one_alone_fills,
    lots_are_whole,
    events_come_in_the_order_of_a_bars_life,
    interest_is_booked_after_what_the_bar_filled,
    at_an_open_reductions_come_first,
)


@settings(max_examples=150, deadline=None)
@given(market=markets(late=True), options=any_options(), seed=SEEDS, busy=BUSY)
def test_every_run_keeps_the_laws(market, options, seed, busy):
    run = simulate(random_script(seed, busy), market, options=options)
    for law in LAWS:
        law(run)


@settings(max_examples=50, deadline=None)
@given(market=markets(), seed=SEEDS)
def test_a_cash_account_never_borrows(market, seed):
    """Long alone and unlevered, with costs that are a share of what is traded."""
    script = random_script(seed, 0.5)

    class LongOnly(script):
        def on_bar(self, now, broker):
            super().on_bar(now, Long(broker))

    options = Options(costs=Costs(20.0, 10.0))
    run = simulate(LongOnly, market, opening=Account.of_cash("100000"), options=options)
    assert (run.cash_units >= 0).all()


class Long:
    """A broker with whom nothing goes short."""

    def __init__(self, broker):
        self._broker = broker

    def __getattr__(self, name):
        return getattr(self._broker, name)

    def sell(self, symbol, **words):
        kept = {name: word for name, word in words.items() if name not in EXIT_WORDS}
        return self._broker.sell(symbol, **{**kept, "reduce_only": True})

    def target(self, symbol, **words):
        sizes = ("weight", "value", "quantity")
        words = {name: abs(size) if name in sizes else size for name, size in words.items()}
        return self._broker.target(symbol, **words)


EXIT_WORDS = ("stop_loss", "take_profit", "trailing")
