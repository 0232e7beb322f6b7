"""Advancing session by session leaves what one backtest over the same tape makes."""

import json

import pytest

import strategies
from engine import Account, simulate
from functions.services.record import reading
from functions.services.record.definition import resolve
from functions.services.record.rows import Decided, Ledger, points_of
from functions.store import proof
from functions.store.lines import trade_line
from functions.store.records import read_records
from tests.builders.platforms import platform_over
from tests.builders.records import advance, registered, sma_robot, stored

SESSIONS = 60
QUICK = {
    "momentum_rotation": {"lookback": 20, "hold": 1},
    "rsi_reversion": {"trend": 20, "entry": 45.0},
    "channel_breakout": {"channel": 10, "range_bars": 5, "trail": 1.5},
    "volatility_target": {"bars": 20, "band": 0.0},
    "sma_cross": {"fast": 5, "slow": 20},
}
"""Parameters under which sixty sessions hold trades; what is not here keeps its defaults."""


@pytest.fixture
def database(sampled_database):
    """All bars are there already: no test waits for them to be collected."""
    return sampled_database


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


@pytest.mark.parametrize("name", strategies.names())
def test_a_robot_advanced_daily_equals_its_backtest_over_the_tape(platform, name):
    robot = sma_robot(strategy=name, parameters=QUICK.get(name, {}))
    live = registered(platform, robot)[:SESSIONS]
    registered(platform, at=-440)
    assert [advance(platform, session, robot.id).appended for session in live] == [1] * SESSIONS

    (record,) = read_records(platform.connect(), [robot.id])
    run = backtest(platform, robot, record, live[0].session)
    decisions = stored(platform, robot.id)["decisions"]
    assert [decided(row[4]) for row in decisions] == [
        {
            "account": run.account_at(row).to_dict(),
            "orders": [order.to_dict() for order in run.orders_at(row)],
        }
        for row in range(run.start_row, run.start_row + SESSIONS)
    ]
    trades = Ledger(record.owner, "paper", 1, asked_in(decisions)).trades(run)
    assert trades
    recorded = [
        line
        for line in proof.stored_lines(platform.connect(), record)
        if not line.startswith(("decision", "segment"))
    ]
    expected = [trade_line(trade) for trade in trades]
    assert recorded == expected + [point.line() for point in points_of(run, 1)]


def backtest(platform, robot, record, start):
    """The robot's own rule over the record's tape, run once."""
    reading.forget()
    tape = reading.tape_at(platform.archive, record.head.tape, robot.symbols)
    definition = resolve(robot.strategy_code, robot.config())
    opening = Account.of_cash(robot.cash)
    return simulate(
        definition.strategy, tape.market, start=start, opening=opening, options=definition.options
    )


def decided(leaf):
    return {part: json.loads(leaf)[part] for part in ("account", "orders")}


def asked_in(decisions):
    """By order id, the decision that asked for it."""
    return {
        order["id"]: Decided(slot, name)
        for _, slot, _, _, leaf, name in decisions
        for order in json.loads(leaf)["orders"]
    }
