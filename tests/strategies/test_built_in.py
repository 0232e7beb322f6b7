"""What each built-in strategy does, on markets made to show it."""

import numpy as np
import pytest

import strategies
from engine import Costs, Market, Options, simulate
from tests.builders.bars import NAN, bars, market

pytestmark = pytest.mark.engine

FREE = Options(costs=Costs(0, 0))


def targets(name, made, **parameters):
    return strategies.get(name)(**parameters).targets(made)


def test_buy_and_hold_buys_each_symbol_once_when_it_lists():
    made = market({"IBM": [100.0] * 6, "FB": [NAN, NAN, 40.0, 50.0, 60.0, 70.0]})
    run = simulate(strategies.get("buy_and_hold"), made, options=FREE)
    assert [(fill.row, fill.symbol, fill.side) for fill in run.fills] == [
        (1, "IBM", "buy"),
        (3, "FB", "buy"),
    ]


def test_sma_cross_holds_while_fast_is_above_slow_and_waits_for_both():
    rising_then_falling = [1.0, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2]
    weights = targets("sma_cross", market({"IBM": rising_then_falling}), fast=2, slow=5)[:, 0]
    assert np.isnan(weights[:4]).all()
    assert weights[4:].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]


def test_momentum_rotation_holds_the_strongest_from_the_first_close_of_a_month():
    rows = 60
    prices = {
        "FAST": list(100 * 1.02 ** np.arange(rows)),
        "SLOW": list(100 * 1.01 ** np.arange(rows)),
        "DOWN": list(100 * 0.99 ** np.arange(rows)),
        "LATE": [NAN] * (rows - 1) + [100.0],
    }
    made = market(prices)
    weights = targets("momentum_rotation", made, lookback=5, hold=1)
    decided = np.flatnonzero(~np.isnan(weights).all(axis=1))
    assert [str(made.sessions[row]) for row in decided] == ["2012-02-01", "2012-03-01"]
    np.testing.assert_array_equal(weights[decided[0]], [1.0, 0.0, 0.0, NAN])
    two = targets("momentum_rotation", made, lookback=5, hold=3)[decided[0]]
    np.testing.assert_array_equal(two, [1 / 3, 1 / 3, 0.0, NAN])  # what falls stays in cash


def test_rsi_reversion_buys_a_dip_in_a_rising_trend_and_sells_the_recovery():
    path = [100.0 + at for at in range(20)] + [118.0, 116.0, 114.0, 116.0, 119.0, 122.0]
    weights = targets("rsi_reversion", market({"IBM": path}), trend=20, entry=30.0)[:, 0]
    bought = np.flatnonzero(weights > 0)
    sold = np.flatnonzero(weights == 0)
    assert bought[0] in (21, 22)
    assert sold[-1] > bought[-1]
    falling = [100.0 - at for at in range(30)]
    assert not (targets("rsi_reversion", market({"IBM": falling}), trend=20) > 0).any()


def test_channel_breakout_follows_its_entry_with_a_trailing_stop():
    close = np.array([10.0] * 8 + [11.0, 12, 13, 14, 13.8, 13.6, 12.0, 11.0, 11.0])[:, None]
    made = Market.build(("IBM",), bars(close, close)._replace(high=close + 0.2, low=close - 0.2))
    robot = strategies.get("channel_breakout")(channel=5, range_bars=5, trail=2.0)
    run = simulate(robot, made, options=FREE)
    assert [(fill.row, fill.side) for fill in run.fills] == [(9, "buy"), (15, "sell")]
    # The stop is tested at the close of row 14 (12.0, two ranges under the peak of 14.0).
    assert [order.amount for order in run.orders_at(14)] == [0]


def test_channel_breakout_goes_on_with_a_position_it_did_not_open():
    close = np.array([10.0 + at / 2 for at in range(30)] + [9.0, 9.0])[:, None]
    made = Market.build(("IBM",), bars(close, close)._replace(high=close + 0.2, low=close - 0.2))
    robot = strategies.get("channel_breakout")(channel=5, range_bars=5, trail=2.0)
    first = simulate(robot, made.head(20), options=FREE)
    opening = first.account_at(19)
    assert opening.positions
    later = simulate(robot, made, start=made.sessions[20].item(), opening=opening, options=FREE)
    assert [(fill.row, fill.side) for fill in later.fills] == [(31, "sell")]


def test_volatility_target_holds_less_of_what_is_wilder_within_the_whole():
    random = np.random.default_rng(1)
    steps = random.normal(0, 1, (200, 2)) * [0.005, 0.04]
    path = 100 * np.exp(np.cumsum(steps, axis=0))
    made = Market.build(("CALM", "WILD"), bars(path))
    run = simulate(strategies.get("volatility_target")(bars=20, band=0.1), made)
    first = [fill for fill in run.fills if fill.row == 21]
    assert [fill.symbol for fill in first] == ["CALM", "WILD"]
    calm, wild = (fill.quantity / 1e8 * fill.price / 100_000 for fill in first)
    assert calm == pytest.approx(0.5, abs=0.01)  # 8 % a year is under the target: the whole part
    assert wild < 0.25
    assert (run.cash_units >= 0).all()


def test_volatility_target_does_not_trade_within_its_band():
    random = np.random.default_rng(2)
    path = 100 * np.exp(np.cumsum(random.normal(0, 0.03, (300, 1)), axis=0))
    made = Market.build(("WILD",), bars(path))
    asked = [
        len(simulate(strategies.get("volatility_target")(band=band), made).orders)
        for band in (0.0, 0.1, 0.3)
    ]
    assert asked[0] > 200
    assert asked[0] > 4 * asked[1] > 4 * asked[2] > 0


def test_volatility_target_enters_at_once_when_its_history_is_long_enough():
    random = np.random.default_rng(3)
    path = 100 * np.exp(np.cumsum(random.normal(0, 0.01, (200, 1)), axis=0))
    made = Market.build(("CALM",), bars(path))
    run = simulate(strategies.get("volatility_target"), made, start=made.sessions[150].item())
    assert run.fills[0].row == 151
