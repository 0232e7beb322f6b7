"""What every tracker promises, whoever wrote it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.metadata import EntryPoint
from uuid import UUID, uuid4

import numpy as np
import pytest

from engine import Fill
from engine.errors import DataError, ParameterError
from functions import trackers
from functions.services.record import delivering, reading
from functions.services.record.work import Work
from functions.store.performance import Performance
from functions.store.records import Owner
from functions.trackers import Trade
from tests.builders.platforms import platform_over
from tests.builders.records import advance, registered, sma_robot

OWNER = Owner(uuid4(), uuid4(), None, "public")
START = datetime(2013, 1, 2, 21, tzinfo=UTC)


# What is read back are equity, trades and splits.
OF_BARS = {"average_mae", "worst_mae", "average_mfe"}


class Memory:
    """A tracker's store without a database."""

    def __init__(self, *due):
        self.due = due
        self.kept = {}
        self.metrics = []

    def performances(self):
        return self.due

    def performance(self, strategy_id, trade_type=None):
        return performance()

    def trades(self, strategy_id, trade_type=None):
        types = {trade_type} if trade_type else {"paper", "simulated"}
        mine = (trade for trade in self.kept.values() if trade.strategy_id == strategy_id)
        return [trade for trade in mine if trade.trade_type in types]

    def add_trades(self, trades):
        self.kept |= {trade.id: trade for trade in trades}

    def add_metrics(self, metrics, *, lasting):
        self.metrics.append((metrics, lasting))


def performance(*, lasting=False):
    closes = np.array([int((START + timedelta(days=day)).timestamp()) for day in range(3)])
    fill = Fill(1, START.date(), int(closes[0]) + 1, "IBM", "buy", 10**8, 181.1, 0, 0, None, "1")
    return Performance(
        owner=OWNER,
        start_equity=100.0,
        since=START,
        closes=closes,
        sessions=closes.astype("datetime64[s]").astype("datetime64[D]"),
        equity=np.array([100.0, 110.0, 121.0]),
        cash=np.zeros(3),
        benchmark=None,
        fills=(fill,),
        splits=(),
        periods_per_year=252.0,
        calculation_time=START,
        lasting=lasting,
    )


def trade(sequence, kind):
    return Trade(
        UUID(int=sequence),
        *OWNER,
        sequence=sequence,
        order_id="1",
        symbol="IBM",
        side="buy",
        quantity=Decimal(1),
        price=Decimal("181.1"),
        commission=Decimal(0),
        slippage=Decimal(0),
        pnl=None,
        execution_time=START,
        trade_type=kind,
        market_data_snapshot=None,
    )


def finish(tracker):
    if isinstance(tracker, trackers.BuiltIn):
        tracker.finish()


def test_the_four_of_the_contract_are_there_and_all_load():
    assert set(trackers.names()) >= {"simulated", "paper", "metrics", "history"}
    assert trackers.failures() == {}
    assert all(isinstance(one, trackers.BuiltIn) for one in trackers.open_built_in(Memory()))


def test_a_built_in_tracker_that_does_not_load_is_not_left_out(monkeypatch):
    monkeypatch.delitem(trackers._plugins._loaded, "paper")
    monkeypatch.setitem(trackers._plugins._failed, "paper", "ImportError: no engine")
    with pytest.raises(ParameterError, match="'paper' does not load: ImportError: no engine"):
        trackers.open_built_in(Memory())


def test_a_strangers_tracker_that_does_not_load_is_named_and_stops_nothing(monkeypatch):
    stranger = EntryPoint("stranger", "no.such.module", "tradingrobotplug.trackers")
    monkeypatch.setitem(trackers._plugins._sources, "stranger", stranger)
    monkeypatch.setattr(trackers._plugins, "_failed", {})
    assert "ModuleNotFoundError" in trackers.failures()["stranger"]
    assert "stranger" not in trackers.others()
    assert len(trackers.open_built_in(Memory())) == 4


@pytest.mark.parametrize("name", trackers.names())
def test_a_tracker_has_the_contracts_three_methods(name):
    assert isinstance(trackers.get(name)(Memory()), trackers.Tracker)


@pytest.mark.parametrize("name", trackers.names())
def test_a_tracker_measures_the_robot_it_is_asked_about(name):
    metrics = trackers.get(name)(Memory()).calculate_metrics(OWNER.strategy_id)
    assert metrics.strategy_id == OWNER.strategy_id
    assert metrics.period_start <= metrics.period_end
    assert metrics.values["total_return"].value == pytest.approx(0.21)


@pytest.mark.parametrize("kind", ["paper", "simulated"])
@pytest.mark.parametrize("name", trackers.names())
def test_the_history_is_in_order_with_each_trade_once_however_often_it_was_told(name, kind):
    store = Memory()
    told = [trade(number, kind) for number in (1, 2, 3)]
    together = [trackers.get(name)(store), *trackers.open_built_in(store)]
    for tracker in together:
        for one in [*told, *told]:
            tracker.track_trade(one)
    history = together[0].get_trade_history(OWNER.strategy_id)
    assert [one.id for one in history] == [one.id for one in told[: len(history)]]
    for tracker in together:
        finish(tracker)
    kept = together[0].get_trade_history(OWNER.strategy_id)
    assert [one.id for one in kept] == [one.id for one in told[: len(kept)]]
    assert together[0].get_trade_history(uuid4()) == []
    assert len(store.kept) == 3


@pytest.mark.parametrize(("name", "kind"), [("paper", "paper"), ("simulated", "simulated")])
def test_each_recorder_stores_its_own_type_alone(name, kind):
    store = Memory()
    tracker = trackers.get(name)(store)
    for number, type_ in enumerate(("paper", "simulated", "paper"), 1):
        tracker.track_trade(trade(number, type_))
    tracker.finish()
    assert {one.trade_type for one in store.kept.values()} == {kind}


@pytest.mark.parametrize("lasting", [True, False])
def test_the_metrics_of_a_unit_of_work_are_written_at_its_end(lasting):
    store = Memory(performance(), performance(lasting=lasting))
    tracker = trackers.get("metrics")(store)
    assert store.metrics == []
    tracker.finish()
    assert [kept for _, kept in store.metrics] == [False, lasting]


@pytest.fixture
def platform(sampled_database, aws):
    reading.forget()
    with platform_over(sampled_database, aws) as platform:
        yield platform


@pytest.mark.parametrize("name", trackers.names())
def test_on_the_real_store_a_tracker_reads_the_record_back(platform, name):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    with pytest.raises(DataError, match="has no session yet"):
        trackers.get("paper")(Work(platform.connect())).calculate_metrics(robot.id)
    advance(platform, live[29], robot.id)
    tracker = trackers.get(name)(Work(platform.connect()))
    if name == "simulated":
        assert tracker.get_trade_history(robot.id) == []
        return
    latest = (
        platform.connect()
        .execute("SELECT latest_metrics, trade_count FROM executions WHERE kind = 'paper'")
        .fetchone()
    )
    found = tracker.calculate_metrics(robot.id)
    for metric, estimate in found.values.items():
        if metric in OF_BARS:
            assert estimate.reason == "the bars of the round trips are not known"
            assert latest[0][metric]["value"] is not None
        else:
            assert estimate.value == pytest.approx(latest[0][metric].get("value")), metric
    history = tracker.get_trade_history(robot.id)
    assert [one.sequence for one in history] == list(range(1, latest[1] + 1))


class Foreign:
    """A tracker that another distribution brings."""

    seen: list[UUID] = []  # noqa: RUF012
    fails = False

    def __init__(self, store):
        self.store = store

    def track_trade(self, trade):
        if self.fails:
            raise ValueError("no room")
        self.seen.append(trade.id)

    def calculate_metrics(self, strategy_id):
        raise NotImplementedError

    def get_trade_history(self, strategy_id):
        return []


def test_another_tracker_is_told_after_the_commit_and_one_that_raises_stops_nothing(
    platform, monkeypatch
):
    monkeypatch.setattr(trackers, "others", lambda: ["foreign"])
    honest = trackers.get
    monkeypatch.setattr(
        trackers, "get", lambda name: Foreign if name == "foreign" else honest(name)
    )
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    Foreign.fails, Foreign.seen = True, []
    outcome = advance(platform, live[29], robot.id)
    trades = honest("paper")(Work(platform.connect())).get_trade_history(robot.id)
    found = delivering.deliver(platform, outcome.outbox)
    assert found.failed == len(trades) > 0
    error = platform.connect().execute("SELECT max(last_error) FROM outbox").fetchone()[0]
    assert "foreign" in error
    assert "ValueError: no room" in error
    Foreign.fails = False
    assert delivering.sweep(platform).failed == 0
    assert sorted(Foreign.seen) == sorted(one.id for one in trades)


def test_a_stored_curve_measures_as_the_run_did():
    one = replace(performance(), benchmark=np.array([100.0, 100.0, 100.0]))
    metrics = trackers.get("metrics")(Memory(one)).calculate_metrics(OWNER.strategy_id)
    assert metrics.values["total_return"].value == pytest.approx(0.21)
