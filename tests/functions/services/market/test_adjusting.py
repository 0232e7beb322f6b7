from datetime import date, timedelta
from decimal import Decimal

import pytest

from functions.providers import CorporateAction, Fetched
from functions.services.market.adjusting import Past, as_traded
from functions.services.market.fitting import misfit
from functions.services.market.grid import bars_of
from functions.services.market.quality import Grid, judge
from tests.builders.providers import bar
from tests.builders.shared import actions_in, bars_in

FIRST, LAST = date(2013, 2, 25), date(2013, 3, 15)
TIMES = bars_of("XNYS", "1d", "open", FIRST, LAST)
GRID = Grid.of(TIMES)
DAYS = [time.session for time in TIMES]
NOTHING = Past({}, None)


def row(*closes, **other):
    pairs = zip(DAYS, closes, strict=False)
    return [bar("A", day, str(close), **other) for day, close in pairs]


def stored(bars, first_reading=None):
    return Past({one.starts: one for one in bars}, first_reading)


def split(at, ratio):
    return CorporateAction("A", DAYS[at], "split", Decimal(ratio))


def paid(at, value):
    return CorporateAction("A", DAYS[at], "dividend", Decimal(value))


def closes(traded):
    return [str(one.close.normalize()) for one in traded.bars]


def test_prices_that_later_splits_divided_are_multiplied_back():
    told = Fetched(row(25, 25, 26), [split(2, 4), paid(1, "0.5"), paid(2, "0.5")], "splits")
    traded = as_traded(told, NOTHING, GRID)
    assert closes(traded) == ["1E+2", "1E+2", "26"]
    assert [str(one.volume) for one in traded.bars] == ["250", "250", "1000"]
    assert [str(one.value.normalize()) for one in traded.actions] == ["4", "2", "0.5"]


def test_a_reverse_split_makes_old_prices_small_again():
    told = Fetched(row(60, 61), [split(1, "0.1")], "splits")
    assert closes(as_traded(told, NOTHING, GRID)) == ["6", "61"]


def test_raw_prices_stay_as_they_are_told():
    told = Fetched(row(100, 25), [split(1, 4)], "none")
    traded = as_traded(told, stored(row(100)), GRID)
    assert (traded.bars, traded.actions, traded.refused) == (told.bars, told.actions, "")


def test_a_split_that_is_listed_and_not_applied_leaves_the_prices():
    told = Fetched(row(100, 101, 25), [split(2, 4)], "splits")
    traded = as_traded(told, stored(row(100, 101)), GRID)
    assert closes(traded) == ["1E+2", "101", "25"]


def test_an_applied_split_that_is_not_listed_refuses_the_whole_answer():
    told = Fetched(row(25, "25.25", 26), [], "splits")
    traded = as_traded(told, stored(row(100, 101)), GRID)
    assert "2 of 2 bars that are stored are now told at 0.25 times their price" in traded.refused


def test_a_provider_that_begins_to_adjust_for_dividends_is_noticed():
    told = Fetched(row("99.5", "100.495", 102), [paid(2, "0.5")], "none")
    traded = as_traded(told, stored(row(100, 101)), GRID)
    assert "0.995 times" in traded.refused


@pytest.mark.parametrize(
    ("closes", "ratio"),
    [
        ((400, 404, 101), "4"),
        ((6, 6, 58), "0.1"),
        ((412, 413, 541), "0.76"),
        ((400, 401, 300), "1.33333333333333333333"),
        (("150.5", 151, 101), "1.5"),
    ],
)
@pytest.mark.parametrize("adjusted", ["splits", "all"])
def test_a_first_reading_with_a_missed_split_is_refused(closes, ratio, adjusted):
    told = Fetched(row(*closes), [split(2, ratio)], adjusted)
    assert as_traded(told, NOTHING, GRID).refused == (
        f"the split of {float(ratio):.6g} on {DAYS[2]} is listed, and the prices before it are "
        "not adjusted for it; ask again later"
    )


def test_a_first_reading_with_a_split_that_was_taken_out_twice_is_refused():
    told = Fetched(row(25, "25.2", 100), [split(2, 4)], "splits")
    assert "before it are adjusted for it twice" in as_traded(told, NOTHING, GRID).refused


def test_a_split_that_was_taken_out_but_for_one_bar_refuses_that_bar_alone():
    told = Fetched(row(400, 404, 1616, 408, 409), [split(4, 4)], "splits")
    traded = as_traded(told, NOTHING, GRID)
    assert traded.refused == ""
    judged = judge(traded.bars, traded.actions, GRID)
    assert [one.bar.starts.date() for one in judged.refused] == [DAYS[2]]


def test_a_price_that_a_special_dividend_lowered_is_no_missed_split():
    """Shares are joined so that what was paid does not show in the price."""
    told = Fetched(row(100, "100.2", "75.4"), [split(2, "0.75"), paid(2, "25")], "splits")
    assert as_traded(told, NOTHING, GRID).refused == ""


def wild(count, move):
    """Closes that go up and down by so much."""
    return [round(100 * (1 + move * (at % 2)), 4) for at in range(count)]


@pytest.mark.parametrize(("move", "found"), [("0.01", True), ("0.08", False)])
def test_a_small_split_is_told_from_what_the_price_does_every_day(move, found):
    times = bars_of("XNYS", "1d", "open", FIRST, date(2013, 4, 30))
    days = [time.session for time in times]
    closes = wild(len(days), Decimal(move))
    bars = [
        bar("A", day, str(close / (Decimal("1.25") if at >= 30 else 1)))
        for at, (day, close) in enumerate(zip(days, closes, strict=True))
    ]
    told = Fetched(bars, [CorporateAction("A", days[30], "split", Decimal("1.25"))], "splits")
    assert bool(as_traded(told, NOTHING, Grid.of(times)).refused) is found


def test_a_missed_split_is_found_in_any_order_of_rows():
    one, two, three, four = row(104, 101, 25, 26)
    told = Fetched([four, four, three, two, one], [split(2, 4)], "splits")
    assert f"the split of 4 on {DAYS[2]} is listed" in as_traded(told, NOTHING, GRID).refused


def test_a_price_that_grew_is_no_missed_split_in_any_order_of_rows():
    one, two, three, four = row(10, 11, 12, 100)
    told = Fetched([four, four, three, two, one], [split(2, "0.1")], "splits")
    assert as_traded(told, NOTHING, GRID).refused == ""


def test_a_fall_on_the_day_of_a_small_split_is_no_missed_split():
    told = Fetched(row(20, "20.1", "17.6"), [split(2, "1.25")], "splits")
    assert as_traded(told, NOTHING, GRID).refused == ""


def test_what_a_price_did_over_a_gap_tells_of_no_split():
    told = Fetched([*row(20, "20.1"), bar("A", DAYS[6], "8")], [split(4, 2)], "splits")
    assert as_traded(told, NOTHING, GRID).refused == ""


def test_a_crash_on_the_day_of_a_split_is_no_missed_split():
    told = Fetched(row(100, 101, 60), [split(2, 4)], "splits")
    assert as_traded(told, NOTHING, GRID).refused == ""


def test_one_corrected_price_is_no_change_of_scale():
    told = Fetched(row(100, 105, 102), [], "splits")
    traded = as_traded(told, stored(row(100, 101)), GRID)
    assert (traded.bars, traded.refused) == (told.bars, "")


def test_a_part_of_the_bars_on_another_scale_is_noticed_too():
    told = row(100, 101, 25, "25.5")
    assert misfit(told, stored(row(100, 101, 100, 102)).bars).startswith("2 of 4 bars")


def test_what_an_undone_split_rounds_away_is_no_restatement():
    """597.35 over 7 is told with four digits."""
    known = row("597.35", "600.01")
    told = Fetched(row("85.3357", "85.7157", 86, volume="7000"), [split(2, 7)], "splits")
    traded = as_traded(told, stored(known), GRID)
    assert traded.bars[:2] == known


def test_with_all_adjusted_the_first_reading_books_nothing():
    told = Fetched(row(95, 96), [split(1, 2), paid(1, 1)], "all")
    traded = as_traded(told, NOTHING, GRID)
    assert (traded.bars, traded.actions) == (told.bars, [])


def test_with_all_adjusted_later_actions_are_undone_and_booked():
    """A dividend of 1 on a close of 100 is told as bars of 0.99 times their price."""
    told = Fetched(row("94.05", 99, 101), [paid(1, 2), paid(2, 1)], "all")
    traded = as_traded(told, stored(row(95, 100), DAYS[1]), GRID)
    assert closes(traded) == ["95", "1E+2", "101"]
    assert traded.actions == [paid(2, 1)]


def test_with_all_adjusted_a_later_split_is_undone_and_booked():
    told = Fetched(row("47.5", 50, 51), [split(2, 2)], "all")
    traded = as_traded(told, stored(row(95, 100), DAYS[1]), GRID)
    assert (closes(traded), traded.actions) == (["95", "1E+2", "51"], [split(2, 2)])


def adjusted_for(raw, actions, ratio=1):
    """Raw closes as a provider tells them that takes what is paid off the close before."""
    told = [Decimal(str(one)) for one in raw]
    for at, paid_then in actions.items():
        close = Decimal(str(raw[at - 1])) / ratio
        told[:at] = [one / ratio * (1 - Decimal(paid_then) / close) for one in told[:at]]
    return row(*(round(one, 6) for one in told))


def test_with_all_adjusted_a_dividend_after_lost_sessions_is_undone():
    """The close before its ex-date was never stored."""
    raw = [100, "100.5", 101, "101.2", 101, 104, 105, "105.5", 106]
    told = Fetched(adjusted_for(raw, {7: "2"}), [paid(7, 2)], "all")
    traded = as_traded(told, stored(row(*raw[:5]), DAYS[4]), GRID)
    assert (traded.refused, traded.actions) == ("", [paid(7, 2)])
    assert [round(one.close, 3) for one in traded.bars] == [Decimal(str(one)) for one in raw]


def test_with_all_adjusted_a_split_and_a_dividend_of_one_day_are_undone():
    """The dividend is paid on the shares after the split."""
    raw = [100, "100.5", 101, "101.2", 101, "50.6"]
    told = Fetched(adjusted_for(raw, {5: "0.5"}, 2), [split(5, 2), paid(5, "0.5")], "all")
    traded = as_traded(told, stored(row(*raw[:5]), DAYS[4]), GRID)
    assert (traded.refused, traded.actions) == ("", [split(5, 2), paid(5, "0.5")])
    assert [round(one.close, 3) for one in traded.bars] == [Decimal(str(one)) for one in raw]


class Told:
    """Twenty years with splits of 2, 7 and 4, as a provider of adjusted prices has them.

    forgotten: a split that it lists and does not apply. around: a day; only a year before and
    after it is told.
    """

    def __init__(self, shared_data, symbol, forgotten=None, around=None):
        self.raw = [
            one
            for one in bars_in(shared_data / "us_daily" / f"{symbol}.csv", symbol)
            if around is None or abs(one.starts.date() - around) < timedelta(days=366)
        ]
        self.actions = actions_in(shared_data, symbol)
        self.applied = [one for one in self.splits() if one.ex_date != forgotten]
        days = [one.starts.date() for one in self.raw]
        self.grid = Grid.of(bars_of("XNYS", "1d", "open", days[0], days[-1]))

    def splits(self):
        return [one for one in self.actions if one.kind == "split"]

    def ratio(self, day):
        found = Decimal(1)
        for one in self.applied:
            found *= one.value if one.ex_date > day else 1
        return found

    def bars(self):
        return [self._adjusted(one) for one in self.raw]

    def fetched(self, bars):
        paid = [
            one if one.kind == "split" else one._replace(value=one.value / self.ratio(one.ex_date))
            for one in self.actions
        ]
        return Fetched(bars, paid, "splits")

    def _adjusted(self, one):
        by = self.ratio(one.starts.date())
        prices = {
            name: round(getattr(one, name) / by, 6) for name in ("open", "high", "low", "close")
        }
        return one._replace(**prices, volume=one.volume * by)


@pytest.mark.parametrize("symbol", ["AAPL", "IBM", "SPY"])
def test_real_bars_told_adjusted_are_the_real_bars_again(shared_data, symbol):
    told = Told(shared_data, symbol)
    traded = as_traded(told.fetched(told.bars()), NOTHING, told.grid)
    assert traded.refused == ""
    for found, real in zip(traded.bars, told.raw, strict=True):
        assert all(
            abs(a - b) <= Decimal("0.0001") for a, b in zip(found[2:6], real[2:6], strict=True)
        )
        assert found.volume == real.volume
    assert [round(one.value, 4) for one in traded.actions] == [
        round(one.value, 4) for one in told.actions
    ]
    assert judge(traded.bars, traded.actions, told.grid).refused == []


REAL_SPLITS = [
    ("AAPL", date(2000, 6, 21)),
    ("AAPL", date(2005, 2, 28)),
    ("AAPL", date(2014, 6, 9)),
    ("AAPL", date(2020, 8, 31)),
    ("IBM", date(1999, 5, 27)),
]


@pytest.mark.parametrize(("symbol", "forgotten"), REAL_SPLITS)
def test_each_real_split_is_found_where_it_was_forgotten(shared_data, symbol, forgotten):
    told = Told(shared_data, symbol, forgotten, around=forgotten)
    assert [(symbol, one.ex_date) for one in told.splits()] == [
        one for one in REAL_SPLITS if one[0] == symbol
    ]
    refused = as_traded(told.fetched(told.bars()), NOTHING, told.grid).refused
    assert f"on {forgotten} is listed, and the prices before it are not adjusted" in refused


@pytest.mark.parametrize(("symbol", "forgotten"), REAL_SPLITS)
@pytest.mark.parametrize("before", [2, 90])
def test_one_real_bar_that_was_forgotten_is_refused_alone(shared_data, symbol, forgotten, before):
    told = Told(shared_data, symbol, around=forgotten)
    unadjusted = Told(shared_data, symbol, forgotten, around=forgotten)
    days = [one.starts.date() for one in told.raw]
    at = days.index(forgotten) - before
    bars = told.bars()
    bars[at] = unadjusted.bars()[at]
    traded = as_traded(told.fetched(bars), NOTHING, told.grid)
    assert traded.refused == ""
    judged = judge(traded.bars, traded.actions, told.grid)
    assert [one.bar.starts.date() for one in judged.refused] == [days[at]]
