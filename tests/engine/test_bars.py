import numpy as np
import pytest

from engine import Market
from engine.errors import DataError
from tests.builders.bars import NAN, bars, intraday

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


def test_unknown_volume_is_no_fault():
    assert np.isnan(Market.build(SYMBOLS, changed("volume", (0, 0), NAN)).volume[0, 0])
