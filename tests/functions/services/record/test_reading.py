from datetime import date

import numpy as np
import pytest

from functions.services.record import reading
from functions.store.records import read_records
from tests.builders.platforms import platform_over
from tests.builders.records import advance, days, registered, slot_at, sma_robot, tamper

SPLIT = next(at for at, day in enumerate(days()) if day.session == date(2005, 2, 28))
"""Apple's shares were split in two on this day."""


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
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
    return reading.tape_at(platform.connect(), record.head.tape, robot.symbols)


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


def test_a_split_on_the_tape_explains_a_large_move(platform):
    robot = sma_robot()
    registered(platform, robot, at=SPLIT - 1)
    registered(platform, at=-1)
    assert advance(platform, days()[SPLIT], robot.id).appended == 1


def test_a_bar_that_comes_late_or_is_restated_never_enters_the_tape(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    advance(platform, live[3], robot.id)
    head = read(platform, robot).hash
    tamper(
        database,
        "INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,"
        " seen_at, reason) SELECT id, 2, open, high, low, close * 2, volume, now(), 'restated'"
        " FROM market_data WHERE timestamp = %s",
        live[2].session,
    )
    assert read(platform, robot).hash == head
    assert advance(platform, live[4], robot.id).appended == 1


def test_a_new_slot_reads_the_newest_version(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    tamper(
        database,
        "INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,"
        " seen_at, reason) SELECT id, 2, open, high, low, close + 0.01, volume, now(), 'restated'"
        " FROM market_data WHERE timestamp = %s AND symbol = 'IBM'",
        live[0].session,
    )
    advance(platform, live[0], robot.id)
    reading.forget()
    close = platform.connect().execute(
        "SELECT close::float8 FROM market_data WHERE symbol = 'IBM' AND timestamp = %s",
        [live[0].session],
    )
    assert read(platform, robot).bars.close[-1, 1] == pytest.approx(close.fetchone()[0] + 0.01)


def test_an_action_seen_late_is_booked_by_the_slot_that_reads_it(database, platform):
    robot = sma_robot()
    live = registered(platform, robot)
    registered(platform, at=-1)
    advance(platform, live[3], robot.id)
    tamper(
        database,
        "INSERT INTO corporate_actions (symbol, ex_date, kind, value, data_source, seen_at)"
        " VALUES ('IBM', %s, 'dividend', 0.75, 'sample', now())",
        live[1].session,
    )
    assert advance(platform, live[4], robot.id).appended == 1
    assert read(platform, robot).actions[-1].ex_date == live[4].session
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
    assert reading.tape_at(platform.connect(), first.hash, robot.symbols) is first


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
