"""Two tellings of a row: which it is, and where they part."""

import json
from dataclasses import dataclass

import pytest

from functions.store.parting import NOTHING, Change, first_parted, parting, read_line

SEGMENT = "segment|1|a1b2|registered"
DECISION = "decision|3|XNYS/1d/2013-03-01T21:00:00Z|a1b2|1362171600|f00|{}|{}|live"
TRADE = (
    "trade|{}|8feb|7|AAPL|buy|56.00000000|{}|1.00000000|0.17752450|-|1299594600|paper|"
    '{{"open": 355.0, "reason": "a|b", "decided_in": "XNYS/1d/2011-03-07T21:00:00Z"}}'
)
POINT = "equity|{}|1299618000|100000.00000000|{}"
FIRST = "trade 1 (AAPL buy 2011-03-08)"


def test_a_trade_is_named_with_the_field_that_was_changed():
    found = parting("data", TRADE.format(1, "355.08745500"), TRADE.format(1, "355.09745500"))
    assert (found.row, found.how) == (FIRST, "was changed")
    assert found.changes == (Change("price", "355.08745500", "355.09745500"),)
    assert found.words == f"{FIRST} was changed"


@pytest.mark.parametrize(
    ("kind", "added", "missing"),
    [
        ("data", "was added", "is missing"),
        ("engine", "does not come out again", "is not recorded"),
    ],
)
def test_a_row_on_one_side_only(kind, added, missing):
    line = TRADE.format(1, "1")
    assert parting(kind, line, NOTHING).words == f"{FIRST} {added}"
    assert parting(kind, NOTHING, line).words == f"{FIRST} {missing}"


def test_leaves_part_in_their_members():
    told = {"seq": 3, "slot": "s", "account": {"cash": "1.0", "positions": {}}, "orders": []}
    other = {**told, "account": {"cash": "2.0", "positions": {}}, "orders": [{"id": "3.0"}]}
    found = parting("code", json.dumps(told), json.dumps(other))
    assert found.words == "decision 3 (s) came out otherwise"
    orders = Change("orders", "[]", '[{"id": "3.0"}]')
    assert found.changes == (Change("account.cash", "1.0", "2.0"), orders)


def test_a_row_of_another_owner_says_so():
    found = parting("data", f"{TRADE.format(1, '1')}|of somebody", TRADE.format(1, "1"))
    assert found.changes == (Change("owner", "of somebody", None),)


def test_words_about_more_rows_than_one_stay_words():
    found = parting("data", "0" * 64, "a row before segment 2 was changed")
    assert found == ("", "a row before segment 2 was changed", ())


def test_long_values_are_cut():
    told = {"seq": 1, "slot": "s", "note": "x" * 200}
    (change,) = parting("engine", json.dumps(told), json.dumps({**told, "note": ""})).changes
    assert change.recorded == "x" * 80 + "…"


def test_every_line_is_read_with_its_fields():
    lines = (SEGMENT, DECISION, TRADE.format(1, "1"), POINT.format(1, "1"))
    assert [read_line(line).place for line in lines] == [(0, 1), (1, 3), (2, 1), (3, 1)]
    trade = read_line(lines[2]).fields
    assert (trade["pnl"], trade["market_data_snapshot"]["reason"]) == (None, "a|b")
    assert trade["execution_time"] == "2011-03-08T14:30:00Z"
    assert [read_line(text) for text in (NOTHING, "", "trade", "33 trades", "trade|x|y")] == [
        None
    ] * 5


ROWS = [SEGMENT, DECISION, *(TRADE.format(at, "1") for at in (1, 2)), POINT.format(1, "1")]


@dataclass
class Case:
    """What is stored, and which row parts from what is worked out."""

    stored: list[str]
    recorded: str
    replayed: str


CASES = [
    Case([*ROWS[:2], *ROWS[3:]], NOTHING, ROWS[2]),
    Case(ROWS[:4], NOTHING, ROWS[4]),
    Case([*ROWS[:3], *ROWS[4:]], NOTHING, ROWS[3]),
    Case([*ROWS, POINT.format(2, "1")], POINT.format(2, "1"), NOTHING),
    Case([*ROWS[:2], TRADE.format(0, "1"), *ROWS[2:]], TRADE.format(0, "1"), NOTHING),
    Case([*ROWS[:3], TRADE.format(2, "9"), ROWS[4]], TRADE.format(2, "9"), ROWS[3]),
]


@pytest.mark.parametrize("case", CASES)
def test_the_first_row_that_parts_is_found_beside_its_own_kind(case):
    assert first_parted(case.stored, ROWS) == (case.recorded, case.replayed)


def test_equal_lists_do_not_part():
    assert first_parted(ROWS, list(ROWS)) is None
