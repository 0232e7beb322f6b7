from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from psycopg.errors import LockNotAvailable

from functions.store import bars as store
from functions.store.bars import ActionRow, BarRow, RefusedRow

SEEN = datetime(2013, 3, 1, 21, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def row(symbol="AAPL", session=date(2013, 3, 1), close="430.47", volume="19730300"):
    prices = [Decimal(text) for text in ("438.0", "438.1799", "429.98", close)]
    return BarRow(
        symbol, store.starts_of(session), *prices, None if volume is None else Decimal(volume)
    )


@pytest.fixture
def jobs(database):
    with database.connect("jobs") as connection:
        yield connection


def append(jobs, *rows, seen_at=SEEN, source="sample"):
    return store.append_bars(jobs, source, "1d", rows, seen_at)


def versions(jobs):
    found = jobs.execute("SELECT version, close, volume, reason FROM bar_versions ORDER BY version")
    return found.fetchall()


def test_a_bar_is_stored_as_it_was_told(jobs):
    assert append(jobs, row()) == (1, 0)
    (stored,) = jobs.execute(
        """SELECT symbol, timestamp, bar_length, open, high, low, close, volume, data_source,
        seen_at FROM market_data"""
    ).fetchall()
    assert stored == (
        *("AAPL", datetime(2013, 3, 1, tzinfo=UTC), "1d"),
        *(Decimal(text) for text in ("438.0", "438.1799", "429.98", "430.47", "19730300")),
        *("sample", SEEN),
    )


def test_told_again_it_changes_nothing(jobs):
    append(jobs, row(), row("IBM", volume=None))
    assert append(jobs, row(), row("IBM", volume=None), seen_at=SEEN + DAY) == (0, 0)
    assert append(jobs) == (0, 0)


def test_told_with_more_zeros_it_is_the_same_bar(jobs):
    append(jobs, row(close="430.5"))
    assert append(jobs, row(close="430.500"), seen_at=SEEN + DAY) == (0, 0)


def test_a_restatement_is_the_next_version_and_the_first_stays(jobs):
    append(jobs, row())
    assert append(jobs, row(close="430.5"), seen_at=SEEN + DAY) == (0, 1)
    assert append(jobs, row(close="430.5"), seen_at=SEEN + 2 * DAY) == (0, 0)
    assert append(jobs, row(volume=None), seen_at=SEEN + 3 * DAY) == (0, 1)
    assert jobs.execute("SELECT close FROM market_data").fetchone() == (Decimal("430.47"),)
    assert versions(jobs) == [
        (2, Decimal("430.5"), Decimal(19730300), "the provider restated it: close was 430.47"),
        (
            *(3, Decimal("430.47"), None),
            "the provider restated it: close was 430.5, volume was 19730300",
        ),
    ]


def test_an_older_sighting_restates_nothing(jobs):
    append(jobs, row())
    append(jobs, row(close="430.5"), seen_at=SEEN + DAY)
    for seen_at in (SEEN - DAY, SEEN, SEEN + DAY):
        assert append(jobs, row(), seen_at=seen_at) == (0, 0)


def test_an_unknown_volume_that_becomes_known_is_a_restatement(jobs):
    append(jobs, row(volume=None))
    assert append(jobs, row(), seen_at=SEEN + DAY) == (0, 1)
    assert versions(jobs)[0][3] == "the provider restated it: volume was unknown"


def test_two_sources_do_not_restate_each_other(jobs):
    append(jobs, row())
    assert append(jobs, row(close="430.5"), source="other", seen_at=SEEN + DAY) == (1, 0)


def test_rows_that_break_off_leave_nothing_and_the_next_ones_are_stored(jobs):
    def broken():
        yield row()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.append_bars(jobs, "sample", "1d", broken(), SEEN)
    assert append(jobs, row()) == (1, 0)


def test_writers_at_once_store_each_bar_once(database):
    days = [date(2013, 1, 1) + n * DAY for n in range(200)]

    def write(_number):
        with database.connect("jobs") as connection:
            return append(connection, *(row(session=day) for day in days)).bars

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(write, range(4))) == 200


def test_actions_are_kept_as_first_seen(jobs):
    split = ActionRow("AAPL", date(2005, 2, 28), "split", Decimal(2))
    paid = ActionRow("AAPL", date(2012, 8, 9), "dividend", Decimal("2.6500"))
    assert store.append_actions(jobs, "sample", [split], SEEN) == 1
    assert store.append_actions(jobs, "sample", [split, paid], SEEN + DAY) == 1
    assert store.append_actions(jobs, "sample", [], SEEN) == 0
    seen = jobs.execute("SELECT kind, value, seen_at FROM corporate_actions ORDER BY ex_date")
    assert seen.fetchall() == [
        ("split", Decimal(2), SEEN),
        ("dividend", Decimal("2.65"), SEEN + DAY),
    ]


def test_a_refused_row_is_kept_once_with_each_reason(jobs):
    bad = RefusedRow("AAPL", "2013-03-01", {"close": "-1", "volume": None}, "not positive")
    assert store.quarantine(jobs, "sample", [bad], SEEN) == 1
    assert store.quarantine(jobs, "sample", [bad, bad._replace(reason="x")], SEEN) == 1
    kept = jobs.execute("SELECT row, reason FROM quarantined_bars ORDER BY reason").fetchall()
    assert kept[0] == ({"close": "-1", "volume": None}, "not positive")


def test_the_newest_bar_is_known_for_each_symbol_of_a_source(jobs):
    append(jobs, row(), row(session=date(2013, 2, 28)), row("IBM", date(2013, 2, 28)))
    append(jobs, row("FB"), source="other")
    assert store.newest_bars(jobs, "sample", "1d", ["AAPL", "IBM", "FB"]) == {
        "AAPL": datetime(2013, 3, 1, tzinfo=UTC),
        "IBM": datetime(2013, 2, 28, tzinfo=UTC),
    }
    assert store.newest_bars(jobs, "sample", "1d", []) == {}


def test_an_hourly_bar_at_midnight_is_not_the_daily_one(jobs):
    append(jobs, row())
    assert store.append_bars(jobs, "sample", "1h", [row(close="431")], SEEN + DAY) == (1, 0)
    found = jobs.execute("SELECT data_source, bar_length FROM market_data ORDER BY 1").fetchall()
    assert found == [("sample", "1d"), ("sample/1h", "1h")]
    assert store.newest_bars(jobs, "sample", "1h", ["AAPL"]) == {
        "AAPL": datetime(2013, 3, 1, tzinfo=UTC)
    }


def test_bars_after_an_instant_are_told_in_their_newest_version(jobs):
    append(jobs, row(), row(session=date(2013, 2, 28)))
    append(jobs, row(close="430.5"), seen_at=SEEN + DAY)
    after = datetime(2013, 2, 28, tzinfo=UTC)
    assert store.bars_after(jobs, "sample", "AAPL", after) == [row(close="430.5")]
    assert len(store.bars_after(jobs, "sample", "AAPL", after - DAY)) == 2


def test_the_first_reading_ends_with_its_last_bar(jobs):
    assert store.first_reading_ends(jobs, "sample", "AAPL") is None
    append(jobs, row(session=date(2013, 2, 27)), row(session=date(2013, 2, 28)))
    append(jobs, row(), seen_at=SEEN + DAY)
    ends = store.first_reading_ends(jobs, "sample", "AAPL")
    assert ends == datetime(2013, 2, 28, tzinfo=UTC)


def test_actions_without_a_value_are_kept(jobs):
    rename = ActionRow("FB", date(2022, 6, 9), "rename", None, "META")
    gone = ActionRow("FB", date(2023, 1, 3), "delisting", None)
    assert store.append_actions(jobs, "sample", [gone, rename], SEEN) == 2
    assert store.known_actions(jobs, "sample", ["FB"]) == [rename, gone]
    assert store.known_actions(jobs, "other", ["FB"]) == []


def test_one_series_is_collected_by_one_at_a_time(database):
    with database.connect(autocommit=True) as one, database.connect(autocommit=True) as other:
        other.execute("SET lock_timeout = '50ms'")
        with store.only_collector(one, "sample", "AAPL"):
            with store.only_collector(other, "sample", "IBM"):
                pass
            with pytest.raises(LockNotAvailable), store.only_collector(other, "sample", "AAPL"):
                pass
        with store.only_collector(other, "sample", "AAPL"):
            pass
