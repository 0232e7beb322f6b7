import numpy as np
import pytest

from engine import Market
from engine.bars import joined
from engine.errors import DataError
from tests.builders.bars import NAN, bars, intraday, quoted

pytestmark = pytest.mark.engine

SYMBOLS = ("AAPL", "IBM")


def three_bars():
    return bars(np.array([[10.0, 20.0], [11.0, 21.0], [12.0, 22.0]]))


def changed(column, at, value):
    array = getattr(three_bars(), column).copy()
    array[at] = value
    return three_bars()._replace(**{column: array})


def test_a_bad_bar_of_a_session_with_several_is_named_by_its_instant():
    hours = intraday(changed("high", (2, 1), 21.0), 3)
    with pytest.raises(DataError, match="bar of IBM on 2012-01-09T17:30:00Z has its high below"):
        Market.build(SYMBOLS, hours)


@pytest.mark.parametrize(
    ("column", "at", "value", "message"),
    [
        ("open", (1, 1), NAN, "bar of IBM on 2012-01-10 has a NaN inside; give all of"),
        ("close", (2, 0), NAN, "bar of AAPL on 2012-01-11 has a NaN inside"),
        ("low", (1, 0), -1.0, "bar of AAPL on 2012-01-10 has low below 1e-8; leave the bar out"),
        ("close", (0, 0), 0.0, "has close below 1e-8"),
        ("high", (1, 1), np.inf, "bar of IBM on 2012-01-10 has an infinite high; leave"),
        ("open", (1, 1), 2e9, "has open above 1e9; give other units"),
        ("high", (2, 1), 21.0, "bar of IBM on 2012-01-11 has its high below its low; mend"),
        ("volume", (0, 1), -5.0, "bar of IBM on 2012-01-09 has a negative volume; give NaN"),
        ("volume", (0, 1), np.inf, "has an infinite volume"),
        ("volume", (0, 1), 2e18, "bar of IBM on 2012-01-09 has a volume above 1e18; give other"),
        ("sessions", 2, "NaT", "row that closes at 2012-01-11T21:00:00Z has no session; name it"),
        ("open", (1, 0), 11.5, "bar of AAPL on 2012-01-10 has its open beyond high or low; mend"),
        ("close", (2, 1), 21.9, "bar of IBM on 2012-01-11 has its close beyond high or low; mend"),
        ("sessions", 2, "2012-01-02", "session 2012-01-02 follows 2012-01-10; sort the rows"),
        ("closes", 0, 1326205800 + 60, "2012-01-10 opens at 2012-01-10T14:30:00Z, before the row"),
        ("closes", 2, 1326229200, "two rows close at 2012-01-10T21:00:00Z; keep each once"),
        ("closes", 2, 0, "session 2012-01-11 closes at 1970-01-01T00:00:00Z, not after 2012-01-11"),
    ],
)
def test_a_bad_row_is_named_with_the_way_out(column, at, value, message):
    with pytest.raises(DataError, match=message):
        Market.build(SYMBOLS, changed(column, at, value))


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (("IBM", "IBM"), "symbols must be different and at least one, were"),
        ((), "symbols must be different and at least one"),
        (("IBM",), r"open must have shape \(3, 1\), had \(3, 2\)"),
    ],
)
def test_symbols_must_fit_the_arrays(symbols, message):
    with pytest.raises(DataError, match=message):
        Market.build(symbols, three_bars())


def test_no_bars_are_refused():
    with pytest.raises(DataError, match="no bars of AAPL, IBM; give at least one session"):
        Market.build(SYMBOLS, three_bars().head(0))


def test_a_market_keeps_its_own_read_only_copy():
    given = three_bars()
    market = Market.build(SYMBOLS, given)
    given.open[0, 0] = 99.0
    assert market.open[0, 0] == 10.0
    with pytest.raises(ValueError, match="read-only"):
        market.close[0, 0] = 1.0


@pytest.mark.parametrize(
    ("column", "given", "message"),
    [
        ("close", [["a", 1.0]] * 3, "close must be numbers: could not convert string"),
        ("opens", ["soon"] * 3, "opens must be numbers: invalid literal"),
        ("sessions", ["soon"] * 3, "sessions must be days: Error parsing datetime string"),
    ],
)
def test_what_is_no_number_is_refused(column, given, message):
    with pytest.raises(DataError, match=message):
        Market.build(SYMBOLS, three_bars()._replace(**{column: np.array(given, dtype=object)}))


def test_times_are_read_only_too():
    given = three_bars()
    market = Market.build(SYMBOLS, given)
    given.closes[0] = 0
    assert market.closes[0] != 0
    with pytest.raises(ValueError, match="read-only"):
        market.raw.ends[0] = 0


def test_unknown_volume_is_no_fault():
    assert np.isnan(Market.build(SYMBOLS, changed("volume", (0, 0), NAN)).volume[0, 0])


def with_quote(side, name, value):
    made = quoted(three_bars(), 0.5)
    array = getattr(getattr(made, side), name).copy()
    array[1, 0] = value
    return made._replace(**{side: getattr(made, side)._replace(**{name: array})})


@pytest.mark.parametrize(
    ("side", "name", "value", "message"),
    [
        (
            "ask",
            "close",
            NAN,
            "AAPL on 2012-01-10 has a NaN inside its ask and bid; give all eight",
        ),
        ("bid", "low", -1.0, "AAPL on 2012-01-10 has bid low below 1e-8; leave the bar out"),
        ("ask", "high", np.inf, "AAPL on 2012-01-10 has an infinite ask high; leave the bar out"),
        ("bid", "high", 1.0, "AAPL on 2012-01-10 has its bid high below its bid low; mend or"),
        ("ask", "open", 99.0, "has its ask open beyond ask high or ask low; mend or leave it out"),
    ],
)
def test_a_bad_quote_is_named_with_the_way_out(side, name, value, message):
    with pytest.raises(DataError, match=message):
        Market.build(SYMBOLS, with_quote(side, name, value))


def test_an_ask_below_the_bid_is_refused():
    with pytest.raises(DataError, match="AAPL on 2012-01-09 has its ask below its bid at the open"):
        Market.build(SYMBOLS, quoted(three_bars(), -0.5))


def test_one_side_alone_and_another_shape_are_refused():
    made = quoted(three_bars(), 0.5)
    with pytest.raises(DataError, match="bars have one of ask and bid alone; give both or neither"):
        Market.build(SYMBOLS, made._replace(bid=None))
    short = made._replace(ask=made.ask.head(2))
    with pytest.raises(DataError, match=r"ask open must have shape \(3, 2\), had \(2, 2\)"):
        Market.build(SYMBOLS, short)


def test_what_was_quoted_without_a_trade_has_the_middle_for_its_prices():
    made = quoted(three_bars(), 0.5)
    none = np.full((3, 2), NAN)
    market = Market.build(SYMBOLS, made._replace(open=none, high=none, low=none, close=none))
    np.testing.assert_allclose(market.close, three_bars().close)


def ending(*instants):
    return intraday(three_bars(), 2)._replace(ends=np.array(instants))


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ((0, 0, 0), "session 2012-01-09 ends at 1970-01-01T00:00:00Z, before a row of it closes"),
        ((1326200000, 1326200001, 1326300000), "session 2012-01-09 ends at .* and at .*; give all"),
        ((1326200000,), r"ends must have shape \(3,\), had \(1,\)"),
    ],
)
def test_ends_that_cannot_be_are_refused(ends, message):
    with pytest.raises(DataError, match=message):
        Market.build(SYMBOLS, ending(*ends))


def test_without_ends_a_session_ends_with_its_last_row_also_for_the_first_rows_alone():
    market = Market.build(SYMBOLS, intraday(three_bars(), 2))
    assert market.prices.closes_session.tolist() == [False, True, True]
    assert market.head(1).prices.closes_session.tolist() == [False]


def test_an_end_that_no_row_reaches_closes_nothing():
    later = int(ending(0, 0, 0).closes[1]) + 3600
    market = Market.build(SYMBOLS, ending(later, later, later + 10**6))
    assert market.prices.closes_session.tolist() == [False, False, False]
    assert market.prices.opens_session.tolist() == [True, False, True]


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("made", [three_bars(), quoted(three_bars(), 0.5)])
def test_parts_joined_are_the_whole(made, cut):
    rest = made._replace(
        **{name: getattr(made, name)[cut:] for name in made._fields[:8]},
        ask=made.ask and made.ask._make(array[cut:] for array in made.ask),
        bid=made.bid and made.bid._make(array[cut:] for array in made.bid),
    )
    again = joined(made.head(cut), rest)
    for one, other in zip(again[:8], made[:8], strict=True):
        np.testing.assert_array_equal(one, other)
    assert (again.ask is None) == (made.ask is None)
    if made.ask:
        np.testing.assert_array_equal(again.ask.high, made.ask.high)


def test_parts_with_and_without_quotes_and_ends_can_be_joined():
    days, hours = three_bars(), intraday(three_bars(), 3)
    after = hours._replace(
        sessions=hours.sessions + np.timedelta64(10, "D"),
        opens=hours.opens + 10**6,
        closes=hours.closes + 10**6,
    )
    both = joined(quoted(days, 0.5), after._replace(ends=after.closes[[-1, -1, -1]] + 60))
    assert np.isnan(both.ask.open).tolist() == [[False] * 2] * 3 + [[True] * 2] * 3
    assert both.ends.tolist() == [*days.closes.tolist(), *[int(after.closes[-1]) + 60] * 3]
    assert (
        Market.build(SYMBOLS, both).prices.quoted.tolist() == [[True] * 2] * 3 + [[False] * 2] * 3
    )
