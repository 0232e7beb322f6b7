"""What holds for every strategy, every market and every amount."""

import itertools
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from engine import Account, Action, Costs, Market, Options, Run, simulate
from engine.money import worth
from tests.builders.bars import intraday, market, random_market
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

SYMBOLS = ("AAPL", "FB", "IBM")
SHORT = {
    "buy_and_hold": {},
    "channel_breakout": {"channel": 5, "range_bars": 3, "trail": 1.0},
    "momentum_rotation": {"lookback": 5},
    "rsi_reversion": {"trend": 10, "entry": 30.0},
    "sma_cross": {"fast": 2, "slow": 5},
    "volatility_target": {"bars": 5, "band": 0.05},
}


@st.composite
def markets(draw, rows=60):
    """Days or hours, with gaps and with actions of each kind, some of them seen late."""
    seed = draw(st.integers(0, 10_000))
    plain = random_market(
        seed,
        rows,
        SYMBOLS,
        gaps=draw(st.sampled_from([0.0, 0.05, 0.4])),
        late=draw(st.integers(0, 30)),
    )
    rows_a_session = draw(st.sampled_from([1, 1, 2, 7]))
    daily = plain.raw._replace(ends=None)
    raw = daily if rows_a_session == 1 else intraday(daily, rows_a_session)
    day = st.sampled_from(raw.sessions.tolist())
    symbol, seen = st.sampled_from(SYMBOLS), st.none() | day
    split = st.builds(
        Action, symbol, day, st.just("split"), st.sampled_from([0.1, 1.5, 2.0, 3.0]), seen
    )
    dividend = st.builds(Action, symbol, day, st.just("dividend"), st.floats(0.01, 0.5), seen)
    payment = st.just(np.nan) | st.floats(0, 200)
    delisting = st.builds(Action, symbol, day, st.just("delisting"), payment, seen)
    once = st.lists(
        split | dividend | delisting,
        max_size=3,
        unique_by=lambda action: (*action[:3], str(action.value)),
    )
    actions = draw(once)
    return Market.build(plain.symbols, raw, actions)


def weights_of(market, seed):
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(len(SYMBOLS)), len(market.sessions)).round(2).clip(0, 0.4)
    return np.where(random.random(weights.shape) < 0.5, np.nan, weights)


def closing(market, row):
    return datetime.fromtimestamp(int(market.closes[row]), UTC)


def history(run: Run, rows: int):
    return [(run.orders_at(row), run.account_at(row)) for row in range(run.start_row, rows)]


def assert_prefix(short: Run, full: Run):
    rows = len(short.market.sessions)
    assert short.fills == tuple(fill for fill in full.fills if fill.row < rows)
    assert history(short, rows) == history(full, rows)
    np.testing.assert_array_equal(short.equity_units, full.equity_units[: len(short.equity)])


@pytest.mark.parametrize("name", sorted(SHORT))
@settings(max_examples=25, deadline=None)
@given(made=markets(), data=st.data())
def test_a_prefixs_run_is_the_runs_prefix(name, made, data):
    robot = strategies.get(name)(**SHORT[name])
    start = closing(made, data.draw(st.integers(0, 20)))
    rows = data.draw(st.integers(21, len(made.sessions)))
    full = simulate(robot, made, start=start)
    assert_prefix(simulate(robot, made.head(rows), start=start), full)


def test_the_laws_try_every_built_in_strategy():
    built_in = [
        name
        for name in strategies.names()
        if strategies.get(name).__module__ == f"strategies.{name}"
    ]
    assert built_in == sorted(SHORT)


@settings(max_examples=60, deadline=None)
@given(made=markets(), seed=st.integers(0, 1000))
def test_equity_is_cash_and_holdings_at_the_last_closes(made, seed):
    run = simulate(weighted(weights_of(made, seed), "row"), made)
    for row in range(len(made.sessions)):
        account = run.account_at(row)
        held = sum(
            worth(position.quantity, int(made.prices.close[row, SYMBOLS.index(symbol)]))
            for symbol, position in account.positions.items()
        )
        assert run.equity_units[row] == account.cash + held
        assert all(position.quantity > 0 for position in account.positions.values())


@settings(max_examples=60, deadline=None)
@given(made=markets(), seed=st.integers(0, 1000))
def test_what_was_realised_and_what_is_held_make_up_all_that_was_gained(made, seed):
    run = simulate(weighted(weights_of(made, seed), "row"), made)
    realised = sum(fill.pnl for fill in run.fills if fill.pnl is not None)
    paid = sum(event.cash for event in run.events if event.kind == "dividend")
    in_lieu = [event for event in run.events if event.kind == "cash in lieu"]
    last = run.account_at(len(made.sessions) - 1)
    invested = sum(position.cost for position in last.positions.values())
    if not in_lieu:
        assert last.cash == run.opening.cash + realised + paid - invested


@given(quantity=st.integers(1, 500), cents=st.integers(1, 20_000), bps=st.floats(0, 500, width=32))
def test_equity_at_the_fill_price_falls_by_the_commission_alone(quantity, cents, bps):
    price = cents / 100
    made = market({"IBM": [price, price]})
    ask = {0: lambda broker: broker.buy("IBM", quantity=quantity)}
    options = Options(costs=Costs(commission_bps=bps, slippage_bps=0.0))
    run = simulate(scripted(ask), made, opening=Account.of_cash("3000000"), options=options)
    (fill,) = run.fills
    assert run.equity_units[0] - run.equity_units[1] == fill.commission


@settings(max_examples=30, deadline=None)
@given(made=markets(), seed=st.integers(0, 1000))
def test_order_ids_are_unique_and_every_order_ends_at_most_once(made, seed):
    run = simulate(weighted(weights_of(made, seed), "row"), made)
    ids = [order.id for order in run.orders]
    assert len(set(ids)) == len(ids)
    ended = [
        event.order_id for event in run.events if event.kind in ("fill", "reject", "skip", "cancel")
    ]
    assert len(set(ended)) == len(ended)
    still = {order.id for order in run.account_at(len(made.sessions) - 1).waiting}
    assert set(ids) - set(ended) == still


def test_the_order_of_symbols_changes_no_sale_and_no_affordable_purchase():
    prices = {name: [100.0 + at, 101.0 + at, 99.0 + at] for at, name in enumerate(SYMBOLS)}
    fills = set()
    for order in itertools.permutations(SYMBOLS):
        made = market({name: prices[name] for name in order})
        run = simulate(weighted(np.full((3, 3), 0.3)), made)
        fills.add(frozenset((fill.symbol, fill.quantity, fill.price) for fill in run.fills))
    assert len(fills) == 1
