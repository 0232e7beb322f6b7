"""What is published of a robot on real prices can be added up by anybody, with nothing else."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from functions.services.platform import Platform
from functions.services.publication.publishing import publish_robots
from functions.services.record import reading
from functions.services.record.backtesting import run_execution
from functions.store.objects import Objects
from tests.builders.platforms import platform_over
from tests.builders.records import advance, collect_until, days, registered, sma_robot

ROBOT = sma_robot(
    "hold", strategy="buy_and_hold", parameters={}, backtest_from=date(2000, 1, 3), cash="200000"
)


@pytest.fixture
def published(database: Any, aws: Any) -> Iterator[dict[str, Any]]:
    reading.forget()
    with platform_over(database, aws) as platform:
        live = registered(platform, ROBOT)
        collect_until(platform, live[-1])
        _backtest(platform)
        for session in (live[0], live[9], live[-1]):
            advance(platform, session, ROBOT.id, deadline=True)
        publish_robots(platform, ["hold"])
        objects = Objects(platform.s3, platform.site_bucket)
        yield {
            name: json.loads(objects.get(f"data/robots/hold/{name}.json") or b"")
            for name in ("summary", "trades", "parity", "equity")
        }


def _backtest(platform: Platform) -> None:
    row = platform.connect().execute("SELECT id FROM executions WHERE kind = 'backtest'").fetchone()
    assert row is not None
    run_execution(platform, row[0])


def cash_of(trades: dict[str, Any], phase: str) -> Decimal:
    """What a reader works out from the one document."""
    cash = Decimal(200_000)
    for trade in trades["items"]:
        if trade["phase"] == phase:
            value = Decimal(trade["quantity"]) * Decimal(trade["price"])
            cash += value if trade["side"] == "sell" else -value
            cash -= Decimal(trade["commission"])
    return cash + sum(Decimal(a["cash"]) for a in trades["actions"] if a["phase"] == phase)


def test_a_record_on_real_prices_can_be_added_up_and_says_how_it_was_checked(published):
    trades, parity = published["trades"], published["parity"]
    assert cash_of(trades, "record") == Decimal(published["summary"]["cash_now"])
    assert_told(trades["actions"])
    assert (parity["status"], parity["slots"], parity["advances"]) == ("equal", 500, 3)
    assert parity["slots_replayed"] == parity["slots_equal"] == 0 + 1 + 10
    assert [each["slots"] for each in parity["newest"]] == [490, 9, 1]
    live = days()[-500:]
    ranges = [(each["first"][-20:-10], each["slots"]) for each in parity["backfilled"]["items"]]
    assert ranges == [(live[10].session.isoformat(), 489), (live[1].session.isoformat(), 8)]
    assert [parity[name]["count"] for name in ("drifts", "skips", "restated")] == [0, 0, 0]


def assert_told(actions: list[dict[str, Any]]) -> None:
    """Both phases had dividends, the backtest splits, and no cash came from nowhere."""
    kinds = {(action["phase"], one["kind"]) for action in actions for one in action["actions"]}
    assert kinds == {("backtest", "split"), ("backtest", "dividend"), ("record", "dividend")}
    assert all(action["actions"] for action in actions)
