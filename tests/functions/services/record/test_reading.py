from datetime import date

import numpy as np
import pytest

from functions import providers
from functions.providers import Request
from functions.services.market.collecting import Source, collect_from
from functions.services.record import reading, registering, waiting
from functions.services.record.tape import BrokenTapeError, entry_hash
from functions.store.records import read_records
from tests.builders.platforms import platform_over
from tests.builders.providers import WrittenProvider
from tests.builders.records import (
    SCHEDULED_AFTER,
    advance,
    days,
    registered,
    slot_at,
    sma_robot,
    tamper,
)

SPLIT = next(at for at, day in enumerate(days()) if day.session == date(2005, 2, 28))
"""Apple's shares were split in two on this day."""


@pytest.fixture
def database(sampled_database):
    """All bars are there already; `without_bars` is for tests of what is not there yet."""
    return sampled_database


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


@pytest.fixture
def without_bars(postgres, aws):
    """A platform that has no bar but those that its test collects."""
    reading.forget()
    with postgres.copy() as database, platform_over(database, aws) as platform:
        yield platform


def test_a_slot_waits_for_a_bar_until_its_deadline(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    advance(platform, live[0], robot.id)
    day = live[1].session
    tamper(database, "DELETE FROM market_data WHERE symbol = 'IBM' AND timestamp = %s", day)
    waits = advance(platform, live[1], robot.id)
    assert (waits.appended, waits.waiting) == (0, "no bar of IBM yet")
    assert advance(platform, live[1], robot.id, deadline=True).appended == 1
    there = np.isfinite(read(platform, robot).bars.close[-1])
    assert there.tolist() == [True, False, True]
    following = advance(platform, live[2], robot.id)
    assert following.appended == 1
    assert read(platform, robot).bars.sessions[-1].item() == live[2].session


def read(platform, robot):
    (record,) = read_records(platform.connect(), [robot.id])
    return reading.tape_at(platform.archive, record.head.tape, robot.symbols)


def remove(database, session, symbol="%"):
    tamper(
        database,
        "DELETE FROM market_data WHERE symbol LIKE %s AND timestamp = %s",
        *(symbol, session.session),
    )


def test_a_gap_does_not_end_the_waiting(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    remove(database, live[0], "IBM")
    advance(platform, live[0], robot.id, deadline=True)
    remove(database, live[1], "IBM")
    assert advance(platform, live[1], robot.id).waiting == "no bar of IBM yet"


def test_a_slot_without_any_bar_does_not_end_the_waiting(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    for day in live[:2]:
        remove(database, day)
    advance(platform, live[0], robot.id, deadline=True)
    assert advance(platform, live[1], robot.id).waiting == "no bar of AAPL yet"


def test_a_halted_stock_that_reopens_far_off_waits_for_its_action(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    for day in live[: waiting.SILENT_AFTER + 1]:
        remove(database, day, "IBM")
        advance(platform, day, robot.id, deadline=True)
    reopened = live[waiting.SILENT_AFTER + 1]
    tamper(
        database,
        "UPDATE market_data SET low = close / 2, close = close / 2"
        " WHERE symbol = 'IBM' AND timestamp = %s",
        reopened.session,
    )
    assert advance(platform, reopened, robot.id).waiting[:12] == "IBM moved by"


def test_a_split_during_a_halt_explains_the_reopening(database, platform):
    robot = sma_robot()
    registered(platform, robot, at=SPLIT - 1)
    registered(platform, at=-1)
    split, reopened = days()[SPLIT : SPLIT + 2]
    remove(database, split, "AAPL")
    assert advance(platform, split, robot.id, deadline=True).appended == 1
    assert advance(platform, reopened, robot.id).appended == 1


def test_who_has_been_silent_for_long_is_waited_for_again_once_it_is_back(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    silent, back, gone = live[: waiting.SILENT_AFTER], live[6], live[7]
    for day in (*live[:6], gone):
        remove(database, day, "IBM")
    for day in silent:
        assert advance(platform, day, robot.id).waiting == "no bar of IBM yet"
        assert advance(platform, day, robot.id, deadline=True).appended == 1
    assert advance(platform, live[5], robot.id).appended == 1
    assert advance(platform, back, robot.id).appended == 1
    assert advance(platform, gone, robot.id).waiting == "no bar of IBM yet"


def test_slots_before_the_newest_do_not_wait(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    for day in (live[1], live[4]):
        tamper(
            database, "DELETE FROM market_data WHERE symbol = 'IBM' AND timestamp = %s", day.session
        )
    outcome = advance(platform, live[4], robot.id)
    assert (outcome.appended, outcome.waiting) == (4, "no bar of IBM yet")
    assert advance(platform, live[4], robot.id, deadline=True).appended == 1


def test_a_symbol_that_is_not_listed_yet_is_not_waited_for(platform):
    robot = sma_robot(symbols=("FB", "IBM"))
    live = registered(platform, robot)
    registered(platform, at=-1)
    assert advance(platform, live[0], robot.id).appended == 1
    listing = next(day for day in live if day.session == date(2012, 5, 18))
    before = live[live.index(listing) - 1]
    advance(platform, before, robot.id)
    assert advance(platform, listing, robot.id).appended == 1
    assert np.isfinite(read(platform, robot).bars.close[-2:, 0]).tolist() == [False, True]


def test_a_large_move_waits_for_its_action_and_then_for_the_deadline(database, platform):
    robot = sma_robot()
    registered(platform, robot, at=SPLIT - 1)
    registered(platform, at=-1)
    split = days()[SPLIT]
    tamper(database, "DELETE FROM corporate_actions WHERE ex_date = %s", split.session)
    waits = advance(platform, split, robot.id)
    assert (waits.appended, waits.waiting[:13]) == (0, "AAPL moved by")
    assert advance(platform, split, robot.id, deadline=True).appended == 1


def test_a_robot_waits_with_the_reason_why_a_bar_is_not_used(without_bars):
    platform = without_bars
    robot = sma_robot()
    registered(platform, robot, at=-2)
    newest, sample = days()[-1], providers.get("sample")
    told = [sample.fetch(Request(symbol, "1d", None, newest.closes)) for symbol in robot.symbols]
    rows = [bar for one in told for bar in one.bars]
    at = next(at for at, bar in enumerate(rows) if bar.starts.date() == newest.session)
    cents = {name: getattr(rows[at], name) * 100 for name in ("open", "high", "low", "close")}
    provider = WrittenProvider([*rows[:at], rows[at]._replace(**cents), *rows[at + 1 :]])
    source = Source("sample", provider)
    collect_from(source, platform.connect, slot_at(newest), newest.closes + SCHEDULED_AFTER)
    waits = advance(platform, newest, robot.id)
    assert (waits.appended, waits.waiting) == (
        0,
        f"no bar of {rows[at].symbol} yet: the row of {newest.session} is not used: its prices "
        "are 100 times those of the other bars, and no action explains it",
    )
    provider.rows[at] = rows[at]
    collect_from(source, platform.connect, slot_at(newest), newest.closes + 2 * SCHEDULED_AFTER)
    assert advance(platform, newest, robot.id).appended == 1


def test_a_split_that_is_told_between_close_and_deadline_is_read_by_the_slot(without_bars):
    platform = without_bars
    robot = sma_robot()
    registered(platform, robot, at=SPLIT - 1)
    split, sample = days()[SPLIT], providers.get("sample")
    told = [sample.fetch(Request(symbol, "1d", None, split.closes)) for symbol in robot.symbols]
    provider = WrittenProvider([bar for one in told for bar in one.bars])
    source = Source("sample", provider)
    collect_from(source, platform.connect, slot_at(split), split.closes + SCHEDULED_AFTER)
    assert advance(platform, split, robot.id).waiting[:13] == "AAPL moved by"
    provider.news = list(told[0].actions)
    collect_from(source, platform.connect, slot_at(split), split.closes + 2 * SCHEDULED_AFTER)
    assert advance(platform, split, robot.id, deadline=True).appended == 1
    (booked,) = [each for each in read(platform, robot).actions if each.ex_date == split.session]
    assert (booked.symbol, booked.kind, booked.value) == ("AAPL", "split", 2.0)


def test_a_split_on_the_tape_explains_a_large_move(without_bars):
    platform = without_bars
    robot = sma_robot()
    registered(platform, robot, at=SPLIT - 1)
    registered(platform, at=-1)
    assert advance(platform, days()[SPLIT], robot.id).appended == 1


def test_a_bar_that_comes_late_or_is_restated_never_enters_the_tape(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    hidden = "UPDATE market_data SET data_source = %s WHERE symbol = 'IBM' AND timestamp = %s"
    tamper(database, hidden, "elsewhere", live[1].session)
    advance(platform, live[1], robot.id, deadline=True)
    advance(platform, live[3], robot.id)
    head = read(platform, robot).hash
    tamper(database, hidden, "sample", live[1].session)
    tamper(
        database,
        "INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,"
        " seen_at, reason) SELECT id, 2, open, high, low, low, volume, %s, 'restated'"
        " FROM market_data WHERE timestamp = %s",
        *(live[3].closes, live[2].session),
    )
    assert read(platform, robot).hash == head
    assert advance(platform, live[4], robot.id).appended == 1
    missing = np.isnan(read(platform, robot).bars.close[-4:, 1])
    assert missing.tolist() == [True, False, False, False]


def test_a_new_slot_reads_the_newest_version(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    tamper(
        database,
        "INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,"
        " seen_at, reason) SELECT id, 2, open, high, low, low, volume, %s, 'restated'"
        " FROM market_data WHERE timestamp = %s AND symbol = 'IBM'",
        *(live[0].closes + SCHEDULED_AFTER, live[0].session),
    )
    advance(platform, live[0], robot.id)
    reading.forget()
    close = platform.connect().execute(
        "SELECT low::float8 FROM market_data WHERE symbol = 'IBM' AND timestamp = %s",
        [live[0].session],
    )
    assert read(platform, robot).bars.close[-1, 1] == close.fetchone()[0]


def test_an_action_seen_late_is_booked_by_the_slot_that_reads_it(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    advance(platform, live[3], robot.id)
    tamper(
        database,
        "INSERT INTO corporate_actions (symbol, ex_date, kind, value, data_source, seen_at)"
        " VALUES ('IBM', %s, 'dividend', 0.75, 'sample', %s)",
        *(live[1].session, live[4].closes),
    )
    assert advance(platform, live[4], robot.id).appended == 1
    newest = read(platform, robot).actions[-1]
    assert (newest.ex_date, newest.seen) == (live[1].session, live[4].session)
    assert advance(platform, live[5], robot.id).appended == 1


def test_a_warm_process_reads_only_what_is_new(platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    advance(platform, live[0], robot.id)
    first = read(platform, robot)
    assert read(platform, robot) is first
    advance(platform, live[1], robot.id)
    assert read(platform, robot).slots[:-1] == first.slots
    assert reading.tape_at(platform.archive, first.hash, robot.symbols) is first


def test_a_process_keeps_a_limited_number_of_tapes(platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    for session in live[: reading.KEPT_TAPES + 5]:
        advance(platform, session, robot.id)
    assert len(reading._kept) == reading.KEPT_TAPES


def test_the_slot_of_registration_holds_all_before_it(platform):
    robot = sma_robot()
    registered(platform, robot)
    tape = read(platform, robot)
    assert tape.slots[0][0] == str(slot_at(days()[-501]))
    assert len(tape.market.sessions) == len(days()) - 500


def test_a_daily_tape_has_the_hashes_it_always_had(platform, monkeypatch):
    """What was recorded before tapes had hours, marks, details and sources still verifies."""
    honest, robot = registering.history_of, sma_robot()

    def without_source(archive, feed, slot):
        entry = honest(archive, feed, slot)[1]._replace(source=None)
        return entry_hash(entry), entry

    monkeypatch.setattr(registering, "history_of", without_source)
    live = registered(platform, robot)
    registered(platform, at=-1)
    for day in live[:3]:
        advance(platform, day, robot.id)
    found = platform.connect().execute("SELECT slot, hash FROM tapes ORDER BY closes_at")
    assert [(slot[8:18], name[:16]) for slot, name in found] == [
        ("2011-03-04", "b430df981e01d729"),
        ("2011-03-07", "00ba64329b478bb7"),
        ("2011-03-08", "fee4280a3485120a"),
        ("2011-03-09", "351bd80becc9030e"),
    ]


def restate(database, day, seen_at):
    """The next version of IBM's bar of a day."""
    tamper(
        database,
        "INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,"
        " seen_at, reason) SELECT id, 2, open, high, low, low, volume, %s, 'restated'"
        " FROM market_data WHERE timestamp = %s AND symbol = 'IBM'",
        *(seen_at, day.session),
    )


@pytest.mark.parametrize("outage", [False, True])
def test_after_an_outage_a_slot_reads_what_it_would_have_read_at_its_time(
    database, platform, outage
):
    """A bar restated, and a dividend told, after the next slot had closed."""
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    if not outage:
        for day in live[:2]:
            advance(platform, day, robot.id)
    restate(database, live[0], live[2].closes)
    restate(database, live[1], live[1].closes + SCHEDULED_AFTER)
    tamper(
        database,
        "INSERT INTO corporate_actions (symbol, ex_date, kind, value, data_source, seen_at)"
        " VALUES ('IBM', %s, 'dividend', 0.75, 'sample', %s)",
        *(live[0].session, live[2].closes + SCHEDULED_AFTER),
    )
    tamper(database, "UPDATE market_data SET seen_at = timestamp + interval '1 day'")
    reading.forget()
    advance(platform, live[3], robot.id)
    tape = read(platform, robot)
    lows, closes = (array[-4:, 1] for array in (tape.bars.low, tape.bars.close))
    assert (closes == lows).tolist() == [False, outage, False, False]
    (late,) = [action for action in tape.actions if action.value == 0.75]
    assert (late.ex_date, late.seen) == (live[0].session, live[2].session)


def test_bars_that_came_after_an_outage_of_the_collector_enter_their_slots(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    tamper(database, "UPDATE market_data SET seen_at = %s", live[9].closes)
    advance(platform, live[3], robot.id)
    assert np.isfinite(read(platform, robot).bars.close[-4:]).all()
    splits = [action for action in read(platform, robot).actions if action.seen]
    assert splits == []


def test_why_a_bar_is_missing_is_told_with_it(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    remove(database, live[0], "IBM")
    tamper(database, "UPDATE data_health SET failure = 'sample: 429' WHERE symbol = 'IBM'")
    assert advance(platform, live[0], robot.id).waiting == "no bar of IBM yet: sample: 429"


class Interrupted:
    """An archive in which another connection changes a bar between a tape and its mark."""

    def __init__(self, archive, change):
        self.archive, self.change = archive, change

    def __getattr__(self, name):
        return getattr(self.archive, name)

    def chain(self, head, known):
        found = self.archive.chain(head, known)
        self.change()
        return found


def test_a_row_that_changes_between_a_tape_and_its_mark_does_not_count_as_read(database, platform):
    robot = sma_robot()
    registered(platform, robot)
    (record,) = read_records(platform.connect(), [robot.id])
    change = "UPDATE market_data SET close = close + 1 WHERE symbol = 'IBM' AND timestamp = %s"
    archive = Interrupted(platform.archive, lambda: tamper(database, change, days()[5].session))
    reading.tape_at(archive, record.head.tape, robot.symbols)
    with pytest.raises(BrokenTapeError, match=f"the bar of IBM {days()[5].session}"):
        reading.tape_at(platform.archive, record.head.tape, robot.symbols)
