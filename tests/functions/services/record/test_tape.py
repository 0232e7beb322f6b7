from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
import rfc8785

from functions.services.record.leaf import GENESIS, leaf_hash
from functions.services.record.tape import BrokenTapeError, blank, entry_hash, verified
from functions.store.tapes import Action, Bar, Entry, Session

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
    second = named(entry(first[0], days(3)[2], close="102"))
    tape = verified(blank(["AAPL", "IBM"]), [first, second])
    assert tape.hash == second[0]
    np.testing.assert_array_equal(tape.market.close[:, 1], [100.5, 100.5, 102.0])
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


def test_an_action_seen_late_is_booked_at_the_open_of_the_slot_that_read_it():
    late = Action(uuid4(), "IBM", str(DAY), "dividend", "0.5")
    first = named(entry(GENESIS, *days(3)))
    second = named(entry(first[0], days(4)[3], actions=(late,)))
    tape = blank(["IBM"]).extended([first, second])
    assert [action.ex_date for action in tape.actions] == [days(4)[3]]


def test_an_action_before_registration_keeps_its_date():
    early = Action(uuid4(), "IBM", str(days(2)[1]), "dividend", "0.5")
    tape = blank(["IBM"]).extended([named(entry(GENESIS, *days(3), actions=(early,)))])
    assert [action.ex_date for action in tape.actions] == [days(2)[1]]


def test_a_history_that_is_not_on_the_tape_is_named():
    tape = blank(["IBM"]).extended([named(entry(GENESIS, DAY))])
    with pytest.raises(BrokenTapeError, match="no entry 1111"):
        tape.slots_after("1" * 64)
