import hashlib
import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise
from multiprocessing import get_context

import pytest

import strategies
from engine import RULES_VERSION, Account, simulate
from functions.services.record import definition, planning, reading, replay
from functions.services.record.advancing import Due, advance_robot
from functions.services.record.definition import resolve
from functions.services.record.rows import SIMULATED, Decided, Ledger, points_of
from functions.store import proof
from functions.store.lines import trade_line
from functions.store.records import read_records
from tests.builders.platforms import platform_over
from tests.builders.records import (
    advance,
    advance_elsewhere,
    days,
    registered,
    slot_at,
    sma_robot,
    stored,
    tamper,
)

ROBOT = sma_robot()


@pytest.fixture
def database(sampled_database):
    """All bars are there already: no test waits for them to be collected."""
    return sampled_database


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


@pytest.mark.parametrize(
    ("strategy", "parameters", "sessions"),
    [
        ("sma_cross", {"fast": 5, "slow": 20}, 500),
        ("channel_breakout", {"channel": 10, "range_bars": 5, "trail": 1.5}, 60),
    ],
)
def test_a_robot_advanced_daily_equals_its_backtest_over_the_tape(
    platform, strategy, parameters, sessions
):
    robot = sma_robot(strategy=strategy, parameters=parameters)
    live = registered(platform, robot)[:sessions]
    registered(platform, at=-1)
    for session in live:
        assert advance(platform, session, robot.id).appended == 1

    (record,) = read_records(platform.connect(), [robot.id])
    reading.forget()
    tape = reading.tape_at(platform.archive, record.head.tape, robot.symbols)
    run = simulate(
        resolve(robot.strategy_code, robot.config()).strategy,
        tape.market,
        start=live[0].session,
        opening=Account.of_cash(robot.cash),
    )
    leaves = [json.loads(row[4]) for row in stored(platform, robot.id)["decisions"]]
    assert len(leaves) == sessions
    for row, leaf in enumerate(leaves, run.start_row):
        assert leaf["account"] == run.account_at(row).to_dict()
        assert leaf["orders"] == [order.to_dict() for order in run.orders_at(row)]

    lines = [
        line
        for line in proof.stored_lines(platform.connect(), record)
        if not line.startswith(("decision", "segment"))
    ]
    trades = Ledger(record.owner, "paper", 1, decided_in(stored(platform, robot.id))).trades(run)
    assert len(trades) > sessions / 15
    expected = [trade_line(trade) for trade in trades]
    assert lines == expected + [point.line() for point in points_of(run, 1)]
    asked = sum(len(leaf["orders"]) for leaf in leaves)
    assert run.ledger().count("  asks  ") == asked
    assert run.ledger().count("  fills  ") == len(trades)


def decided_in(rows):
    """By order id, from the leaves alone."""
    return {
        order["id"]: Decided(slot, name)
        for _, slot, _, _, leaf, name in rows["decisions"]
        for order in json.loads(leaf)["orders"]
    }


def test_the_stored_chain_is_verified_with_a_hash_function_alone(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[9], ROBOT.id)
    prev = "0" * 64
    for seq, slot, _, tape, leaf, name in stored(platform, ROBOT.id)["decisions"]:
        told = json.loads(leaf)
        assert (told["prev"], told["seq"], told["slot"], told["tape"]) == (prev, seq, slot, tape)
        assert hashlib.sha256(b"\x00" + leaf.encode()).hexdigest() == name
        prev = name


def test_skipped_days_are_one_replay_that_leaves_the_same_record(database, platform):
    daily, late = sma_robot("daily"), sma_robot("late")
    live = registered(platform, daily, late)
    registered(platform, at=-1)
    for session in live[:40]:
        advance(platform, session, daily.id)
    advance(platform, live[3], late.id)
    advance(platform, live[4], late.id)
    assert advance(platform, live[36], late.id).appended == 32
    for session in live[37:40]:
        assert advance(platform, session, late.id).appended == 1
    one, other = stored(platform, daily.id), stored(platform, late.id)
    assert [row[3] for row in one["decisions"]] == [row[3] for row in other["decisions"]]
    assert one["equity_points"] == other["equity_points"]
    assert one["performance_metrics"] == other["performance_metrics"]
    assert len(one["trades"]) == len(other["trades"]) > 0
    backfilled = platform.connect().execute(
        "SELECT count(*) FROM decisions WHERE strategy_id = %s AND backfilled", [late.id]
    )
    assert backfilled.fetchone() == (3 + 31,)
    shared = platform.connect().execute("SELECT count(*) FROM tapes").fetchone()
    assert shared == (41,)


def test_the_same_slot_again_and_an_older_one_change_nothing(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[5], ROBOT.id)
    before = stored(platform, ROBOT.id)
    for session in (live[5], live[5], live[4], live[0], days()[-501]):
        assert advance(platform, session, ROBOT.id).appended == 0
    assert stored(platform, ROBOT.id) == before


def test_two_at_once_append_once(database, aws, platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    with platform_over(database, aws) as other, ThreadPoolExecutor(2) as threads:
        for session in live[:8]:
            calls = [threads.submit(advance, one, session, ROBOT.id) for one in (platform, other)]
            assert sum(call.result().appended for call in calls) == 1
    assert len(stored(platform, ROBOT.id)["decisions"]) == 8


def test_processes_at_once_append_once(database, platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    slot = str(slot_at(live[19]))
    with ProcessPoolExecutor(3, get_context("spawn")) as processes:
        calls = [
            processes.submit(advance_elsewhere, database.jobs, slot, ROBOT.id) for _ in range(6)
        ]
        assert sorted(call.result() for call in calls) == [0, 0, 0, 0, 0, 20]
    assert advance(platform, live[20], ROBOT.id).appended == 1


def test_a_head_that_moved_meanwhile_is_left_alone(platform, monkeypatch):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    (record,) = read_records(platform.connect(), [ROBOT.id])
    advance(platform, live[2], ROBOT.id)
    before = stored(platform, ROBOT.id)
    late = advance_robot(platform.archive, record, Due(slot_at(live[3]), deadline=False))
    assert (late.appended, late.drift) == (0, None)
    assert stored(platform, ROBOT.id) == before


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE decisions SET leaf = replace(leaf, '0000', '0001') WHERE seq = 4", "data"),
        ("UPDATE decisions SET hash = repeat('1', 64) WHERE seq = 4", "data"),
        ("UPDATE decisions SET closes_at = closes_at + interval '1s' WHERE seq = 4", "data"),
        ("DELETE FROM decisions WHERE seq = 4", "data"),
        ("UPDATE trades SET price = price + 0.00000001 WHERE sequence = 1", "data"),
        ("UPDATE trades SET quantity = quantity + 1 WHERE sequence = 2", "data"),
        ("DELETE FROM trades WHERE sequence = 3", "data"),
        (
            "UPDATE trades SET market_data_snapshot = "
            "jsonb_set(market_data_snapshot, '{close}', '1') WHERE sequence = 1",
            "data",
        ),
        ("UPDATE equity_points SET equity = equity + 0.01 WHERE sequence = 7", "data"),
        ("UPDATE executions SET trade_count = trade_count - 1", "data"),
        ("UPDATE segments SET code = repeat('1', 64)", "data"),
        ("UPDATE segments SET opening = jsonb_set(opening, '{cash}', '\"99999\"')", "data"),
        ("UPDATE segments SET prev = repeat('1', 64)", "data"),
        ("UPDATE market_data SET close = close * 1.01 WHERE timestamp = '2012-01-05'", "data"),
        ("UPDATE market_data SET volume = volume + 1 WHERE timestamp = '2005-01-05'", "data"),
        ("UPDATE tapes SET bars = bars[2:] WHERE prev = repeat('0', 64)", "data"),
        ("UPDATE tapes SET sessions = '[]' WHERE prev <> repeat('0', 64)", "data"),
        ("UPDATE corporate_actions SET value = value * 2 WHERE ex_date < '2010-01-01'", "data"),
        ("DELETE FROM decisions WHERE seq = 30", "data"),
    ],
)
def test_what_was_changed_behind_our_back_is_drift_and_nothing_is_overwritten(
    database, platform, statement, kind
):
    live = registered(platform, ROBOT, at=days().index(_day("2011-12-01")))
    registered(platform, at=-1)
    advance(platform, live[29], ROBOT.id)
    tamper(database, "SET session_replication_role = replica; " + statement)
    before = stored(platform, ROBOT.id)
    outcome = advance(platform, live[30], ROBOT.id)
    assert outcome.drift.kind == kind, outcome
    assert outcome.drift.recorded != outcome.drift.replayed
    assert stored(platform, ROBOT.id) == before
    state = platform.connect().execute(
        "SELECT status, (SELECT count(*) FROM drifts) FROM executions WHERE kind = 'paper'"
    )
    assert state.fetchone() == ("drifted", 1)
    assert advance(platform, live[30], ROBOT.id).drift == outcome.drift


def _day(text):
    return next(day for day in days() if str(day.session) == text)


def test_a_record_that_comes_out_right_again_goes_on(database, platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[9], ROBOT.id)
    tamper(database, "UPDATE equity_points SET equity = equity + 1 WHERE sequence = 7")
    assert advance(platform, live[10], ROBOT.id).drift
    tamper(database, "UPDATE equity_points SET equity = equity - 1 WHERE sequence = 7")
    assert advance(platform, live[10], ROBOT.id).appended == 1
    status = platform.connect().execute("SELECT status FROM executions WHERE kind = 'paper'")
    assert status.fetchone() == ("running",)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("{parameters,fast}", "7", "parameters changed"),
        ("{options,commission_bps}", "20", "options changed"),
    ],
)
def test_what_the_author_changes_opens_a_segment_from_what_was_left(
    database, platform, path, value, reason
):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[29], ROBOT.id)
    left = stored(platform, ROBOT.id)
    tamper(database, "UPDATE strategies SET config = jsonb_set(config, %s, %s)", path, value)
    assert advance(platform, live[30], ROBOT.id).appended == 1
    assert advance(platform, live[60], ROBOT.id).appended == 30
    now = stored(platform, ROBOT.id)
    for table in ("decisions", "trades", "equity_points", "segments"):
        assert now[table][: len(left[table])] == left[table]
    _, second = now["segments"]
    leaf = json.loads(left["decisions"][-1][4])
    assert (second[0], second[1], second[-1]) == (2, 31, reason)
    assert second[7] == leaf["account"]
    assert second[3] == left["decisions"][-1][5]
    assert json.loads(now["decisions"][30][4])["prev"] == left["decisions"][-1][5]
    assert [row[1] for row in now["trades"]] == list(range(1, len(now["trades"]) + 1))
    assert all(row[-1]["decision"] for row in now["trades"])
    equity = [row[2] for row in now["equity_points"]]
    jumps = [abs(b / a - 1) for a, b in pairwise(equity)]
    assert max(jumps) < Decimal("0.2")
    assert now["performance_metrics"][-1][2] >= live[29].closes


def test_changed_code_opens_a_segment(platform, monkeypatch):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[9], ROBOT.id)
    source = definition.strategies.source
    monkeypatch.setattr(definition.strategies, "source", lambda name: source(name) + "# new\n")
    assert advance(platform, live[10], ROBOT.id).appended == 1
    found = stored(platform, ROBOT.id)["segments"]
    assert [row[-1] for row in found] == ["registered", "code changed"]
    kept = platform.connect().execute("SELECT count(*) FROM strategy_versions").fetchone()
    assert kept == (2,)


def test_a_new_engine_that_agrees_goes_on_and_one_that_does_not_opens_a_segment(
    platform, monkeypatch
):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[9], ROBOT.id)
    newer(monkeypatch, rules="newer")
    assert advance(platform, live[10], ROBOT.id).appended == 1
    assert len(stored(platform, ROBOT.id)["segments"]) == 1
    newer(monkeypatch, rules="newest", slippage_bps=6.0)
    assert advance(platform, live[11], ROBOT.id).appended == 1
    assert stored(platform, ROBOT.id)["segments"][-1][-1] == "engine changed"
    told = "SELECT kind, seq, recorded <> replayed FROM drifts"
    ((kind, seq, parted),) = platform.connect().execute(told).fetchall()
    assert (kind, parted) == ("engine", True)
    assert 1 <= seq <= 11
    status = platform.connect().execute("SELECT status FROM executions WHERE kind = 'paper'")
    assert status.fetchone() == ("running",)
    assert advance(platform, live[12], ROBOT.id).appended == 1


def test_the_same_engine_that_no_longer_agrees_is_drift(platform, monkeypatch):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[29], ROBOT.id)
    newer(monkeypatch, rules=RULES_VERSION, slippage_bps=6.0)
    assert advance(platform, live[30], ROBOT.id).drift.kind == "engine"


def newer(monkeypatch, *, rules, **costs):
    """Another engine: one that charges otherwise, under its own rules version."""

    def simulated(strategy, market, *, start, opening, options):
        changed = type(options).from_dict({**options.to_dict(), **costs})
        return simulate(strategy, market, start=start, opening=opening, options=changed)

    def resolved(code, config):
        return resolve(code, config)._replace(rules=rules)

    monkeypatch.setattr(replay, "simulate", simulated)
    monkeypatch.setattr(planning, "resolve", resolved)


def test_code_that_decides_otherwise_than_it_did_is_drift_of_its_code(platform, monkeypatch):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[29], ROBOT.id)
    found = strategies.get("sma_cross")
    honest = found.targets
    monkeypatch.setattr(found, "targets", lambda self, market: 0.5 * honest(self, market))
    assert advance(platform, live[30], ROBOT.id).drift.kind == "code"


def test_metrics_last_at_each_months_end(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    for session in live[:45]:
        advance(platform, session, ROBOT.id)
    times = {row[2] for row in stored(platform, ROBOT.id)["performance_metrics"]}
    ends = [
        one.closes
        for one, following in pairwise(live[:46])
        if one.session.month != following.session.month
    ]
    assert times == set(ends)
    latest = (
        platform.connect()
        .execute(
            "SELECT metrics_time, metrics_start, metrics_end FROM executions WHERE kind = 'paper'"
        )
        .fetchone()
    )
    assert latest == (live[44].closes, live[0].closes, live[44].closes)


def test_a_trade_tells_the_bar_it_happened_in_and_the_decision_behind_it(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[29], ROBOT.id)
    rows = stored(platform, ROBOT.id)
    by_hash = {row[5]: row for row in rows["decisions"]}
    for row in rows["trades"]:
        order, symbol, price, time, snapshot = row[2], row[3], row[6], row[10], row[-1]
        bar = platform.connect().execute(
            "SELECT open::float8, volume::float8 FROM market_data"
            " WHERE symbol = %s AND timestamp = %s",
            [symbol, snapshot["session"]],
        )
        assert (snapshot["open"], snapshot["volume"]) == bar.fetchone()
        assert float(price) == pytest.approx(snapshot["open"], rel=0.00051)
        decision = by_hash[snapshot["decision"]]
        assert decision[1] == snapshot["decided_in"]
        assert decision[2] < time
        assert order in {asked["id"] for asked in json.loads(decision[4])["orders"]}


def test_no_later_bar_is_read(platform):
    """Everything up to the sample's end is collected; the tape ends with its slot."""
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[4], ROBOT.id)
    (record,) = read_records(platform.connect(), [ROBOT.id])
    tape = reading.tape_at(platform.archive, record.head.tape, ROBOT.symbols)
    assert tape.market.sessions[-1].item() == live[4].session
    assert all(action.ex_date <= live[4].session for action in tape.actions)
    assert SIMULATED not in {row[11] for row in stored(platform, ROBOT.id)["trades"]}
