from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from engine.errors import ParameterError
from functions.services.record import backtesting, reading
from functions.services.record.backtesting import run_execution
from functions.services.record.delivering import sweep
from tests.builders.platforms import platform_over
from tests.builders.records import advance, registered, sma_robot, stored

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


def backtest(platform, **changes):
    """Queue another backtest of the robot; returns its id."""
    request = {**ROBOT.config(), "source": "sample", "start": "2006-01-03", "end": "2011-03-04"}
    execution = uuid4()
    platform.connect().execute(
        "INSERT INTO executions (id, strategy_id, visibility, kind, request)"
        " VALUES (%s, %s, 'public', 'backtest', %s)",
        [execution, ROBOT.id, Jsonb({**request, **changes})],
    )
    return execution


def state(platform, execution):
    query = "SELECT status, error, trade_count, identity, progress FROM executions WHERE id = %s"
    return platform.connect().execute(query, [execution]).fetchone()


def rows(platform, table, execution):
    query = f"SELECT * FROM {table} WHERE execution_id = %s ORDER BY id".encode()
    return platform.connect().execute(query, [execution]).fetchall()


def test_a_backtest_stores_all_at_once_and_a_second_run_nothing(platform):
    registered(platform, ROBOT)
    (execution,) = (
        platform.connect().execute("SELECT id FROM executions WHERE kind = 'backtest'").fetchone()
    )
    assert len(run_execution(platform, execution)) == 1
    status, error, trades, identity, progress = state(platform, execution)
    assert (status, error, progress, len(identity)) == ("finished", None, 1, 64)
    assert trades == len(rows(platform, "trades", execution)) > 100
    found = {
        table: rows(platform, table, execution)
        for table in ("trades", "equity_points", "performance_metrics")
    }
    assert len(found["equity_points"]) > 1200
    assert len(found["performance_metrics"]) > 10
    assert run_execution(platform, execution) == ()
    assert {table: rows(platform, table, execution) for table in found} == found
    assert sweep(platform).failed == 0


def test_the_record_equals_the_backtest_over_the_same_sessions(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    for session in live[:30]:
        advance(platform, session, ROBOT.id)
    period = {"start": str(live[0].session), "end": str(live[29].session)}
    execution = backtest(platform, **period)
    run_execution(platform, execution)
    columns = "symbol, side, quantity, price, commission, slippage, pnl, execution_time, order_id"
    query = f"SELECT {columns} FROM trades WHERE execution_id = %s ORDER BY sequence".encode()
    found = platform.connect().execute(query, [execution]).fetchall()
    record = stored(platform, ROBOT.id)
    assert found == [(*row[3:10], row[10], row[2]) for row in record["trades"]]
    points = platform.connect().execute(
        "SELECT sequence, time, equity, cash FROM equity_points WHERE execution_id = %s"
        " ORDER BY sequence",
        [execution],
    )
    assert points.fetchall() == record["equity_points"]


def test_the_identity_says_whether_two_runs_must_be_alike(platform):
    registered(platform, ROBOT)
    runs = [backtest(platform), backtest(platform), backtest(platform, cash="50000.00000000")]
    for execution in runs:
        run_execution(platform, execution)
    one, two, other = [state(platform, execution)[3] for execution in runs]
    assert one == two != other


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"parameters": {"fast": 500}}, "fast must be between 2 and 100, was 500"),
        ({"symbols": ["SPX"]}, "no bars of SPX up to 2011-03-04 from the sample provider"),
        ({"cash": "0"}, "an account must open with cash above 0, was 0"),
        ({"start": "2012-01-01"}, "no bars of AAPL, IBM, MSFT from 2012-01-01"),
        ({"end": "1980-01-01"}, "end must be on or after 1990-01-01, was 1980-01-01"),
    ],
)
def test_what_an_author_can_mend_is_kept_as_the_error(platform, changes, error):
    registered(platform, ROBOT)
    execution = backtest(platform, **changes)
    assert run_execution(platform, execution) == ()
    status, told, trades, _, _ = state(platform, execution)
    assert (status, trades) == ("failed", 0)
    assert error in told
    assert run_execution(platform, execution) == ()


def test_a_strategy_that_raises_fails_with_what_it_raised(platform, monkeypatch):
    registered(platform, ROBOT)

    def simulate(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(backtesting, "simulate", simulate)
    execution = backtest(platform)
    run_execution(platform, execution)
    assert state(platform, execution)[1] == (
        "the strategy failed with ZeroDivisionError: division by zero; mend its code"
    )


def test_an_execution_that_is_not_there_is_named(platform):
    with pytest.raises(ParameterError, match="no execution"):
        run_execution(platform, uuid4())
