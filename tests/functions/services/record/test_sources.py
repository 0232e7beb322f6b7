"""Whose bars a tape is made of: part of what is hashed, on tapes that began with it."""

import pytest

from functions.services.proof.verifying import verify
from functions.services.record import reading, registering, remembering
from functions.services.record.tape import entry_hash
from tests.builders.proved import HISTORY, ROBOT, platform_without_cloud
from tests.builders.records import advance, collect_until, days, registered, sma_robot, tamper

OWN = sma_robot("own-data", backtest_from=ROBOT.backtest_from, source="files")
COPIES = (
    """INSERT INTO market_data (symbol, timestamp, bar_length, open, high, low, close, volume,
        data_source, seen_at)
    SELECT symbol, timestamp, bar_length, open, high, low, close, volume, 'files', seen_at
    FROM market_data""",
    """INSERT INTO corporate_actions (symbol, ex_date, kind, value, detail, data_source, seen_at)
    SELECT symbol, ex_date, kind, value, detail, 'files', seen_at FROM corporate_actions""",
)


@pytest.fixture
def platform(database):
    remembering.forget()
    with platform_without_cloud(database.jobs) as platform:
        yield platform


def damages(platform, robot):
    reading.forget()
    with platform.connect() as connection:
        return verify(connection, robot.slug, None, lambda *_stage: None).damages


def sources(platform):
    query = "SELECT source, count(*) FROM tapes GROUP BY source ORDER BY source"
    return platform.connect().execute(query).fetchall()


def test_robots_of_two_providers_with_equal_bars_have_each_its_own_tape(database, platform):
    collect_until(platform, days()[HISTORY + 4])
    for copy in COPIES:
        tamper(database, copy)
    live = registered(platform, ROBOT, OWN, at=HISTORY)
    for session in live[:3]:
        assert advance(platform, session, ROBOT.id).appended == 1
        assert advance(platform, session, OWN.id).appended == 1
    assert (damages(platform, ROBOT), damages(platform, OWN)) == ([], [])
    assert sources(platform) == [("files", 4), ("sample", 4)]


def test_a_tape_that_began_without_a_source_goes_on_without_one(platform, monkeypatch):
    honest = registering.history_of

    def history_of(archive, feed, slot):
        _, entry = honest(archive, feed, slot)
        entry = entry._replace(source=None)
        return entry_hash(entry), entry

    monkeypatch.setattr(registering, "history_of", history_of)
    live = registered(platform, ROBOT, at=HISTORY)
    collect_until(platform, live[4])
    for session in live[:3]:
        reading.forget()
        assert advance(platform, session, ROBOT.id).appended == 1
    assert damages(platform, ROBOT) == []
    assert sources(platform) == [(None, 4)]


def test_a_tape_of_another_provider_is_drift(database, platform):
    live = registered(platform, ROBOT, at=HISTORY)
    collect_until(platform, live[4])
    advance(platform, live[0], ROBOT.id)
    change = "UPDATE executions SET request = jsonb_set(request, '{source}', '\"files\"')"
    tamper(database, f"{change} WHERE kind = 'paper'")
    drift = advance(platform, live[1], ROBOT.id).drift
    assert (drift.kind, drift.replayed) == ("data", "the tape is of sample, the robot reads files")
