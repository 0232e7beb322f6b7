"""A record of every kind of order goes on, across segments, exactly as its replay and is proved."""

import json
import sys
from collections import Counter
from importlib.metadata import EntryPoint

import pytest

import strategies
from engine.plugins import Plugins
from functions.services.proof.verifying import verify
from functions.services.record import reading
from tests.builders.platforms import platform_over
from tests.builders.records import advance, registered, sma_robot, stored, tamper

SESSIONS, CHANGES = 40, (9, 14, 18, 23, 27, 32)
SOURCE = '''
from engine import Broker, Now, Strategy


class EveryOrder(Strategy):
    """Long and short in turn, with exits, resting orders and orders that expire."""

    def on_bar(self, now: Now, broker: Broker) -> None:
        turn, step = divmod(now.row, 8)
        sign = 1 if turn % 2 else -1
        for at, symbol in enumerate(broker.symbols):
            price = now.close[-1, at]
            if step == 0:
                exits = {"stop_loss": 0.04, "take_profit": 0.02, "trailing": 0.03}
                broker.target(symbol, weight=0.5 * sign, **exits)
            elif step == 2:
                broker.buy(symbol, value=2_000, limit=price * 0.99, tif="day")
                broker.sell(symbol, quantity=5, stop=price * 0.98, reduce_only=True)
            elif step == 5:
                broker.buy(symbol, quantity=3, limit=price * 1.01, tif="open")
                broker.sell(symbol, quantity=2, trail_share=0.02)
            elif step == 6:
                broker.cancel_all(symbol)
'''
OPTIONS = {
    "cost_model": "lean",
    "slippage_bps": 3,
    "leverage": 3,
    "borrow_rate": 0.03,
    "debit_rate": 0.06,
    "limit_touch": True,
    "instruments": {"AAPL": {"lot_size": 0.01, "tick_size": 0.01}},
}


@pytest.fixture
def robot(tmp_path, monkeypatch):
    """A robot whose strategy another distribution offers."""
    (tmp_path / "of_every_order.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("every_order", "of_every_order:EveryOrder", "tradingrobotplug.strategies")
    found = Plugins("strategy", "strategies", point.group, strategies._kept)
    monkeypatch.setattr("engine.plugins.entry_points", lambda group: [point])
    monkeypatch.setattr(strategies, "get", found.get)
    yield sma_robot(strategy="every_order", parameters={}, options=OPTIONS)
    sys.modules.pop("of_every_order", None)


@pytest.fixture
def database(sampled_database):
    """All bars are there already: no test waits for them to be collected."""
    return sampled_database


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


def test_it_goes_on_day_by_day_across_segments_and_is_proved(database, platform, robot):
    live = registered(platform, robot)[:SESSIONS]
    registered(platform, at=-440)
    change = "UPDATE strategies SET config = jsonb_set(config, '{options,debit_rate}', %s)"
    for number, session in enumerate(live):
        if number in CHANGES:
            tamper(database, change, f"0.{number:02}")
        assert advance(platform, session, robot.id).appended == 1
    record = stored(platform, robot.id)
    assert [row[-1] for row in record["segments"][1:]] == ["options changed"] * len(CHANGES)
    check_trades([row[-1] for row in record["trades"]])
    check_accounts([json.loads(row[4])["account"] for row in record["decisions"]])
    check_old_exits(record)
    reading.forget()
    proved = verify(platform.connect(), robot.slug, None, lambda *_stage: None)
    assert proved.damages == []
    assert proved.proved
    assert sum(one.equal for one in proved.segments) == SESSIONS


def check_trades(snapshots):
    reasons = Counter(snapshot.get("reason") for snapshot in snapshots)
    assert {None, "limit", "take profit"} < {*reasons}
    assert {"stop loss", "trailing stop"} & {*reasons}
    assert all(snapshot["decision"] for snapshot in snapshots)  # those of old exits too


def check_accounts(accounts):
    held = [one["quantity"] for account in accounts for one in account["positions"].values()]
    assert {quantity.startswith("-") for quantity in held} == {True, False}


def check_old_exits(record):
    """Some exit closed its position in a later segment than it was attached in."""
    openings = [row[7]["positions"].values() for row in record["segments"]]
    old = {held["bracket"]["order"] for each in openings for held in each if "bracket" in held}
    segment_of = {leaf[1]: json.loads(leaf[4])["segment"] for leaf in record["decisions"]}
    exits = [
        (segment_of[row[-1]["decided_in"]], row[-1]["session"])
        for row in record["trades"]
        if row[2] in old and "reason" in row[-1]
    ]
    filled_in = {slot.split("/")[2][:10]: number for slot, number in segment_of.items()}
    assert any(filled_in[session] > decided for decided, session in exits)
