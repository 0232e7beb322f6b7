from datetime import date, datetime, timedelta

import pytest
from psycopg.rows import dict_row

from functions.providers import Facts
from functions.services.market import health
from functions.services.market.calendars import sessions
from functions.services.market.collecting import Source, collect_from
from functions.services.market.grid import bars_of, starts_of
from functions.services.market.slots import Slot
from functions.store.health import health_rows
from functions.store.session import Session
from tests.builders.providers import WrittenProvider, bar
from tests.builders.shared import bars_in

DAYS = sessions("XNYS", date(2013, 2, 25), date(2013, 3, 15))
DELAY = timedelta(minutes=20)


@pytest.fixture
def session(database):
    made = Session(database.jobs)
    yield made
    made.connect().close()


def collect(session, provider, slot, name="written"):
    return collect_from(Source(name, provider), session.connect, slot, slot.closes_at + DELAY)


def daily(session, provider, at):
    return collect(session, provider, Slot("XNYS", "1d", DAYS[at].closes))


def state(session):
    (row,) = health_rows(session.connect())
    return row


def row(*at, **other):
    return [bar("A", DAYS[number].session, **other) for number in at]


def stamp(at):
    return f"{DAYS[at].session}T00:00:00Z"


def test_what_is_missing_is_what_the_calendar_has_and_the_series_has_not(session):
    provider = WrittenProvider(row(0, 1, 3, 6, 7), listed=["A"])
    daily(session, provider, 9)
    found = state(session)
    assert (found.bars, found.expected, found.overdue) == (5, 8, 2)
    assert (found.first_bar, found.last_bar) == (
        starts_of(DAYS[0].session),
        starts_of(DAYS[7].session),
    )
    assert found.gaps == [
        [stamp(2), stamp(2), 1],
        [stamp(4), stamp(5), 2],
    ]
    assert found.checked_at == DAYS[9].closes + DELAY
    assert (found.failure, found.restated, found.quarantined) == (None, 0, [])


def test_session_by_session_it_is_what_it_is_at_once(session, database):
    """Bars that come late close their gaps; whatever order they came in."""
    provider = WrittenProvider(row(0, 2), listed=["A"])
    for at in range(5):
        daily(session, provider, at)
    provider.rows += row(1, 5, 6, 9)
    for at in range(5, 11):
        daily(session, provider, at)
    by_step = state(session)
    with database.connect("superuser") as connection:
        connection.execute("TRUNCATE data_health")
    slot = Slot("XNYS", "1d", DAYS[10].closes + DELAY)
    collect_from(Source("written", provider), session.connect, slot, slot.closes_at)
    assert state(session) == by_step
    assert by_step.gaps == [
        [stamp(3), stamp(4), 2],
        [stamp(7), stamp(8), 2],
    ]
    assert (by_step.bars, by_step.expected, by_step.overdue) == (6, 10, 1)


def test_a_series_without_any_bar_has_a_state(session):
    daily(session, WrittenProvider([], listed=["A"]), 3)
    found = state(session)
    assert (found.first_bar, found.bars, found.expected, found.gaps) == (None, 0, 0, [])


def test_refused_and_restated_bars_are_counted(session):
    provider = WrittenProvider([*row(0, 1), *row(2, volume="-1")], listed=["A"])
    daily(session, provider, 2)
    provider.rows[1:] = [*row(1, volume="7"), *row(3, low="11"), *row(4)]
    daily(session, provider, 4)
    found = state(session)
    assert found.restated == 1
    assert found.quarantined == [
        ["low and high do not hold open and close", 1],
        ["the volume is negative or not a number", 1],
    ]
    assert found.gaps == [[stamp(2), stamp(3), 2]]


def test_on_a_connection_of_another_kind_of_rows_it_reads_the_same(session, database):
    daily(session, WrittenProvider(row(0), listed=["A"]), 0)
    with database.connect("api", row_factory=dict_row) as connection:
        assert health_rows(connection) == [state(session)]


@pytest.mark.parametrize(
    ("path", "length", "bars", "step"),
    [
        ("BTCUSD_coinbase_daily.csv", "1d", 1318, timedelta(days=1)),
        ("BTCUSD_bitfinex_hour_2013-10.csv", "1h", 733, timedelta(hours=1)),
        ("XRPETH_5m_2019-10.csv", "5m", 706, timedelta(minutes=5)),
    ],
)
def test_real_gaps_round_the_clock(session, shared_data, path, length, bars, step):
    rows = bars_in(shared_data / "crypto" / path, "X")
    provider = WrittenProvider(rows, facts=Facts("24/7", (length,), "clock"), listed=["X"])
    grid = bars_of("24/7", length, "clock", rows[0].starts.date(), rows[-1].starts.date())
    last = next(time for time in grid if time.starts == rows[-1].starts)
    collect(session, provider, Slot("24/7", length, last.closes))
    found = state(session)
    missing = (rows[-1].starts - rows[0].starts) // step + 1 - bars
    assert missing > 0
    assert (found.bars, found.expected - found.bars) == (bars, missing)
    assert sum(gap[2] for gap in found.gaps) == missing
    there = {one.starts for one in rows}
    assert not {datetime.fromisoformat(gap[at]) for gap in found.gaps for at in (0, 1)} & there


def test_the_dirty_bars_gaps_are_those_taken_out(session, shared_data):
    rows = bars_in(shared_data / "dirty" / "SPY_2016_2018_dirty.csv", "SPY")
    (last,) = sessions("XNYS", rows[-1].starts.date(), rows[-1].starts.date())
    provider = WrittenProvider(rows, listed=["SPY"])
    counts = collect(session, provider, Slot("XNYS", "1d", last.closes))
    found = state(session)
    gaps = {gap[0][:10]: gap[2] for gap in found.gaps}
    assert (gaps["2017-12-08"], gaps["2018-05-18"]) == (1, 3)
    assert sum(count for _, count in found.quarantined) == counts["quarantined"] == 13
    # A refused row leaves a gap, but for the Saturday's and the second of a day.
    assert sum(gap[2] for gap in found.gaps) == 4 + 13 - 2
    assert counts["noted"] == 4


def test_gaps_are_runs():
    grid = bars_of("24/7", "1h", "clock", date(2013, 3, 1), date(2013, 3, 1))
    there = {time.starts for time in grid if time.starts.hour not in (3, 4, 9)}
    assert health.gaps(grid, there) == [
        ["2013-03-01T03:00:00Z", "2013-03-01T04:00:00Z", 2],
        ["2013-03-01T09:00:00Z", "2013-03-01T09:00:00Z", 1],
    ]
