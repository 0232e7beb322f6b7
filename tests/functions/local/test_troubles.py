"""What a user is told of robots that went wrong."""

import pytest

from functions.local import troubles
from functions.store import drifts, executions
from functions.store.drifts import DriftRow
from functions.store.records import read_records
from tests.builders.platforms import platform_over
from tests.builders.records import registered, sma_robot

SLOT = "XNYS/1d/2013-03-01T21:00:00Z"


@pytest.fixture
def platform(database, aws):
    with platform_over(database, aws) as platform:
        yield platform


def test_a_drifted_record_is_named_with_the_place(platform):
    robot = sma_robot()
    registered(platform, robot, sma_robot("other"), at=-2)
    assert troubles.drifted(platform.connect) == {}
    (record,) = read_records(platform.connect(), [robot.id])
    drift = DriftRow(*record.owner, SLOT, 1, "data", "a", "b")
    drifts.append_drift(platform.connect(), drift)
    assert troubles.drifted(platform.connect) == {"sma-cross": f"data at {SLOT}"}


def test_failed_backtests_are_counted_with_their_reasons(platform):
    names = ("cross-a", "cross-b", "cross-c")
    registered(platform, *map(sma_robot, names), at=-2)
    assert troubles.failed_backtests(platform.connect) == ""
    query = "SELECT id FROM executions WHERE kind = 'backtest' ORDER BY created_at"
    (first,), (second,), _ = platform.connect().execute(query).fetchall()
    for execution in (first, second):
        executions.start(platform.connect(), execution)
        executions.fail(platform.connect(), execution, "no bars of XYZ")
    told = troubles.failed_backtests(platform.connect)
    assert told == "2 of 3 backtests failed: cross-a, cross-b: no bars of XYZ"
