"""What was changed behind the platform's back is noticed, and nothing is written."""

import pytest

from engine.errors import DataError, ParameterError
from functions import trackers
from functions.services.record import definition, reading
from functions.store.parting import parting
from tests.builders.platforms import platform_over
from tests.builders.proved import platform_without_cloud
from tests.builders.records import (
    LIVE,
    advance,
    days,
    registered,
    slot_at,
    sma_robot,
    stored,
    tamper,
)

ROBOT = sma_robot()
REPLICA = "SET session_replication_role = replica; "
FIRST = """(id, strategy_id, execution_id, user_id, visibility, sequence, {columns})
    SELECT gen_random_uuid(), strategy_id, execution_id, user_id, visibility, {at}, {columns}"""
TRADE = FIRST.replace("{columns}", "symbol, side, quantity, price, execution_time, trade_type")
POINT = FIRST.replace("{columns}", "time, equity, cash")
CHANGED_ROWS = [
    f"INSERT INTO trades {TRADE.format(at=0)} FROM trades WHERE sequence = 1",
    f"INSERT INTO trades {TRADE.format(at=100000)} FROM trades WHERE sequence = 1",
    f"INSERT INTO equity_points {POINT.format(at=0)} FROM equity_points WHERE sequence = 1",
    f"INSERT INTO equity_points {POINT.format(at=100000)} FROM equity_points WHERE sequence = 1",
    "UPDATE trades SET visibility = 'private' WHERE sequence = 2",
    "UPDATE trades SET strategy_id = gen_random_uuid() WHERE sequence = 2",
    "UPDATE trades SET user_id = gen_random_uuid() WHERE sequence = 2",
    "UPDATE trades SET execution_time = execution_time + interval '0.2s' WHERE sequence = 2",
    "UPDATE trades SET market_data_snapshot = market_data_snapshot || '{\"more\": 1}'",
    "UPDATE trades SET market_data_snapshot = market_data_snapshot - 'volume'",
    "UPDATE decisions SET visibility = 'private' WHERE seq = 3",
    "UPDATE decisions SET backfilled = NOT backfilled WHERE seq = 3",
    "UPDATE equity_points SET equity = equity + 1 WHERE sequence = 7",
    "DELETE FROM trades WHERE sequence = 3",
]
CHANGED_TERMS = [
    "UPDATE segments SET reason = 'engine changed'",
    "UPDATE segments SET visibility = 'private'",
    "UPDATE segments SET first_trade = 2",
    "UPDATE segments SET closing = repeat('1', 64)",
    "UPDATE strategies SET registered_at = registered_at - interval '1 year'",
    "UPDATE strategies SET config = jsonb_set(config, '{cash}', '\"1.00000000\"')",
]


@pytest.fixture(scope="module")
def beginning(postgres, sampled):
    """A database to copy: all bars, and the robot as it is registered before its first slot."""
    with postgres.copy(sampled) as made:
        with platform_without_cloud(made.jobs) as platform:
            registered(platform, ROBOT)
        yield made.name


@pytest.fixture
def database(postgres, beginning):
    with postgres.copy(beginning) as made:
        yield made


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


@pytest.fixture
def live(platform):
    """A record of thirty slots, and the sessions since it began."""
    sessions = days()[-LIVE:]
    advance(platform, sessions[29], ROBOT.id)
    return sessions


def refused(platform, session):
    before = stored(platform, ROBOT.id)
    outcome = advance(platform, session, ROBOT.id)
    assert stored(platform, ROBOT.id) == before
    assert outcome.drift is not None
    assert outcome.drift.recorded != outcome.drift.replayed
    return outcome.drift.kind


@pytest.mark.parametrize("statement", CHANGED_ROWS + CHANGED_TERMS)
def test_added_hidden_and_moved_rows_are_drift(database, platform, live, statement):
    tamper(database, REPLICA + statement)
    assert refused(platform, live[30]) == "data"


def trade_of(database, sequence):
    with database.connect("superuser") as connection:
        told = "SELECT symbol, side, execution_time::date FROM trades WHERE sequence = %s"
        symbol, side, day = connection.execute(
            f"{told} AND trade_type = 'paper'", [sequence]
        ).fetchone()
    return f"trade {sequence} ({symbol} {side} {day})", day


@pytest.mark.parametrize(
    ("statement", "how", "fields"),
    [
        ("UPDATE trades SET price = price + 0.01 WHERE sequence = 2", "was changed", ["price"]),
        (
            "UPDATE trades SET market_data_snapshot = market_data_snapshot - 'volume' "
            "WHERE sequence = 2",
            "was changed",
            ["market_data_snapshot.volume"],
        ),
        ("UPDATE trades SET visibility = 'private' WHERE sequence = 2", "was changed", ["owner"]),
        ("DELETE FROM trades WHERE sequence = 2", "is missing", []),
    ],
)
def test_a_changed_row_is_named_where_it_stands(database, platform, live, statement, how, fields):
    row, day = trade_of(database, 2)
    tamper(database, REPLICA + statement + " AND trade_type = 'paper'")
    drift = advance(platform, live[30], ROBOT.id).drift
    seq = [session.session for session in live].index(day) + 1
    assert (drift.seq, drift.slot) == (seq, str(slot_at(live[seq - 1])))
    assert drift.words == f"data: {row} {how}"
    changes = parting(drift.kind, drift.recorded, drift.replayed).changes
    assert [change.field for change in changes] == fields


@pytest.mark.parametrize(
    ("statement", "seq", "words"),
    [
        (
            "UPDATE equity_points SET cash = cash + 1 WHERE sequence = 7",
            7,
            "equity point 7 ({day}) was changed",
        ),
        ("UPDATE decisions SET tape = repeat('1', 64) WHERE seq = 9", 9, "{decision} was changed"),
        (
            f"INSERT INTO equity_points {POINT.format(at=0)} FROM equity_points WHERE sequence = 1",
            1,
            "equity point 0 ({day}) was added",
        ),
        (
            f"INSERT INTO equity_points {POINT.format(at=999)} FROM equity_points "
            "WHERE sequence = 1",
            30,
            "equity point 999 ({first}) was added",
        ),
        (
            "UPDATE segments SET opening = jsonb_set(opening, '{cash}', '\"9\"')",
            1,
            "segment 1 does not open with what was left",
        ),
    ],
)
def test_any_row_is_named_at_its_own_slot(database, platform, live, statement, seq, words):
    tamper(database, REPLICA + statement)
    drift = advance(platform, live[30], ROBOT.id).drift
    slot, session = str(slot_at(live[seq - 1])), live[seq - 1].session
    assert (drift.seq, drift.slot) == (seq, slot)
    told = {"day": session, "first": live[0].session, "decision": f"decision {seq} ({slot})"}
    assert drift.words == f"data: {words.format(**told)}"


def test_of_one_slot_each_drift_is_kept_once(database, platform, live):
    change = "UPDATE equity_points SET cash = cash {} 1 WHERE sequence = 7"
    tamper(database, REPLICA + change.format("+"))
    for at in (30, 31):  # found twice, as nobody mends it
        assert advance(platform, live[at], ROBOT.id).drift
    tamper(database, REPLICA + change.format("-"))
    assert advance(platform, live[32], ROBOT.id).appended == 3
    tamper(database, REPLICA + change.format("-"))
    assert advance(platform, live[33], ROBOT.id).drift
    kept = platform.connect().execute("SELECT seq, slot FROM drifts ORDER BY created_at")
    assert kept.fetchall() == [(7, str(slot_at(live[6])))] * 2


def test_a_bar_is_named_at_the_slot_that_read_it(database, platform, live):
    price = "UPDATE market_data SET close = close * 1.01 WHERE timestamp = %s AND symbol = 'IBM'"
    tamper(database, price, live[11].session)
    drift = advance(platform, live[30], ROBOT.id).drift
    assert (drift.seq, drift.slot) == (12, str(slot_at(live[11])))
    assert f"the bar of IBM {live[11].session}" in drift.words


def newer_rules(monkeypatch):
    resolved = definition.resolve
    for module in ("planning", "definition"):
        monkeypatch.setattr(
            f"functions.services.record.{module}.resolve",
            lambda code, config: resolved(code, config)._replace(rules="newer"),
        )


def newer_code(monkeypatch):
    source = definition.strategies.source
    monkeypatch.setattr(definition.strategies, "source", lambda name: source(name) + "# new\n")


@pytest.mark.parametrize("change", [newer_rules, newer_code, None])
@pytest.mark.parametrize(
    "statement",
    [
        *CHANGED_ROWS[:1],
        *CHANGED_ROWS[-3:],
        "UPDATE segments SET opening = jsonb_set(opening, '{cash}', '\"99999\"')",
        "UPDATE decisions SET leaf = replace(leaf, '0000', '0001') WHERE seq = 4",
    ],
)
def test_a_change_of_engine_code_or_parameters_hides_no_changed_row(
    database, platform, live, monkeypatch, statement, change
):
    tamper(database, REPLICA + statement)
    if change:
        change(monkeypatch)
    else:
        tamper(
            database, "UPDATE strategies SET config = jsonb_set(config, '{parameters,fast}', '7')"
        )
    assert refused(platform, live[30]) == "data"
    assert len(stored(platform, ROBOT.id)["segments"]) == 1


REHASHED = r"""UPDATE decisions SET leaf = replace(leaf, '"v":1', '"v":2'), hash = encode(sha256(
    '\x00'::bytea || convert_to(replace(leaf, '"v":1', '"v":2'), 'UTF8')), 'hex') WHERE seq = 30"""


@pytest.mark.parametrize(
    "statement",
    [
        *CHANGED_ROWS,
        "UPDATE decisions SET leaf = replace(leaf, '0000', '0001') WHERE seq = 4",
        "UPDATE decisions SET leaf = '{' WHERE seq = 30",
        "UPDATE decisions SET leaf = '{' WHERE seq = 29",
        REHASHED,
        "UPDATE segments SET opening = '{}' WHERE number = 1",
        "UPDATE segments SET reason = 'code changed' WHERE number = 1",
        "UPDATE segments SET reason = 'engine changed' WHERE number = 2",
        "UPDATE segments SET closing = NULL WHERE number = 2",
        "UPDATE segments SET first_trade = first_trade - 1 WHERE number = 2",
        "UPDATE segments SET opening = jsonb_set(opening, '{cash}', '\"9\"') WHERE number = 2",
    ],
)
def test_closed_segments_are_looked_at_too(database, platform, live, statement):
    tamper(database, "UPDATE strategies SET config = jsonb_set(config, '{parameters,fast}', '7')")
    assert advance(platform, live[30], ROBOT.id).appended == 1
    assert advance(platform, live[50], ROBOT.id).appended == 20
    tamper(database, REPLICA + statement)
    assert refused(platform, live[51]) == "data"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE market_data SET close = close * 1.01 WHERE timestamp = %s",
        "DELETE FROM market_data WHERE timestamp = %s AND symbol = 'IBM'",
        "UPDATE tapes SET sessions = '[]' WHERE closes_at::date = %s",
        "UPDATE tapes SET bars = bars[2:] WHERE closes_at::date = %s",
    ],
)
@pytest.mark.parametrize("at", [-1, 29])
def test_a_warm_process_notices_that_its_tape_was_changed(database, platform, live, statement, at):
    advance(platform, live[30], ROBOT.id)
    day = live[at].session if at >= 0 else days()[-501].session
    tamper(database, statement, day)
    assert refused(platform, live[31]) == "data"


def test_a_bar_changed_between_its_slot_and_the_next_is_noticed(database, platform, live):
    tamper(
        database,
        "UPDATE market_data SET close = close * 1.01 WHERE timestamp = %s",
        live[29].session,
    )
    assert refused(platform, live[30]) == "data"


def test_a_caught_up_slot_is_backfilled_though_the_newest_waits(database, platform, live):
    tamper(
        database,
        "DELETE FROM market_data WHERE symbol = 'IBM' AND timestamp = %s",
        live[33].session,
    )
    outcome = advance(platform, live[33], ROBOT.id)
    assert (outcome.appended, bool(outcome.waiting)) == (3, True)
    marked = platform.connect().execute("SELECT seq FROM decisions WHERE NOT backfilled")
    assert [row[0] for row in marked] == [30]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("{symbols}", '["AAPL", "IBM"]'),
        ("{symbols}", '["AAPL", "IBM", "MSFT", "GOOG"]'),
        ("{calendar}", '"XLON"'),
        ("{bar}", '"1h"'),
    ],
)
def test_other_bars_are_another_robot(database, platform, live, path, value):
    tamper(database, "UPDATE strategies SET config = jsonb_set(config, %s, %s)", path, value)
    before = stored(platform, ROBOT.id)
    name = path.strip("{}")
    with pytest.raises(ParameterError, match=f"{name} of robot 'sma-cross' cannot change"):
        advance(platform, live[30], ROBOT.id)
    assert stored(platform, ROBOT.id) == before
    status = platform.connect().execute("SELECT status FROM executions WHERE kind = 'paper'")
    assert status.fetchone() == ("running",)


def test_a_built_in_tracker_that_does_not_load_stops_the_record(platform, live, monkeypatch):
    monkeypatch.setitem(trackers._plugins._failed, "paper", "ImportError: no engine")
    monkeypatch.delitem(trackers._plugins._loaded, "paper")
    before = stored(platform, ROBOT.id)
    with pytest.raises(ParameterError, match="'paper' does not load: ImportError: no engine"):
        advance(platform, live[60], ROBOT.id)
    assert stored(platform, ROBOT.id) == before


def test_trades_that_no_tracker_stored_undo_the_slot(platform, live, monkeypatch):
    monkeypatch.setattr(trackers.get("paper"), "track_trade", lambda self, trade: None)
    before = stored(platform, ROBOT.id)
    with pytest.raises(DataError, match="robot 'sma-cross' must have"):
        advance(platform, live[60], ROBOT.id)
    assert stored(platform, ROBOT.id) == before
