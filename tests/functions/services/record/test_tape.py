from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
import rfc8785

from functions.services.record.leaf import GENESIS, leaf_hash
from functions.services.record.tape import (
    BrokenTapeError,
    blank,
    changed_in,
    entry_hash,
    verified,
)
from functions.store.tapes import Action, Bar, Entry, Session, marks_of

DAY = date(2013, 1, 2)


def session(day: date) -> Session:
    return Session(str(day), f"{day}T14:30:00Z", f"{day}T21:00:00Z")


def entry(prev: str, *days: date, close: str = "100.5", actions: tuple[Action, ...] = ()) -> Entry:
    last = days[-1]
    closes = datetime(last.year, last.month, last.day, 21, tzinfo=UTC)
    bars = tuple(
        Bar(uuid4(), "IBM", str(day), "100", "101", "99.5", close, None, 1) for day in days
    )
    slot = f"XNYS/1d/{closes:%Y-%m-%dT%H:%M:%SZ}"
    return Entry(prev, slot, closes, tuple(session(day) for day in days), bars, actions)


def days(count: int) -> list[date]:
    return [DAY + timedelta(days=number) for number in range(count)]


def named(entry: Entry) -> tuple[str, Entry]:
    return entry_hash(entry), entry


def test_the_hash_covers_the_content_as_canonical_text_and_no_row_ids():
    action = Action(uuid4(), "IBM", str(DAY), "dividend", "0.85")
    found = entry(GENESIS, DAY, actions=(action,))
    text = rfc8785.dumps(
        {
            "v": 1,
            "prev": GENESIS,
            "slot": "XNYS/1d/2013-01-02T21:00:00Z",
            "sessions": [["2013-01-02", "2013-01-02T14:30:00Z", "2013-01-02T21:00:00Z"]],
            "bars": [["IBM", "2013-01-02", "100", "101", "99.5", "100.5", None, 1]],
            "actions": [["IBM", "2013-01-02", "dividend", "0.85"]],
        }
    )
    assert entry_hash(found) == leaf_hash(text)
    again = found._replace(bars=(found.bars[0]._replace(id=uuid4()),))
    assert entry_hash(again) == entry_hash(found)


def test_the_source_is_hashed_where_there_is_one():
    found = entry(GENESIS, DAY)._replace(source="sample")
    text = rfc8785.dumps(
        {
            "v": 2,
            "source": "sample",
            "prev": GENESIS,
            "slot": "XNYS/1d/2013-01-02T21:00:00Z",
            "sessions": [["2013-01-02", "2013-01-02T14:30:00Z", "2013-01-02T21:00:00Z"]],
            "bars": [["IBM", "2013-01-02", "100", "101", "99.5", "100.5", None, 1]],
            "actions": [],
        }
    )
    assert entry_hash(found) == leaf_hash(text)
    tape = blank(["IBM"]).extended([named(found)])
    assert tape.source == "sample"
    assert tape.extended([named(entry(tape.hash, days(2)[1]))]).source == "sample"
    assert blank(["IBM"]).extended([named(entry(GENESIS, DAY))]).source is None
    for other in ("files", None):
        with pytest.raises(BrokenTapeError, match="source or place"):
            verified(blank(["IBM"]), [(tape.hash, found._replace(source=other))])


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one._replace(bars=(one.bars[0]._replace(close="100.6"),)),
        lambda one: one._replace(bars=(one.bars[0]._replace(version=2),)),
        lambda one: one._replace(bars=()),
        lambda one: one._replace(slot="XNYS/1d/2013-01-03T21:00:00Z"),
        lambda one: one._replace(sessions=(session(DAY)._replace(opens="2013-01-02T15:30:00Z"),)),
        lambda one: one._replace(prev="1" * 64),
    ],
)
def test_a_changed_entry_no_longer_verifies(change):
    name, found = named(entry(GENESIS, DAY))
    with pytest.raises(BrokenTapeError, match="2013-01-0"):
        verified(blank(["IBM"]), [(name, change(found))])


def test_entries_become_one_market_in_which_unlisted_symbols_are_gaps():
    first = named(entry(GENESIS, *days(2)))
    second = named(entry(first[0], days(3)[2], close="100.9"))
    tape = verified(blank(["AAPL", "IBM"]), [first, second])
    assert tape.hash == second[0]
    np.testing.assert_array_equal(tape.market.close[:, 1], [100.5, 100.5, 100.9])
    assert np.isnan(tape.market.close[:, 0]).all()
    assert tape.slots_after(first[0]) == ((second[1].slot, second[0]),)


def test_a_tape_extended_step_by_step_is_the_tape_extended_at_once():
    chain = [named(entry(GENESIS, *days(2)))]
    chain.append(named(entry(chain[-1][0], days(3)[2])))
    at_once = blank(["IBM"]).extended(chain)
    stepwise = blank(["IBM"]).extended(chain[:1]).extended(chain[1:])
    for one, other in zip(at_once.bars, stepwise.bars, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (at_once.hash, at_once.slots) == (stepwise.hash, stepwise.slots)


def test_an_action_read_late_says_which_session_saw_it():
    late = Action(uuid4(), "IBM", str(DAY), "dividend", "0.5")
    first = named(entry(GENESIS, *days(3)))
    second = named(entry(first[0], days(4)[3], actions=(late,)))
    tape = blank(["IBM"]).extended([first, second])
    assert [(one.ex_date, one.seen) for one in tape.actions] == [(DAY, days(4)[3])]


def test_an_action_before_registration_keeps_its_date():
    early = Action(uuid4(), "IBM", str(days(2)[1]), "dividend", "0.5")
    tape = blank(["IBM"]).extended([named(entry(GENESIS, *days(3), actions=(early,)))])
    assert [(one.ex_date, one.seen) for one in tape.actions] == [(days(2)[1], None)]


def test_a_history_that_is_not_on_the_tape_is_named():
    tape = blank(["IBM"]).extended([named(entry(GENESIS, DAY))])
    with pytest.raises(BrokenTapeError, match="no entry 1111"):
        tape.slots_after("1" * 64)


def test_which_bar_or_action_was_changed_is_told_by_its_mark():
    paid = Action(uuid4(), "IBM", str(DAY), "dividend", "0.5")
    found = entry(GENESIS, *days(3), actions=(paid,))
    marks = marks_of(found)
    assert len(marks) == 4 * 8
    assert changed_in(found, marks) == []
    bars = (found.bars[0], found.bars[1]._replace(close="100.6"), found.bars[2])
    assert changed_in(found._replace(bars=bars), marks) == [
        f"the bar of IBM {days(2)[1]} (now 100.6 at its close)"
    ]
    actions = (paid._replace(value="0.6"),)
    assert changed_in(found._replace(actions=actions), marks) == [
        f"the dividend of IBM on {DAY} (now 0.6)"
    ]
    assert changed_in(found._replace(bars=found.bars[1:]), marks) == [
        "1 of the 4 bars and actions it read are gone"
    ]
    assert changed_in(found._replace(bars=bars), None) == []


def test_a_broken_entry_names_what_was_changed():
    name, found = named(entry(GENESIS, *days(2)))
    marked = found._replace(marks=marks_of(found))
    broken = marked._replace(bars=(found.bars[0], found.bars[1]._replace(volume="7")))
    with pytest.raises(BrokenTapeError, match=f"changed: the bar of IBM {days(2)[1]}"):
        verified(blank(["IBM"]), [(name, broken)])
    with pytest.raises(BrokenTapeError, match="changed: its sessions, slot, source or place"):
        verified(blank(["IBM"]), [(name, marked._replace(slot="XNYS/1d/2013-01-09T21:00:00Z"))])


def test_a_detail_is_hashed_where_there_is_one_and_no_seen_at_is():
    rename = Action(uuid4(), "IBM", str(DAY), "rename", None, "INTL")
    found = entry(GENESIS, DAY, actions=(rename,))
    assert rename.content == ["IBM", str(DAY), "rename", None, "INTL"]
    other = found._replace(actions=(rename._replace(detail="IBMX"),))
    assert entry_hash(other) != entry_hash(found)
    now = datetime(2013, 1, 3, tzinfo=UTC)
    seen = found._replace(
        actions=(rename._replace(seen_at=now),), bars=(found.bars[0]._replace(seen_at=now),)
    )
    assert entry_hash(seen) == entry_hash(found)


def hours(prev, day, first, last, actions=()):
    """An entry of hourly rows: the session's 14:30 to 21:00, in hours from the open."""
    times = [f"{day}T{14 + hour}:30:00Z" for hour in range(first, last + 1)]
    rows = tuple(Session(str(day), times[at], times[at + 1]) for at in range(last - first))
    bars = tuple(
        Bar(uuid4(), "IBM", time, "100", "101", "99", f"100.{at}", None, 1)
        for at, time in enumerate(times[:-1])
    )
    closes = datetime.fromisoformat(times[-1])
    return Entry(prev, f"XNYS/1h/{times[-1]}", closes, rows, bars, tuple(actions))


def test_hourly_bars_are_rows_of_one_session():
    first = named(hours(GENESIS, DAY, 0, 6))
    second = named(hours(first[0], days(2)[1], 0, 1))
    tape = verified(blank(["IBM"]), [first, second])
    assert tape.bars.close[:, 0].tolist() == [100.0, 100.1, 100.2, 100.3, 100.4, 100.5, 100.0]
    assert [str(day) for day in tape.bars.sessions] == [str(DAY)] * 6 + [str(days(2)[1])]


def test_a_session_ends_as_its_calendar_says_however_many_of_its_rows_were_read():
    first = named(hours(GENESIS, DAY, 0, 2))
    second = named(hours(first[0], DAY, 2, 6))
    third = named(hours(second[0], days(2)[1], 0, 1))
    early, later = blank(["IBM"]).extended([first]), blank(["IBM"]).extended([first, second, third])
    assert early.market.prices.closes_session.tolist() == [False, False]
    assert later.market.prices.closes_session.tolist() == [False] * 7
    closing = int(datetime(2013, 1, 2, 21, tzinfo=UTC).timestamp())
    assert set(early.market.raw.ends.tolist()) == {closing}
    assert later.market.raw.ends.tolist() == [closing] * 6 + [closing + 86_400]


def test_every_row_of_days_ends_its_session():
    tape = blank(["IBM"]).extended([named(entry(GENESIS, *days(3)))])
    assert tape.market.prices.closes_session.all()


def test_a_bar_that_starts_before_the_open_is_the_first_row():
    """The hour of a clock that holds half an hour of trading."""
    found = hours(GENESIS, DAY, 0, 2)
    early = found._replace(bars=(found.bars[0]._replace(session=f"{DAY}T14:00:00Z"), found.bars[1]))
    assert blank(["IBM"]).extended([named(early)]).bars.close[:, 0].tolist() == [100.0, 100.1]


@pytest.mark.parametrize(
    ("day", "first", "seen"),
    [
        (days(2)[1], 0, None),  # the session's first slot books it at its open
        (days(2)[1], 1, days(3)[2]),  # a later one at the next session's open
        (DAY, 0, days(2)[1]),
        (DAY, 1, days(3)[2]),
    ],
)
def test_an_action_read_within_a_session_is_booked_at_an_open_that_is_not_recorded(
    day, first, seen
):
    action = Action(uuid4(), "IBM", str(day), "split", "2")
    chain = [named(hours(GENESIS, DAY, 0, 6))]
    for hour in range(2):
        told = (action,) if hour == first else ()
        chain.append(named(hours(chain[-1][0], days(2)[1], hour, hour + 1, told)))
    for tape in (
        blank(["IBM"]).extended(chain),
        blank(["IBM"]).extended(chain[:2]).extended(chain[2:]),
    ):
        assert [(one.ex_date, one.seen) for one in tape.actions] == [(day, seen)]


def test_a_special_dividend_is_a_dividend_and_a_rename_nothing_to_an_account():
    told = [
        Action(uuid4(), "IBM", str(DAY), "special_dividend", "3"),
        Action(uuid4(), "IBM", str(DAY), "rename", None, "INTL"),
        Action(uuid4(), "IBM", str(DAY), "delisting", None),
    ]
    tape = blank(["IBM"]).extended([named(entry(GENESIS, DAY, actions=tuple(told)))])
    assert [one.kind for one in tape.actions] == ["dividend", "delisting"]
    assert np.isnan(tape.actions[1].value)
    assert len(tape.action_ids) == 3
