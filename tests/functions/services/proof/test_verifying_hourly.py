"""Records of hourly bars, around the clock and by session, are proved like daily ones."""

import math
from datetime import date

import pytest
from psycopg.types.json import Jsonb

from functions.services.market.slots import bars_of
from functions.services.proof.verifying import verify
from functions.services.record import definition, reading
from functions.services.record.registering import RobotDefinition
from tests.builders.folders import (
    Folder,
    advanced,
    begun,
    collected,
    played,
    reading_files,
    slots_of,
)
from tests.builders.platforms import platform_over
from tests.builders.providers import bar
from tests.builders.records import tamper

FIRST, LAST = date(2019, 10, 30), date(2019, 10, 31)


@pytest.fixture
def platform(database, aws, tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    reading.forget()
    with platform_over(database, aws) as made:
        yield reading_files(made)


@pytest.fixture(params=[("XNYS", "open"), ("XNYS", "clock"), ("24/7", "clock")], ids="-".join)
def record(request, database, platform, tmp_path):
    """A few hours, then some more under other parameters, of a price that swings."""
    calendar, anchor = request.param
    folder = Folder(tmp_path, calendar, anchor)
    times = bars_of(calendar, "1h", anchor, date(2019, 10, 1), LAST)
    prices = [f"{100 + 10 * math.sin(at / 4):.2f}" for at in range(len(times))]
    rows = [bar("WAVE", time.starts, price) for time, price in zip(times, prices, strict=True)]
    folder.bars("WAVE", rows, "1h")
    robot = RobotDefinition(
        "hourly",
        "Hourly",
        "A test's robot.",
        "sma_cross",
        ("WAVE",),
        date(2013, 1, 1),
        parameters={"fast": 2, "slow": 5},
        calendar=calendar,
        bar="1h",
    )
    slots = slots_of(folder, "1h", FIRST, LAST)
    begun(platform, robot, slots[0])
    played(platform, robot, slots[1:6])
    tamper(
        database,
        "UPDATE strategies SET config = jsonb_set(config, '{parameters}', %s)",
        Jsonb({"fast": 2, "slow": 6}),
    )
    collected(platform, slots[11])
    advanced(platform, robot, slots[11])
    return platform


def verified(platform):
    reading.forget()
    return verify(platform.connect(), "hourly", None, lambda *_stage: None)


def counts(found):
    return [(one.slots, one.equal) for one in found.segments]


def test_an_hourly_record_is_proved(record, database):
    found = verified(record)
    assert (found.damages, counts(found)) == ([], [(5, 5), (6, 6)])
    assert found.trades >= 1
    tamper(
        database,
        "UPDATE market_data SET timestamp = timestamp + interval '1s' WHERE id = "
        "(SELECT bars[1] FROM tapes ORDER BY closes_at DESC LIMIT 1)",
    )
    assert "tape entry of slot" in verified(record).damages[0]


def test_digests_tell_what_no_replay_can(record, database, monkeypatch):
    source = definition.strategies.source
    monkeypatch.setattr(definition.strategies, "source", lambda name: source(name) + "# new\n")
    tamper(database, "UPDATE executions SET strategy_version_id = NULL")
    tamper(database, "DELETE FROM strategy_versions")
    found = verified(record)
    assert (found.damages, counts(found)) == ([], [(5, 0), (6, 0)])
    tamper(database, "UPDATE trades SET price = price + 1 WHERE sequence = 1")
    assert "digest is not that of the rows" in verified(record).damages[0]
