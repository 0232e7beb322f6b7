"""A backtest is run again over the bars that it read, and what differs is named with the reason."""

import re
from datetime import date
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from engine import Options
from engine.errors import ParameterError
from functions.services.market.calendars import sessions
from functions.services.proof import reproducing
from functions.services.proof.reproducing import job_named, reproduce
from functions.services.record import definition, identity, reading
from functions.services.record.backtesting import run_execution
from tests.builders.proved import ROBOT, platform_without_cloud
from tests.builders.records import days, registered

FIRST, LAST = date(2004, 1, 2), days()[1500].session
REQUEST = {**ROBOT.config(), "source": "sample", "start": str(FIRST), "end": str(LAST)}

SESSIONS = sessions("XNYS", FIRST, LAST)


@pytest.fixture(scope="module")
def run(module_database):
    """A finished backtest of two years."""
    with platform_without_cloud(module_database.jobs) as platform:
        registered(platform, ROBOT, at=1500)
        execution = uuid4()
        platform.connect().execute(
            "INSERT INTO executions (id, strategy_id, visibility, kind, request)"
            " VALUES (%s, %s, 'public', 'backtest', %s)",
            [execution, ROBOT.id, Jsonb(REQUEST)],
        )
        run_execution(platform, execution)
        yield execution


@pytest.fixture
def superuser(module_database, run):
    """Everything a test changes is undone when it ends."""
    with module_database.connect("superuser") as connection:
        connection.execute("SET session_replication_role = replica; SET timezone = 'UTC'")
        yield connection
        connection.rollback()


def reproduced(connection, run):
    reading.forget()
    return reproduce(connection, job_named(connection, str(run)), "sample")


def test_a_backtest_comes_out_as_it_is_stored(superuser, run):
    found = reproduced(superuser, run)
    assert (found.proved, found.differences, found.reasons, found.told) == (True, [], [], [])
    assert (found.trades > 20, found.points) == (True, len(SESSIONS))
    (stored,) = superuser.execute("SELECT identity FROM executions WHERE id = %s", [run]).fetchone()
    assert (found.identity, len(stored)) == (stored, 64)


def test_a_slug_stands_for_its_newest_finished_backtest(superuser, run):
    assert job_named(superuser, "sma-cross").owner.execution_id == run


@pytest.mark.parametrize("name", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_run_that_is_not_there_is_said(superuser, name):
    with pytest.raises(ParameterError, match=f"no run '{name}'"):
        job_named(superuser, name)


def test_a_run_that_has_not_ended_cannot_be_reproduced(superuser):
    (queued,) = superuser.execute("SELECT id FROM executions WHERE status = 'queued'").fetchone()
    with pytest.raises(ParameterError, match="is a queued backtest"):
        reproduced(superuser, queued)


def test_what_a_backtest_and_a_record_read_alike_is_stored_once(superuser, run):
    (tape,) = superuser.execute(
        "SELECT identity_content ->> 'tape' FROM executions WHERE id = %s", [run]
    ).fetchone()
    history = superuser.execute("SELECT history FROM segments").fetchall()
    stored = superuser.execute("SELECT hash FROM tapes WHERE prev = repeat('0', 64)").fetchall()
    assert history == stored == [(tape,)]


def test_bars_restated_since_change_nothing_and_are_told(superuser, run):
    superuser.execute(
        """INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,
        seen_at, reason) SELECT id, 2, open, high, low, close + 1, volume, now(), 'restated'
        FROM market_data WHERE symbol = 'IBM' AND timestamp = '2005-03-01'"""
    )
    found = reproduced(superuser, run)
    assert found.proved
    (told,) = found.told
    assert told.startswith("1 of the bars it read were restated since (IBM 2005-03-01)")


def test_a_bar_changed_behind_the_tape_is_named(superuser, run):
    superuser.execute(
        "UPDATE market_data SET close = close + 1 WHERE symbol = 'IBM' AND timestamp = '2005-03-01'"
    )
    found = reproduced(superuser, run)
    assert not found.proved
    assert "the bar of IBM 2005-03-01" in found.differences[0]


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        (
            "UPDATE trades SET price = price + 1 WHERE execution_id = %s AND sequence IN (5, 7)",
            r"the first trade that differs: trade 5 \(.*, decided in XNYS/1d/.*\): price is ",
        ),
        (
            "DELETE FROM trades WHERE execution_id = %s AND sequence = 5",
            r"the first trade that differs: trade 5 \(.*\) is missing",
        ),
        (
            "UPDATE equity_points SET cash = cash + 1 WHERE execution_id = %s AND sequence > 9",
            r"the first point that differs: equity point 10 \(.*\): cash is ",
        ),
        (
            "DELETE FROM equity_points WHERE execution_id = %s AND sequence = 9",
            r"equity point 9 is missing",
        ),
        (
            "UPDATE executions SET identity = repeat('1', 64) WHERE id = %s",
            r"identity is 1{64}, what it stands for has [0-9a-f]{64}",
        ),
        (
            "UPDATE executions SET request = jsonb_set(request, '{parameters,fast}', '6')"
            " WHERE id = %s",
            r"run: parameters\.fast is 6, it was recorded with 5",
        ),
    ],
)
def test_what_was_changed_is_named(superuser, run, statement, difference):
    superuser.execute(statement, [run])
    found = reproduced(superuser, run)
    assert not found.proved
    assert re.match(difference, found.differences[0]), found.differences


def test_code_that_changed_since_is_said_and_the_stored_source_is_run(superuser, run, monkeypatch):
    source = definition.strategies.source
    monkeypatch.setattr(definition.strategies, "source", lambda name: source(name) + "# new\n")
    found = reproduced(superuser, run)
    assert found.proved
    assert re.match(r"code changed since, from \w{12} to \w{12}; run with", found.reasons[0])
    superuser.execute("DELETE FROM strategy_versions")
    other = reproduced(superuser, run)
    assert not other.proved
    assert other.reasons[0].startswith("code changed: its code")
    assert other.differences[0].startswith("run: code is ")


def test_another_machine_is_said(superuser, run, monkeypatch):
    monkeypatch.setattr(identity, "_packages", lambda: {"numpy": "1.0"})
    found = reproduced(superuser, run)
    assert found.proved
    assert any(re.match(r"packages\.numpy is .*, here it is 1\.0", one) for one in found.reasons)


def test_an_engine_that_takes_more_for_a_trade_differs_at_the_first_one(
    superuser, run, monkeypatch
):
    simulated = reproducing.simulated

    def dearer(found, tape, request):
        options = Options.from_dict({**found.options.to_dict(), "commission_bps": 6.0})
        return simulated(found._replace(options=options), tape, request)

    monkeypatch.setattr(reproducing, "simulated", dearer)
    found = reproduced(superuser, run)
    assert re.match(r"the first trade that differs: trade 1 ", found.differences[0])
    assert re.match(r"the first point that differs: equity point ", found.differences[1])


def test_a_backtest_of_the_time_before_says_that_its_tape_was_not_kept(superuser, run):
    superuser.execute("UPDATE executions SET identity_content = NULL WHERE id = %s", [run])
    found = reproduced(superuser, run)
    assert found.proved
    assert found.told == [
        "it was recorded before backtests kept their tape: run over the bars of today"
    ]
