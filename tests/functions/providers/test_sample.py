import csv
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from functions import providers
from functions.providers import Request

SYMBOLS = ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
LAST = date(2013, 3, 1)
UNTIL = datetime(2013, 3, 1, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample():
    return providers.get("sample")


def fetched(sample, symbol):
    return sample.fetch(Request(symbol, "1d", None, UNTIL))


def actions_of(sample, *kinds):
    return [
        action
        for symbol in SYMBOLS
        for action in fetched(sample, symbol).actions
        if action.kind in kinds
    ]


def test_no_provider_fails_to_load():
    assert providers.failures() == {}


def test_it_has_every_row_of_the_file(sample):
    counts = {symbol: len(fetched(sample, symbol).bars) for symbol in SYMBOLS}
    assert counts == {"AAPL": 3270, "FB": 196, "GOOG": 2148, "IBM": 3270, "MSFT": 3270}
    assert sample.coverage() == (date(2000, 3, 1), LAST)


def test_prices_are_those_of_the_day_to_the_last_digit(sample):
    first, *_, last = fetched(sample, "AAPL").bars
    assert [str(value) for value in first[1:]] == [
        *("2000-03-01 00:00:00+00:00", "118.56", "132.06", "118.5", "130.31", "9616100")
    ]
    assert str(last.high) == "438.1799"


def test_the_splits_are_exactly_these(sample):
    assert [action[:4] for action in actions_of(sample, "split")] == [
        ("AAPL", date(2000, 6, 21), "split", Decimal(2)),
        ("AAPL", date(2005, 2, 28), "split", Decimal(2)),
        ("MSFT", date(2003, 2, 18), "split", Decimal(2)),
    ]


def test_the_dividends_are_as_many_as_were_paid(sample):
    paid = Counter(action.symbol for action in actions_of(sample, "dividend"))
    assert paid == {"AAPL": 3, "IBM": 52, "MSFT": 37}


@pytest.mark.parametrize(
    ("symbol", "ex_date", "value"),
    [
        ("AAPL", date(2012, 8, 9), "2.65"),
        ("AAPL", date(2012, 11, 7), "2.65"),
        ("AAPL", date(2013, 2, 7), "2.65"),
        ("IBM", date(2000, 5, 8), "0.13"),
        ("IBM", date(2008, 5, 7), "0.50"),
        ("IBM", date(2013, 2, 6), "0.85"),
        ("MSFT", date(2003, 2, 19), "0.08"),
        ("MSFT", date(2004, 11, 15), "3.08"),
        ("MSFT", date(2013, 2, 19), "0.23"),
    ],
)
def test_known_dividends_come_out_exactly(sample, symbol, ex_date, value):
    paid = {action.ex_date: action.value for action in fetched(sample, symbol).actions}
    assert paid[ex_date] == Decimal(value)


def test_every_dividend_is_a_whole_number_of_cents(sample):
    for action in actions_of(sample, "split", "dividend"):
        assert action.value == action.value.quantize(Decimal("0.01"))


@pytest.mark.parametrize("symbol", ["AAPL", "IBM"])
def test_its_actions_are_those_that_another_source_knows(sample, shared_data, symbol):
    """Lean's factor files: dividends to about half a cent, splits exactly."""
    with (shared_data / "us_daily" / "actions.csv").open(newline="") as file:
        known = {
            (row["kind"].removeprefix("cash_"), date.fromisoformat(row["ex_date"])): Decimal(
                row["value"]
            )
            for row in csv.DictReader(file)
            if row["symbol"] == symbol
            and date(2000, 3, 1) < date.fromisoformat(row["ex_date"]) <= LAST
        }
    ours = {
        (action.kind, action.ex_date): action.value for action in fetched(sample, symbol).actions
    }
    assert set(ours) == set(known)
    assert all(abs(ours[key] - known[key]) < Decimal("0.002") for key in known)
