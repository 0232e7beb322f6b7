from datetime import date
from decimal import Decimal

import pytest

from functions.providers import CorporateAction, Fetched
from functions.services.market.adjusting import Past, as_traded
from functions.services.market.fitting import misfit
from functions.services.market.grid import bars_of
from functions.services.market.quality import Grid
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


@pytest.mark.parametrize(("closes", "ratio"), [((400, 404, 101), 4), ((6, 6, 58), "0.1")])
def test_a_first_reading_with_a_missed_split_is_refused(closes, ratio):
    told = Fetched(row(*closes), [split(2, ratio)], "splits")
    assert f"the split of {ratio} on {DAYS[2]} is listed" in as_traded(told, NOTHING, GRID).refused


def test_a_missed_split_is_found_in_any_order_of_rows():
    one, two, three, four = row(26, 101, 25, 26)
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


@pytest.mark.parametrize("symbol", ["AAPL", "IBM"])
def test_real_bars_told_adjusted_are_the_real_bars_again(shared_data, symbol):
    """Twenty years with splits of 2, 7 and 4, as a provider of adjusted prices has them."""
    raw = bars_in(shared_data / "us_daily" / f"{symbol}.csv", symbol)
    actions = actions_in(shared_data, symbol)
    splits = [one for one in actions if one.kind == "split"]
    days = [one.starts.date() for one in raw]
    grid = Grid.of(bars_of("XNYS", "1d", "open", days[0], days[-1]))

    def ratio(day):
        found = Decimal(1)
        for one in splits:
            found *= one.value if one.ex_date > day else 1
        return found

    def adjusted(one):
        by = ratio(one.starts.date())
        prices = {
            name: round(getattr(one, name) / by, 6) for name in ("open", "high", "low", "close")
        }
        return one._replace(**prices, volume=one.volume * by)

    told = [
        one if one.kind == "split" else one._replace(value=one.value / ratio(one.ex_date))
        for one in actions
    ]
    traded = as_traded(Fetched([adjusted(one) for one in raw], told, "splits"), NOTHING, grid)
    for found, real in zip(traded.bars, raw, strict=True):
        assert all(
            abs(a - b) <= Decimal("0.0001") for a, b in zip(found[2:6], real[2:6], strict=True)
        )
        assert found.volume == real.volume
    assert [round(one.value, 4) for one in traded.actions] == [
        round(one.value, 4) for one in actions
    ]
