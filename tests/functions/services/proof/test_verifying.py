"""A record is proved, or what of it was changed is named."""

import re
from dataclasses import replace

import pytest

from engine import RULES_VERSION, Options
from engine.errors import ParameterError
from functions.services.proof import rerunning
from functions.services.proof.verifying import verify
from functions.services.record import definition, planning, reading, replay
from functions.store import proof
from functions.store.archive import PostgresArchive
from functions.store.publication import snapshot
from tests.builders.proved import HISTORY, ROBOT, platform_without_cloud, two_segments
from tests.builders.records import (
    advance,
    collect_until,
    registered,
    slot_at,
    sma_robot,
    tamper,
)


@pytest.fixture(scope="module")
def sessions(module_database):
    with platform_without_cloud(module_database.jobs) as platform:
        yield two_segments(platform, module_database)


@pytest.fixture
def superuser(module_database, sessions):
    """Everything a test changes is undone when it ends."""
    with module_database.connect("superuser") as connection:
        connection.execute("SET session_replication_role = replica; SET timezone = 'UTC'")
        yield connection
        connection.rollback()


def verified(connection, known=None, stages=None):
    reading.forget()
    told = [] if stages is None else stages
    return verify(connection, "sma-cross", known, lambda *stage: told.append(stage))


def counts(found):
    return [(one.slots, one.replayed, one.equal) for one in found.segments]


def test_a_record_is_proved_whole_as_its_jobs_may_read_it(module_database, sessions):
    with platform_without_cloud(module_database.jobs) as platform:
        stages = []
        with snapshot(platform.connect()) as database:
            found = verified(database, stages=stages)
    assert found.damages == []
    assert (found.proved, found.slots, found.entries) == (True, 30, 31)
    assert counts(found) == [(20, 20, 20), (10, 10, 10)]
    assert [one.reason for one in found.segments] == ["registered", "parameters changed"]
    assert found.segments[1].first == str(slot_at(sessions[20]))
    assert (found.trades > 0, found.metrics > 30) == (True, True)
    assert stages[0] == ("chains", 0, 1)
    assert stages[-1] == ("segments", 2, 2)


def test_by_id_it_is_the_same_record(superuser):
    by_id = verify(superuser, str(ROBOT.id), None, lambda *_stage: None)
    assert by_id == verified(superuser)


@pytest.mark.parametrize("name", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_there_is_no_record_of_a_robot_that_is_not_there(superuser, name):
    with pytest.raises(ParameterError, match=f"no record of a robot '{name}'"):
        verify(superuser, name, None, lambda *_stage: None)


def test_a_hash_that_was_written_down_is_found_at_its_slot(superuser, sessions):
    query = "SELECT hash FROM decisions WHERE seq = 17"
    (known,) = superuser.execute(query).fetchone()
    found = verified(superuser, known)
    assert (found.known, found.proved) == (str(slot_at(sessions[16])), True)
    assert verified(superuser, known[:12].upper()).known == found.known
    lost = verified(superuser, "0" * 64)
    assert (lost.known, lost.proved, lost.damages) == ("", False, [])


@pytest.mark.parametrize("known", ["", "abc", "f" * 11, "f" * 65, "g" * 64])
def test_what_is_no_hash_is_refused(superuser, known):
    with pytest.raises(ParameterError, match="64 hex digits"):
        verified(superuser, known)


def test_a_hash_too_short_to_tell_two_decisions_apart_is_refused(superuser):
    superuser.execute("UPDATE decisions SET hash = repeat('a', 62) || seq WHERE seq > 20")
    with pytest.raises(ParameterError, match=r"10 decisions begin with a{12}; give more"):
        verified(superuser, "a" * 12)


def test_digests_of_the_first_form_are_as_good(superuser):
    archive = PostgresArchive(lambda: superuser)
    (record,) = archive.records([ROBOT.id])
    closing = proof.earlier_digest_of(archive.lines(record, closed=True))
    digest = proof.earlier_digest_of(archive.lines(record))
    superuser.execute("UPDATE segments SET closing = %s WHERE number = 2", [closing])
    superuser.execute("UPDATE decisions SET digest = %s WHERE seq = 30", [digest])
    assert verified(superuser).proved
    superuser.execute("UPDATE decisions SET digest = NULL WHERE seq = 30")
    assert "digest is" in verified(superuser).damages[0]


def test_a_robot_without_a_slot_has_nothing_to_prove_yet(superuser):
    for table in ("decisions", "trades", "equity_points"):
        superuser.execute(f"DELETE FROM {table}")
    superuser.execute("DELETE FROM segments WHERE number = 2")
    superuser.execute("DELETE FROM performance_metrics")
    superuser.execute(
        "UPDATE executions SET decision_count = 0, trade_count = 0, status = 'queued',"
        " period_start = NULL, period_end = NULL, latest_metrics = NULL"
    )
    found = verified(superuser)
    assert (found.damages, found.slots, found.entries) == ([], 0, 1)
    assert found.segments[0].told == "it has no slot yet"


DAMAGE = {
    "UPDATE market_data SET close = close + 1 WHERE symbol = 'IBM' AND timestamp = '{day}'": (
        r"tape entry of slot XNYS/1d/{day}T..:00:00Z: changed: the bar of IBM {day} "
    ),
    "UPDATE tapes SET closes_at = closes_at + interval '1s' WHERE closes_at::date = '{day}'": (
        r"tape entry of slot .*: closes_at is {day}T..:00:01Z, its slot closes at {day}"
    ),
    "UPDATE trades SET quantity = quantity + 1 WHERE sequence = 2": (
        r"trade 2 \(.* buy .*\): quantity is \d+\.00000000, the replay gives \d+\.00000000"
    ),
    "UPDATE decisions SET hash = repeat('a', 64) WHERE seq = 17": (
        r"decision 17 \(XNYS/1d/{day}T..:00:00Z\): hash was changed, its leaf has [0-9a-f]+"
    ),
    'UPDATE decisions SET leaf = replace(leaf, \'"cash":"\', \'"cash":"9\') WHERE seq = 17': (
        r"decision 17 \(.*\): leaf\.account\.cash is 9[0-9.]+, the replay gives [0-9.]+"
    ),
    "UPDATE decisions SET backfilled = true WHERE seq = 17": (
        r"decision 17 \(.*\): backfilled is True, it was written as live"
    ),
    "UPDATE equity_points SET equity = equity - 1 WHERE sequence = 30": (
        r"equity point 30 \(.*\): equity is [0-9.]+, the replay gives [0-9.]+"
    ),
    "UPDATE segments SET options = options || '{{\"lot_size\": 2}}' WHERE number = 1": (
        r"segment 1: options.lot_size is 2, its leaves say 1(\.0)?$"
    ),
    "UPDATE executions SET trade_count = trade_count + 1 WHERE kind = 'paper'": (
        r"there are \d+ trades, the execution says \d+"
    ),
    'UPDATE strategies SET config = config || \'{{"benchmark": "x"}}\'': (
        r"robot sma-cross: benchmark is x, it was registered with None"
    ),
    "UPDATE performance_metrics SET metric_value = metric_value + 0.001 "
    "WHERE metric_name = 'total_return'": (
        r"metric total_return of 2001-..-..: metric_value is .*, measured anew it is .*"
    ),
    "UPDATE executions SET latest_metrics = jsonb_set(latest_metrics, '{{total_return,value}}', "
    "'0.5') WHERE kind = 'paper'": (
        r"latest metric total_return: value is 0\.5, measured anew it is .*"
    ),
    "UPDATE executions SET metrics_end = metrics_end - interval '1 day' WHERE kind = 'paper'": (
        r"latest metric total_return: period_end is .*, measured anew it is .*"
    ),
    "UPDATE executions SET latest_metrics = jsonb_set(latest_metrics, '{{trade_count,low}}', '1')"
    " WHERE kind = 'paper'": (r"latest metric trade_count: low is 1, measured anew it is None"),
    "UPDATE executions SET latest_metrics = '{{\"sharpe_ratio\": 5}}' WHERE kind = 'paper'": (
        r"latest metric sharpe_ratio: is 5, no measurement"
    ),
    "UPDATE executions SET latest_metrics = '{{}}' WHERE kind = 'paper'": (
        r"the latest metrics are missing"
    ),
    "UPDATE executions SET latest_metrics = '[5]' WHERE kind = 'paper'": (
        r"the latest metrics are missing"
    ),
    "UPDATE executions SET latest_metrics = latest_metrics - 'sharpe_ratio' WHERE kind = 'paper'": (
        r"latest metric sharpe_ratio is missing"
    ),
    "DELETE FROM performance_metrics WHERE metric_name = 'volatility' AND calculation_time ="
    " (SELECT max(calculation_time) FROM performance_metrics)": (
        r"metric volatility of 2001-..-.. is missing"
    ),
    "UPDATE performance_metrics SET calculation_time = calculation_time + interval '1 day'"
    " WHERE metric_name = 'total_return'": (
        r"the metrics of 2001-..-.. were added; nothing is kept of that moment"
    ),
    "UPDATE executions SET visibility = 'private' WHERE kind = 'paper'": (
        r"execution: visibility is private, its robot has public"
    ),
    "UPDATE executions SET status = 'failed' WHERE kind = 'paper'": (
        r"execution: status is failed, a record goes on"
    ),
    "UPDATE executions SET period_end = '2030-01-01' WHERE kind = 'paper'": (
        r"execution: period_end is 2030-01-01T00:00:00Z, its decisions say 2001-"
    ),
    "UPDATE tapes SET sessions = '[[\"{day}\"]]' WHERE closes_at::date = '{day}'": (
        r"tape entry of slot XNYS/1d/{day}T..:00:00Z: its sessions, or which bars it read, were"
    ),
    "UPDATE executions SET period_start = period_start - interval '1 day' WHERE kind = 'paper'": (
        r"execution: period_start is 2001-.*, its decisions say 2001-"
    ),
    "UPDATE strategy_versions SET source = source || ' '": (
        r"version [0-9a-f]{12}: the source kept of its code [0-9a-f]{12} was changed"
    ),
    "UPDATE strategy_versions SET parameters = parameters || '{{\"fast\": 9}}'": (
        r"version [0-9a-f]{12}: its code or parameters were changed"
    ),
    "UPDATE strategy_versions SET parameters = '{{\"fast\": 1e30}}'": (
        r"version [0-9a-f]{12}: its code or parameters were changed"
    ),
    "UPDATE decisions SET digest = NULL, backfilled = true WHERE seq = 17": (
        r"decision 17 \(.*\): digest is gone, an advance ended here"
    ),
    "UPDATE decisions SET digest = NULL, backfilled = true WHERE seq = 30": (
        r"decision 30 \(.*\): digest is gone, an advance ended here"
    ),
}


@pytest.mark.parametrize("statement", DAMAGE)
def test_damage_has_a_name(superuser, sessions, statement):
    day = str(sessions[16].session)
    superuser.execute(statement.format(day=day))
    found = verified(superuser)
    pattern = DAMAGE[statement].replace("{day}", day)
    assert [each for each in found.damages if re.match(pattern, each)], found.damages[:3]


@pytest.mark.parametrize("seq", [11, 14])
def test_a_late_advance_without_its_digest_is_named(database, seq):
    with platform_without_cloud(database.jobs) as platform:
        sessions = registered(platform, ROBOT, at=HISTORY)
        collect_until(platform, sessions[10])
        assert advance(platform, sessions[11], ROBOT.id).appended == 11
        collect_until(platform, sessions[13])
        assert advance(platform, sessions[14], ROBOT.id).appended == 3
        tamper(database, "UPDATE decisions SET digest = NULL WHERE seq = %s", seq)
        (damage,) = verified(platform.connect()).damages
    assert re.match(rf"decision {seq} .*: digest is gone, an advance ended here", damage)


CHANGES = ["config = jsonb_set(config, '{parameters,fast}', '7')", "visibility = 'private'"]


def test_what_a_benchmark_became_since_is_no_damage(database):
    other = sma_robot(
        "slower", parameters={"fast": 3, "slow": 30}, backtest_from=ROBOT.backtest_from
    )
    robot = replace(ROBOT, benchmark=other.slug)
    with platform_without_cloud(database.jobs) as platform:
        sessions = registered(platform, other, robot, at=HISTORY)
        collect_until(platform, sessions[20])
        for at in range(20):
            advance(platform, sessions[at], robot.id)
        found = verified(platform.connect())
        assert (found.damages, found.compared > 0, found.metrics > 30) == ([], True, True)
        for change in CHANGES:
            tamper(database, f"UPDATE strategies SET {change} WHERE slug = 'slower'")
            assert verified(platform.connect()) == found
        tamper(
            database,
            "UPDATE performance_metrics SET metric_value = 9 WHERE metric_name = 'total_return'",
        )
        assert "metric total_return of 2001-" in verified(platform.connect()).damages[0]


def test_a_broken_timeline_is_a_drift_in_an_advance(database):
    with platform_without_cloud(database.jobs) as platform:
        sessions = registered(platform, ROBOT, at=HISTORY)
        collect_until(platform, sessions[2])
        advance(platform, sessions[0], ROBOT.id)
        advance(platform, sessions[1], ROBOT.id)
        tamper(
            database,
            "UPDATE tapes SET sessions = '[[\"2001-05-10\"]]' WHERE closes_at = %s",
            sessions[1].closes,
        )
        reading.forget()
        drift = advance(platform, sessions[2], ROBOT.id).drift
    assert drift.kind == "data"


@pytest.fixture
def newer_code(monkeypatch):
    source = definition.strategies.source
    monkeypatch.setattr(definition.strategies, "source", lambda name: source(name) + "# new\n")


@pytest.mark.usefixtures("newer_code")
def test_a_segment_whose_code_has_changed_since_is_replayed_from_its_stored_source(superuser):
    found = verified(superuser)
    assert (found.proved, counts(found)) == (True, [(20, 20, 20), (10, 10, 10)])


@pytest.mark.usefixtures("newer_code")
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "DELETE FROM strategy_versions",
            r"its code [0-9a-f]{12} is not here, and no version keeps its source",
        ),
    ],
)
def test_a_segment_that_cannot_be_replayed_says_why_and_its_chains_are_still_followed(
    superuser, statement, told
):
    superuser.execute(statement)
    found = verified(superuser)
    assert (found.proved, counts(found)) == (True, [(20, 0, 0), (10, 0, 0)])
    assert all(re.fullmatch(told, segment.told) for segment in found.segments)
    superuser.execute("UPDATE trades SET price = price + 1 WHERE sequence = 2")
    (damage,) = verified(superuser).damages
    assert re.match(r"decision \d+ .*: digest is not that of the rows", damage)


@pytest.fixture
def other_engine(monkeypatch):
    """An engine that takes more for every trade."""
    replay = rerunning.replay

    def dearer(record, found, tape):
        options = Options.from_dict({**found.options.to_dict(), "commission_bps": 6.0})
        return replay(record, found._replace(options=options), tape)

    monkeypatch.setattr(rerunning, "replay", dearer)


@pytest.mark.usefixtures("other_engine")
def test_under_the_same_rules_another_result_is_damage(superuser):
    found = verified(superuser)
    assert not found.proved
    assert re.search(r"leaf\.account\.cash is [0-9.]+, the replay gives", found.damages[0])


@pytest.mark.usefixtures("other_engine")
def test_under_rules_of_an_earlier_engine_it_is_said_and_the_rows_still_have_their_digests(
    superuser, monkeypatch
):
    for name in ("proofs", "verifying"):
        monkeypatch.setattr(f"functions.services.proof.{name}.RULES_VERSION", "99")
    found = verified(superuser)
    assert (found.proved, found.damages) == (True, [])
    assert [one.equal < one.replayed for one in found.segments] == [True, True]
    expected = f"written under rules {RULES_VERSION}; under rules 99 decision"
    assert found.segments[0].told.startswith(expected)
    superuser.execute("UPDATE equity_points SET cash = cash + 1 WHERE sequence = 17")
    assert "decision 17 " in verified(superuser).damages[0]


def test_a_segment_of_an_earlier_engine_is_told_and_the_one_after_it_is_replayed(
    database, monkeypatch
):
    with platform_without_cloud(database.jobs) as platform:
        sessions = registered(platform, ROBOT, at=HISTORY)
        tamper(database, "UPDATE segments SET rules = 'old'")
        with monkeypatch.context() as then:
            simulate = replay.simulate

            def dearer(*given, options, **more):
                costs = Options.from_dict({**options.to_dict(), "slippage_bps": 9.0})
                return simulate(*given, options=costs, **more)

            then.setattr(replay, "simulate", dearer)
            then.setattr(planning, "resolve", old_rules(planning.resolve))
            collect_until(platform, sessions[15])
            assert advance(platform, sessions[9], ROBOT.id).appended == 10
        reading.forget()
        assert advance(platform, sessions[15], ROBOT.id).appended == 6
        found = verified(platform.connect())
    assert found.damages == []
    older, newer = found.segments
    assert (older.slots, older.replayed, older.equal < 10) == (10, 10, True)
    assert older.told.startswith(f"written under rules old; under rules {RULES_VERSION} ")
    assert (newer.reason, newer.slots, newer.equal) == ("engine changed", 6, 6)


def old_rules(resolve):
    return lambda code, config: resolve(code, config)._replace(rules="old")
