"""What time may not change: the future, a pause, the form a strategy is written in."""

import dataclasses
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Account, Strategy, Targets, simulate
from tests.builders.worlds import SYMBOLS, any_options, markets, random_script

pytestmark = pytest.mark.engine

LAW = settings(max_examples=60, deadline=None)
SEEDS = st.integers(0, 10**6)
BUSY = st.sampled_from([0.1, 0.3, 0.7])
BRACKETS = [
    {},
    {"stop_loss": 0.02},
    {"take_profit": 0.03},
    {"stop_loss": 0.05, "take_profit": 0.02, "trailing": 0.03},
]


def closing(market, row):
    return datetime.fromtimestamp(int(market.closes[row]), UTC)


def history(run, start, stop):
    return [(run.orders_at(row), run.account_at(row)) for row in range(start, stop)]


def assert_same(one, other, start, stop):
    """The same fills, events and accounts on these rows."""
    rows = range(start, stop)
    assert [f for f in one.fills if f.row in rows] == [f for f in other.fills if f.row in rows]
    assert [e for e in one.events if e.row in rows] == [e for e in other.events if e.row in rows]
    assert history(one, start, stop) == history(other, start, stop)


@LAW
@given(market=markets(late=True), options=any_options(), seed=SEEDS, busy=BUSY, data=st.data())
def test_a_prefixs_run_is_the_runs_prefix(market, options, seed, busy, data):
    rows = data.draw(st.integers(1, len(market.sessions)))
    script = random_script(seed, busy)
    full = simulate(script, market, options=options)
    short = simulate(script, market.head(rows), options=options)
    assert_same(short, full, 0, rows)
    np.testing.assert_array_equal(short.equity_units, full.equity_units[:rows])


@LAW
@given(market=markets(), options=any_options(), seed=SEEDS, busy=BUSY, data=st.data())
def test_a_segment_goes_on_where_its_predecessor_ended(market, options, seed, busy, data):
    row = data.draw(st.integers(1, len(market.sessions) - 1))
    script = random_script(seed, busy)
    whole = simulate(script, market, options=options)
    told = whole.account_at(row - 1)
    left = Account.from_dict(told.to_dict())
    assert left == told
    later = simulate(script, market, start=closing(market, row), opening=left, options=options)
    rows = len(market.sessions)
    assert later.fills == tuple(fill for fill in whole.fills if fill.row >= row)
    assert history(later, row, rows) == history(whole, row, rows)
    np.testing.assert_array_equal(later.equity_units, whole.equity_units[row:])
    assert later.ruined == whole.ruined


@LAW
@given(market=markets(late=True), options=any_options(), seed=SEEDS)
def test_the_same_identity_leaves_the_same_bytes(market, options, seed):
    script = random_script(seed)
    first, second = (simulate(script, market, options=options) for _ in range(2))
    assert first.ledger().encode() == second.ledger().encode()
    for one, other in zip(first.state.events, second.state.events, strict=True):
        assert one[: first.state.events.used[0]].tobytes() == (
            other[: second.state.events.used[0]].tobytes()
        )


def weights_of(market, seed):
    random = np.random.default_rng(seed)
    shape = market.raw.close.shape
    weights = random.choice([-0.5, -0.2, 0.0, 0.1, 0.3, 0.8], shape)
    return np.where(random.random(shape) < 0.6, np.nan, weights)


def both_forms(weights, rebalance, exits):
    class Whole(Strategy):
        """All weights at once."""

        def targets(self, market):
            return Targets(weights[: len(market.sessions)], **exits)

    class ByBar(Strategy):
        """The same, bar by bar."""

        def prepare(self, market):
            self.last = {}

        def on_bar(self, now, broker):
            for symbol, weight in zip(SYMBOLS, weights[now.row], strict=True):
                same = rebalance == "change" and self.last.get(symbol) == weight
                if not np.isnan(weight) and not same:
                    self.last[symbol] = weight
                    broker.target(symbol, weight=weight, **exits)

    Whole.rebalance = rebalance
    return Whole, ByBar


@LAW
@given(
    market=markets(late=True),
    options=any_options(),
    seed=SEEDS,
    rebalance=st.sampled_from(["change", "row"]),
    exits=st.sampled_from(BRACKETS),
)
def test_both_forms_of_a_strategy_leave_the_same_run(market, options, seed, rebalance, exits):
    weights = weights_of(market, seed)
    whole, by_bar = (
        simulate(form, market, options=options) for form in both_forms(weights, rebalance, exits)
    )
    assert whole.ledger() == by_bar.ledger()
    assert_same(whole, by_bar, 0, len(market.sessions))


@LAW
@given(market=markets(late=True), options=any_options(), seed=SEEDS)
def test_closing_at_the_end_changes_nothing_before_it(market, options, seed):
    script, last = random_script(seed), len(market.sessions) - 1
    open_, closed = (
        simulate(script, market, options=dataclasses.replace(options, close_at_end=ending))
        for ending in (False, True)
    )
    assert_same(open_, closed, 0, last)
    kept = tuple(fill for fill in closed.fills if fill.order_id != "end")
    assert kept == open_.fills


PROTECTED = ("market", "target", "protect")
STOPS = {"stop loss", "trailing stop"}


def before_slippage(fill, options):
    """The price a fill met, per share."""
    instrument = options.instruments.get(fill.symbol)
    units = fill.quantity * (instrument.multiplier if instrument else 1.0)
    return fill.price + (-1 if fill.side == "buy" else 1) * fill.slippage / units


def exits(run, row, symbol, reasons):
    """A bar's exits for these reasons, but those that its open gapped to."""
    opened = run.market.raw.open[row, SYMBOLS.index(symbol)]
    return [
        fill
        for fill in run.fills
        if (fill.row, fill.symbol) == (row, symbol)
        and fill.reason in reasons
        and abs(before_slippage(fill, run.options) - opened) > 1e-6
    ]


def assert_no_worse(worse, better, row, symbol):
    """Where one run left at a stop that was in doubt the other may take its profit."""
    certain = exits(better, row, symbol, STOPS)
    assert set(certain) <= set(exits(worse, row, symbol, STOPS))
    for stopped in set(exits(worse, row, symbol, STOPS)) - set(certain):
        for taken in exits(better, row, symbol, {"take profit"}):
            if taken.side == stopped.side:
                sign = 1 if taken.side == "sell" else -1
                prices = [before_slippage(fill, worse.options) for fill in (taken, stopped)]
                assert sign * (prices[0] - prices[1]) >= -1e-6


@LAW
@given(
    market=markets(late=True),
    options=any_options(),
    seed=SEEDS,
    verbs=st.sampled_from([None, PROTECTED]),
)
def test_the_result_range_holds_this_run(market, options, seed, verbs):
    options = dataclasses.replace(options, take_profit_first=False)
    run = simulate(random_script(seed, 0.7, verbs=verbs), market, options=options)
    worse, better = run.result_range()
    assert worse.fills == run.fills
    ambiguous = [event for event in run.events if event.kind == "ambiguous"]
    first = min((event.row for event in ambiguous), default=len(market.sessions))
    assert_same(worse, better, 0, first)
    for event in ambiguous:
        if event.row == first:
            assert_no_worse(worse, better, first, event.symbol)
