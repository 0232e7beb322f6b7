import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest

from functions.providers import CorporateAction
from functions.services.market.calendars import sessions
from functions.services.market.grid import bars_of, starts_of
from functions.services.market.quality import Grid, fault, judge
from tests.builders.providers import bar
from tests.builders.shared import actions_in, bars_in

MONDAY = date(2013, 2, 25)
DAYS = [day.session for day in sessions("XNYS", MONDAY, date(2013, 3, 15))]
WEEK = Grid.of(bars_of("XNYS", "1d", "open", DAYS[0], DAYS[-1]))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (bar("A", MONDAY, "-1"), "a price is missing or not positive"),
        (bar("A", MONDAY, "0"), "a price is missing or not positive"),
        (bar("A", MONDAY, close="NaN"), "a price is missing or not positive"),
        (bar("A", MONDAY, high="Infinity"), "a price is missing or not positive"),
        (bar("A", MONDAY, low="11"), "low and high do not hold open and close"),
        (bar("A", MONDAY, high="9"), "low and high do not hold open and close"),
        (bar("A", MONDAY, volume="-5"), "the volume is negative or not a number"),
        (bar("A", MONDAY, volume="NaN"), "the volume is negative or not a number"),
        (bar("A", MONDAY, volume="1e30"), "the volume is above 1e18"),
        (bar("A", MONDAY, "2e9"), "a price is below 1e-8 or above 1e9"),
        (bar("A", MONDAY, low="1e-9"), "a price is below 1e-8 or above 1e9"),
        (bar("A", date(2013, 2, 24)), "the market was closed then"),
        (bar("A", MONDAY, volume="0"), None),
        (bar("A", MONDAY, volume=None), None),
        (bar("A", MONDAY, high="11", low="9"), None),
    ],
)
def test_a_bar_that_nobody_may_compute_with_has_a_fault(broken, reason):
    assert fault(broken, WEEK) == reason


def row(*closes, symbol="A", **other):
    """Bars of sessions in a row that open where they close."""
    return [bar(symbol, day, str(close), **other) for day, close in zip(DAYS, closes, strict=False)]


def refused(bars, actions=()):
    return {one.bar.starts.date(): one.reason for one in judge(bars, actions, WEEK).refused}


def test_a_slipped_decimal_point_is_refused_both_ways():
    assert refused(row(100, 10000, 101)) == {
        DAYS[1]: "its prices are 100 times those before and after it"
    }
    assert refused(row(100, "0.1", 101)) == {
        DAYS[1]: "its prices are 0.001 times those before and after it"
    }


def test_a_high_from_nowhere_is_refused():
    bars = row(100, 101, 102)
    bars[1] = bars[1]._replace(high=Decimal(170))
    assert refused(bars) == {DAYS[1]: "its high is 67% above all around it"}


SLIPPED = "its prices are {} times those of the other bars, and no action explains it"


@pytest.mark.parametrize("times", ["100", "1000", "0.01", "0.001"])
@pytest.mark.parametrize("read", [None, 0, 2])
def test_a_newest_bar_whose_decimal_point_slipped_is_refused(times, read):
    """On time and late, and in a first reading: the close before it is known to all."""
    bars = row(100, 101, 102, Decimal(101) * Decimal(times))
    judged = judge(bars, (), WEEK, None if read is None else by_start(bars[: read + 1]))
    assert judged.good == bars[:3]
    assert [(one.bar, one.reason) for one in judged.refused] == [(bars[3], SLIPPED.format(times))]


def by_start(bars):
    return {one.starts: one for one in bars}


def test_what_slipped_stays_refused_and_what_came_back_does_not():
    bars = row(100, 10100, 13900, 19000, 103)
    judged = judge(bars, (), WEEK, by_start(bars[:1]))
    assert judged.good == [bars[0], bars[4]]
    late = judge(bars[2:], (), WEEK, by_start(bars[:1]))
    assert late.good == [bars[4]]


def test_a_stored_bar_that_is_told_slipped_is_refused_and_its_neighbours_are_not():
    bars = row(100, 101, 102)
    told = [bars[0], row(1, 10100)[1], bars[2]]
    judged = judge(told, (), WEEK, by_start(bars[:2]))
    assert judged.good == [bars[0], bars[2]]


def test_in_a_first_reading_the_scale_of_most_bars_is_the_right_one():
    assert refused(row(10100, 101, 102)) == {DAYS[0]: SLIPPED.format("100")}
    assert refused(row("1.00", "1.01", 102, 103, 104)) == dict.fromkeys(
        DAYS[:2], SLIPPED.format("0.01")
    )


@pytest.mark.parametrize(
    ("kind", "value", "closes"),
    [
        ("split", 100, (100, 101, "1.02")),
        ("split", "0.01", (100, 101, 10200)),
        ("split", 1000, (1000, 1010, "1.02")),
        ("special_dividend", 100, (100, 101, "1.02")),
    ],
)
def test_a_slip_that_an_action_explains_is_a_price(kind, value, closes):
    bars = row(*closes)
    action = CorporateAction("A", DAYS[2], kind, Decimal(value))
    assert judge(bars, [action], WEEK, by_start(bars[:2])).good == bars


def test_a_slip_on_the_day_of_a_small_dividend_is_a_slip():
    bars = row(100, 101, 10200)
    paid = CorporateAction("A", DAYS[2], "dividend", Decimal("0.5"))
    assert judge(bars, [paid], WEEK, by_start(bars[:2])).good == bars[:2]


@pytest.mark.parametrize("newest", [300, 5, 5000, 50])
def test_a_newest_bar_that_moved_otherwise_is_taken(newest):
    bars = row(100, 101, newest)
    assert judge(bars, (), WEEK, by_start(bars[:2])).good == bars


def test_what_follows_refuses_no_bar_of_a_series_that_may_be_recorded():
    """Who read it on time did not know the bar after it."""
    bars = row(100, 101, 101, 102)
    bars[2] = bars[2]._replace(high=Decimal(30000))
    judged = judge(bars, (), WEEK, {})
    assert (judged.good, judged.refused) == (bars, [])
    assert judged.notes["its neighbours contradict it"] == 1


RATIO = "its prices are {} times those before and after it, the ratio of a split that is listed"


@pytest.mark.parametrize(("times", "ratio"), [(4, "4"), (4, "0.25"), ("0.76", "0.76")])
@pytest.mark.parametrize("run", [1, 3])
def test_bars_that_stand_at_a_listed_ratio_are_refused(times, ratio, run):
    """A provider divided all but these; the split itself may be years away."""
    bars = row(100, 101, *(Decimal(times) * (99 + at) for at in range(run)), 100, 102)
    split = CorporateAction("A", date(2020, 1, 2), "split", Decimal(ratio))
    assert refused(bars, [split]) == dict.fromkeys(DAYS[2 : 2 + run], RATIO.format(times))
    assert refused(bars) == {}
    assert judge(bars, [split], WEEK, {}).good == bars


@pytest.mark.parametrize(
    "closes",
    [
        (100, 101, 25, 26, 25),  # a crash that stays
        (100, 101, 60, 100, 102),  # one that is made good, of another size
        (100, 101, 403),  # the newest
    ],
)
def test_a_move_near_a_listed_ratio_is_a_move(closes):
    split = CorporateAction("A", date(2020, 1, 2), "split", Decimal(4))
    assert refused(row(*closes), [split]) == {}


def test_a_wick_is_a_trade_where_a_market_never_closes():
    minutes = bars_of("24/7", "1m", "clock", MONDAY, MONDAY)
    bars = [bar("A", one.starts, "2") for one in minutes[:3]]
    bars[1] = bars[1]._replace(high=Decimal("3.3"))
    judged = judge(bars, (), Grid.of(minutes))
    assert (judged.good, judged.refused) == (bars, [])
    assert judged.notes == {"a high far above all around it": 1}


def test_the_bar_before_told_again_as_the_next_is_noted():
    bars = row(100, 101, 101, high="103")
    assert judge(bars, (), WEEK).notes == {"the bar before again": 1}
    assert judge(row(100, 101, 101), (), WEEK).notes == {}


@pytest.mark.parametrize(
    "closes",
    [
        (100, 48, 47),  # half of its worth lost, and it stays so
        (100, 300, 310),  # a takeover
        (100, 60, 95),  # a crash that is made good
        (100, 140, 95),
        ("0.02", "0.08", "0.02"),  # a penny stock
        (100, 5, 100),
    ],
)
def test_a_true_move_is_never_refused(closes):
    assert refused(row(*closes)) == {}


def test_a_penny_stocks_high_is_a_trade():
    bars = row("0.02", "0.03", "0.02")
    bars[1] = bars[1]._replace(high=Decimal("0.09"))
    assert refused(bars) == {}


@pytest.mark.parametrize(("ratio", "closes"), [("100", (500, 5, "5.1")), ("0.01", (5, 500, 510))])
def test_neighbours_are_seen_in_the_same_shares(ratio, closes):
    """A split of a hundred for one, and its reverse, is no slip; without it the newest waits."""
    split = CorporateAction("A", DAYS[1], "split", Decimal(ratio))
    assert refused(row(*closes), [split]) == {}
    back = CorporateAction("A", DAYS[2], "split", 1 / Decimal(ratio))
    assert refused(row(closes[0], closes[1], closes[0]), [split, back]) == {}


def test_the_same_row_twice_is_one_and_rows_may_come_in_any_order():
    bars = row(100, 101, 102)
    judged = judge([bars[0], bars[2], bars[1], bars[1]], (), WEEK)
    assert judged.good == bars
    assert judged.refused == []
    assert judged.notes == {"told twice": 1, "out of order": 1}


def test_bars_before_and_after_hours_are_left_out_and_a_wrong_minute_is_refused():
    times = bars_of("XNYS", "1h", "open", MONDAY, MONDAY)
    begins = times[0].starts
    early, odd = begins - timedelta(hours=2), begins + timedelta(minutes=7)
    bars = [bar("A", start, "10") for start in (early, begins, odd)]
    sunday = bar("A", begins - timedelta(days=1))
    judged = judge([sunday, *bars], (), Grid.of(times))
    assert judged.good == [bars[1]]
    assert judged.notes == {"outside trading hours": 1}
    assert {one.bar.starts for one in judged.refused} == {sunday.starts, odd}


REFUSED = {
    "negative_volume": "the volume is negative or not a number",
    "close_outside_range": "low and high do not hold open and close",
    "all_nan": "a price is missing or not positive",
    "nan_close": "a price is missing or not positive",
    "spike": "its high is 60% above all around it",
    "weekend_bar": "the market was closed then",
    "decimal_slip": "its prices are 100 times those before and after it",
    "negative_price": "a price is missing or not positive",
    "duplicate_conflicting": "a second bar of this session",
    "non_numeric": "a price is missing or not positive",
    "infinite": "a price is missing or not positive",
    "high_below_low": "low and high do not hold open and close",
    "zero_price": "a price is missing or not positive",
}
NOTED = {
    "out_of_order": "out of order",
    "duplicate_identical": "told twice",
    "zero_volume": "no volume",
    "stale_repeat": "stale repeat",
}
MISSING = {"missing_bar": 1, "missing_run": 3}


def test_every_fault_put_into_real_bars_is_found_and_nothing_else(shared_data):
    with (shared_data / "dirty" / "SPY_2016_2018_dirty_faults.csv").open(newline="") as file:
        faults = {one["kind"]: date.fromisoformat(one["timestamp"]) for one in csv.DictReader(file)}
    assert set(faults) == {*REFUSED, *NOTED, *MISSING}
    bars = bars_in(shared_data / "dirty" / "SPY_2016_2018_dirty.csv", "SPY")
    first, last = bars[0].starts.date(), bars[-1].starts.date()
    times = bars_of("XNYS", "1d", "open", first, last)
    judged = judge(bars, actions_in(shared_data, "SPY"), Grid.of(times))
    found = {one.bar.starts.date(): one.reason for one in judged.refused}
    assert found == {faults[kind]: reason for kind, reason in REFUSED.items()}
    assert judged.notes == dict.fromkeys(NOTED.values(), 1)
    told = {one.starts for one in bars}
    gone = [time.session for time in times if time.starts not in told]
    runs = [faults[kind] for kind, count in MISSING.items() for _ in range(count)]
    assert len(gone) == len(runs)
    assert {faults["missing_bar"], faults["missing_run"]} <= set(gone)


def test_the_clean_twin_has_no_fault(shared_data):
    bars = [
        one
        for one in bars_in(shared_data / "us_daily" / "SPY.csv", "SPY")
        if starts_of(date(2016, 1, 1)) < one.starts < starts_of(date(2019, 1, 1))
    ]
    judged = judge(bars, actions_in(shared_data, "SPY"), _grid(bars, "XNYS", "1d"))
    assert (judged.good, judged.refused, judged.notes) == (bars, [], {})


def _grid(bars, calendar, length):
    days = [one.starts.date() for one in bars]
    return Grid.of(bars_of(calendar, length, "clock", min(days), max(days)))


@pytest.mark.parametrize(
    ("path", "symbol", "calendar", "length", "outside"),
    [
        ("us_daily/SPY.csv", "SPY", "XNYS", "1d", 0),
        ("us_daily/AAPL.csv", "AAPL", "XNYS", "1d", 0),
        ("us_daily/IBM.csv", "IBM", "XNYS", "1d", 0),
        ("us_hour/SPY.csv.gz", "SPY", "XNYS", "1h", 47),  # after the close of half days
        ("us_minute/SPY_2013-10-04_11_trade.csv.gz", "SPY", "XNYS", "1m", 2499),
        ("crypto/BTCUSD_coinbase_daily.csv", "BTC", "24/7", "1d", 0),
        ("crypto/BTCUSD_bitfinex_hour_2013-10.csv", "BTC", "24/7", "1h", 0),
        ("crypto/XRPETH_5m_2019-10.csv", "XRP", "24/7", "5m", 0),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_of_real_bars_none_is_refused(shared_data, path, symbol, calendar, length, outside, told):
    """Crashes, splits and flash crashes of twenty years, also where no split was told."""
    bars = bars_in(shared_data / path, symbol)
    actions = actions_in(shared_data, symbol) if told else []
    judged = judge(bars, actions, _grid(bars, calendar, length))
    assert judged.refused == []
    assert judged.notes["outside trading hours"] == outside
    assert len(judged.good) == len(bars) - outside
