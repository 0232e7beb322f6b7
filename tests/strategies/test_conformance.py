"""What every strategy found promises, built in or installed."""

import numpy as np
import pytest

import strategies
from engine import Market, Options, ParameterError, simulate
from tests.builders.bars import NAN, market, random_market

pytestmark = pytest.mark.engine

NAMES = strategies.names()
every_strategy = pytest.mark.parametrize("name", NAMES)


def everything(run):
    rows = range(run.start_row, len(run.market.sessions))
    return run.fills, run.ledger(), [run.account_at(row) for row in rows]


def with_noise_after(market, row, seed=3):
    """The same market up to a row, and another one after it."""
    raw, random = market.raw, np.random.default_rng(seed)
    noise = random.uniform(0.5, 2.0, raw.close.shape)
    noise[: row + 1] = 1.0
    changed = {name: getattr(raw, name) * noise for name in ("open", "high", "low", "close")}
    changed["volume"] = raw.volume * noise[::-1].max(axis=0)
    changed["volume"][: row + 1] = raw.volume[: row + 1]
    return Market.build(market.symbols, raw._replace(**changed), market.actions)


def test_no_strategy_fails_to_load():
    assert strategies.failures() == {}


@every_strategy
def test_a_strategy_says_what_it_does(name):
    summary = strategies.get(name).summary()
    assert summary.endswith(".")
    assert 20 <= len(summary) <= 100


@every_strategy
def test_a_strategy_is_a_short_file(name):
    assert len(strategies.source(name).splitlines()) < 60
    assert "class " in strategies.source(name)


@every_strategy
def test_every_parameter_has_a_range_that_holds(name):
    robot = strategies.get(name)
    for declared in robot.parameters():
        assert declared.low is not None, declared.name
        assert declared.high is not None, declared.name
        assert declared.low <= declared.default <= declared.high, declared.name
        for beyond in (declared.low - 1, declared.high + 1):
            with pytest.raises(ParameterError, match=f"{declared.name} must be between"):
                robot(**{declared.name: beyond})


@every_strategy
def test_a_strategy_runs_at_both_ends_of_every_parameter(name):
    robot, made = strategies.get(name), random_market(4, rows=40)
    for declared in robot.parameters():
        for end in (declared.low, declared.high):
            assert len(simulate(robot(**{declared.name: end}), made).equity) == 40


@every_strategy
@pytest.mark.parametrize(
    "made",
    [
        market({"IBM": [100.0]}),
        market({"IBM": [NAN, 100.0]}),
        market({"IBM": [100.0, NAN], "FB": [NAN, NAN]}),
        market({"IBM": [100.0] * 300}),
        random_market(1, rows=300, symbols=("IBM",)),
        random_market(2, rows=300, gaps=0.3),
        random_market(3, rows=300, late=250),
        random_market(6, rows=300, symbols=tuple("ABCDEFGH")),
    ],
    ids=["one bar", "one late bar", "never listed", "flat", "one", "gaps", "late", "eight"],
)
def test_a_strategy_stands_any_market(name, made):
    run = simulate(strategies.get(name), made)
    assert np.isfinite(run.equity).all()
    assert (run.equity > 0).all()
    assert (run.cash_units >= 0).all()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if not strategies.get(name).event_driven()]
)
def test_weights_never_sum_to_more_than_the_account(name):
    for made in (random_market(8, rows=400, late=100), random_market(9, 400, symbols=("IBM",))):
        weights = strategies.get(name)().targets(made)
        assert weights.shape == made.close.shape
        assert (np.nansum(weights, axis=1) <= 1 + 1e-9).all()


@every_strategy
@pytest.mark.parametrize("today", [1, 31, 60, 250])
def test_tomorrow_does_not_change_today(name, today):
    robot, made = strategies.get(name), random_market(5, rows=320, late=40, gaps=0.05)
    run, other = simulate(robot, made), simulate(robot, with_noise_after(made, today))
    assert [run.orders_at(row) for row in range(today + 1)] == [
        other.orders_at(row) for row in range(today + 1)
    ]
    assert [run.account_at(row) for row in range(today + 1)] == [
        other.account_at(row) for row in range(today + 1)
    ]


@every_strategy
def test_two_runs_are_equal(name):
    made = random_market(12, rows=320, late=40, gaps=0.05)
    robot = strategies.get(name)()
    assert everything(simulate(robot, made)) == everything(simulate(robot, made))


@every_strategy
def test_every_strategy_trades(name):
    made = random_market(13, rows=800, gaps=0.01)
    assert simulate(strategies.get(name), made).fills


@every_strategy
def test_prices_on_another_scale_give_the_same_weights(name):
    """A strategy that knows a price level would not survive a split."""
    made = random_market(14, rows=400, gaps=0.02)
    scaled = made.raw._replace(
        **{column: getattr(made.raw, column) * 8.0 for column in ("open", "high", "low", "close")}
    )
    other = Market.build(made.symbols, scaled, made.actions)
    robot, fine = strategies.get(name), Options(lot_size=1e-6)  # whole shares are a price level
    mine, others = simulate(robot, made, options=fine), simulate(robot, other, options=fine)
    assert [order.id for order in mine.orders] == [order.id for order in others.orders]
