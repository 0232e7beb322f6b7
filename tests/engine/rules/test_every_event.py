"""Golden runs in which everything happens at least once."""

import dataclasses
from datetime import date

import pytest

from engine import Action, Costs, Options
from engine.state import KINDS
from tests.builders.robots import scripted
from tests.builders.scenes import buy, play, protect, scene, sell, target

pytestmark = pytest.mark.engine

COSTS = Costs(10.0, 5.0, maker_bps=2.0, borrow_rate=0.05, debit_rate=0.08)
LEVERED = Options(costs=COSTS, leverage=2.0, size_at="decision")
ACTIONS = [
    Action("AAPL", date(2012, 1, 16), "split", 1.5),
    Action("FB", date(2012, 1, 17), "dividend", 0.5),
    Action("FB", date(2012, 1, 24), "delisting", float("nan")),
]
BARS = {
    "AAPL": "100 | 101 103 99 102 | 102 104 100 103 | 103 110 98 99 | 99 101 97 100 |"
    " 66 68 65 67 | 67 70 66 69 v3000 | 69 72 60 62 | 62 64 61 63 | 63 | 63 | 63 | 63",
    "FB": "40 | 40 41 39 40 | 40 42 39 41 | 41 43 40 42 | 42 44 41 43 |"
    " 43 45 42 44 | 44 46 43 45 | 45 | 45 | 45 | 44 | - | -",
    "IBM": "180 | 181 183 178 182 | 182 185 170 172 | 172 174 168 170 | - |"
    " 170 178 169 176 | 176 180 175 179 | 179 | 179 181 150 155 | 120 | 85 | 88 | 90",
}
ASKS = {
    0: [
        buy(100, "AAPL", stop_loss=0.03, take_profit=0.07),
        sell(200, "FB"),
        buy(50, "IBM", limit=175, trailing=0.04),
    ],
    1: [buy(100_000, "IBM"), buy(7, "FB", limit=39, reduce_only=True)],
    2: [sell(30, "IBM", trail=3.0), protect("FB", stop_loss=0.5)],
    3: [buy(21, "AAPL"), sell(5, "AAPL", limit=150, tif="day")],
    4: [buy(11, "AAPL", stop=120), buy(5, "FB", limit=30)],
    5: [
        target("AAPL", weight=0.4),
        buy(6, "AAPL", stop=103.5, limit=105),
        target("FB", quantity=-200),
    ],
    7: [target("IBM", weight=1.5)],
    10: [sell(3, "FB", limit=60), buy(10, "AAPL")],
}


def test_a_rich_run_reads_as_lines(golden):
    run = play(scene(BARS, actions=ACTIONS), ASKS, LEVERED, cash="100000")
    golden("rich_run", run.ledger())


def replaced_and_grouped(broker):
    low = broker.buy("IBM", quantity=10, limit=90)
    high = broker.buy("IBM", quantity=10, stop=104)
    broker.one_cancels_other(low, high)
    kept = broker.buy("IBM", quantity=5, limit=80)
    broker.replace(kept, limit=95)


def ruined_after_all(broker):
    broker.cancel_all()
    broker.target("IBM", weight=2.0)


RUIN = {0: replaced_and_grouped, 2: ruined_after_all, 4: lambda broker: broker.buy("IBM", value=1)}


def test_a_ruined_run_reads_as_lines(golden):
    bars = "100 | 100 105 96 104 | 104 105 103 104 | 104 | 40 | 41"
    run = play(bars, scripted(RUIN), LEVERED, cash="100000")
    golden("ruined_run", run.ledger())
    assert run.ruined


def test_every_kind_of_event_is_among_them():
    bars = "100 | 100 105 96 104 | 104 105 103 104 | 104 | 40 | 41"
    rich = play(scene(BARS, actions=ACTIONS), ASKS, LEVERED, cash="100000")
    ruined = play(bars, scripted(RUIN), LEVERED, cash="100000")
    assert {event.kind for run in (rich, ruined) for event in run.events} == set(KINDS)


@pytest.mark.parametrize("options", [LEVERED, dataclasses.replace(LEVERED, size_at="open")])
def test_a_rich_run_books_every_cent(options):
    run = play(scene(BARS, actions=ACTIONS), ASKS, options, cash="100000")
    assert run.cash_units[-1] == run.opening.cash + sum(event.cash for event in run.events)
